"""Archives into and out of containers: PUT and GET /libpod/containers/{name}/archive."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from composer.engine.libpod import Answer, Libpod, address, refused, segment
from composer.errors import EngineError

_MISSING = (404,)


class _Reader(io.RawIOBase):
    """An answer as a file that is read once."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        while not self._rest:
            data = self._answer.read()
            if data == b"":
                return 0
            self._rest = data or b""
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@contextmanager
def reading(libpod: Libpod, container: str, path: str) -> Iterator[IO[bytes]]:
    """A tar archive of what is at ``path`` in the container, while it arrives.

    Podman follows a link there. Raises ``EngineError``, with status 404 for nothing.
    """
    where = f"/containers/{segment(container)}/archive"
    with libpod.stream("GET", where, {"path": path}, what=f"copy {path}") as answer:
        yield io.BufferedReader(_Reader(answer), 1 << 18)


def kind(libpod: Libpod, container: str, path: str) -> str:
    """What is at ``path`` in the container: ``folder``, ``file``, or an empty text for nothing."""
    try:
        with (
            reading(libpod, container, path) as archive,
            tarfile.open(fileobj=archive, mode="r|") as tar,
        ):
            first = tar.next()
    except EngineError as error:
        if error.status not in _MISSING:
            raise
        return ""
    return "folder" if first is None or first.isdir() else "file"


def write(libpod: Libpod, container: str, folder: str, archive: IO[bytes]) -> None:
    """Unpack the rest of a tar archive in ``folder`` of the container.

    Owners are those of the archive. Raises ``EngineError``.
    """
    where = f"/containers/{segment(container)}/archive"
    path = address(where, {"path": folder, "copyUIDGID": False})
    answer = libpod.transport.upload("PUT", path, archive, "application/x-tar")
    if answer.status >= 400:
        raise refused(answer, f"copy into {folder}")
