"""What a container has become, kept: as an image (``commit``) or as a tar archive (``export``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from composer.engine.libpod import Libpod, decode, segment


class _Made(msgspec.Struct):
    """The answer of POST /libpod/commit."""

    id: str = msgspec.field(name="Id")


def commit(
    libpod: Libpod,
    container: str,
    reference: str | None,
    *,
    author: str | None,
    message: str | None,
    changes: Sequence[str],
    pause: bool,
) -> str:
    """POST /libpod/commit; the id of the new image, which gets the name ``reference`` if any.

    ``changes`` are lines of a Dockerfile. The image has Docker's format, which alone keeps the
    message. Raises ``EngineError``.
    """
    name, _, tag = (reference or "").partition("@")[0].rpartition(":")
    if not name or "/" in tag:  # the colon is that of a registry's port, or there is none
        name, tag = reference or "", "latest"
    answer = libpod.call(
        "POST",
        "/commit",
        {
            "container": container,
            "repo": name or None,
            "tag": tag if name else None,
            "author": author,
            "comment": message,
            "changes": list(changes),
            "pause": pause,
            "format": "docker",
        },
        what=f"commit {container}",
    )
    made: _Made = decode(answer.body, _Made)
    return made.id.removeprefix("sha256:")


def export(libpod: Libpod, container: str, write: Callable[[bytes], object]) -> None:
    """GET /libpod/containers/{name}/export: all files of a container, in pieces of a tar archive.

    Raises ``EngineError``.
    """
    path = f"/containers/{segment(container)}/export"
    with libpod.stream("GET", path, what=f"export {container}") as stream:
        while (data := stream.read()) != b"":
            write(data or b"")
