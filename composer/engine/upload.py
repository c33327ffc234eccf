"""Files of this machine into containers: tar archives for the engine to unpack."""

from __future__ import annotations

import io
import stat
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes of files after which an archive is full: what is copied has to fit into memory."""


def archives(files: Mapping[str, str]) -> Iterator[bytes]:
    """Tar archives, to be unpacked at ``/``, of ``files``: path in the container → path here.

    Files, folders and symbolic links keep their modes and times, and belong to root. What is gone,
    or is neither of these, is left out. One archive as a rule; more when it would be too large.
    """
    waiting = sorted(files.items())
    while waiting:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
            while waiting and buffer.tell() < LARGEST:
                target, source = waiting.pop(0)
                _add(tar, target, Path(source))
            # Podman reads no further than the end mark, and breaks the pipe for what follows.
            end = tar.offset + 2 * tarfile.BLOCKSIZE
        if end > 2 * tarfile.BLOCKSIZE:
            yield buffer.getvalue()[:end]


def _add(tar: tarfile.TarFile, target: str, source: Path) -> None:
    try:
        found = source.lstat()
        entry = tarfile.TarInfo(target.strip("/"))
        entry.mode, entry.mtime = stat.S_IMODE(found.st_mode), found.st_mtime
        content = b""
        if stat.S_ISLNK(found.st_mode):
            entry.type, entry.linkname = tarfile.SYMTYPE, str(source.readlink())
        elif stat.S_ISDIR(found.st_mode):
            entry.type = tarfile.DIRTYPE
        elif stat.S_ISREG(found.st_mode):
            content = source.read_bytes()
            entry.size = len(content)
        else:
            return
    except FileNotFoundError:
        # It was removed meanwhile, which is a change that is told next.
        return
    if entry.name:
        tar.addfile(entry, io.BytesIO(content))
