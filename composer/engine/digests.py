"""The digest of a local image: what names the same image for ever, in the registry as well."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.engine.libpod import Libpod, decode, segment
from composer.state import image_names, repository


class _Image(msgspec.Struct):
    """The parts of GET /libpod/images/{name}/json that say which image it is."""

    digest: str = msgspec.field(default="", name="Digest")
    repo_digests: list[str] | None = msgspec.field(default=None, name="RepoDigests")


def pinned(libpod: Libpod, reference: str, registries: Sequence[str] = ()) -> str | None:
    """The full name that ``reference`` has locally, with the image's digest (``NAME:TAG@DIGEST``).

    None when there is no such image, or it has no digest. An image that was pulled for one of
    several platforms has two digests under its name: its own, and that of the list of platforms.
    The registry answers for the name with the latter, so that one is given. Raises ``EngineError``.
    """
    for name in image_names(reference, registries):
        answer = libpod.call("GET", f"/images/{segment(name)}/json", ok=(404,))
        if answer.status == 404:
            continue
        image = decode(answer.body, _Image)
        known = [text.partition("@") for text in image.repo_digests or ()]
        listed = [digest for source, _, digest in known if source == repository(name)]
        others = (digest for digest in listed if digest != image.digest)
        found = next(others, "") or image.digest
        return f"{name}@{found}" if found else None
    return None
