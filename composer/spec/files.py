"""Reads the text files of a project, whatever their paths turn out to be.

A folder, a device, a pipe that nobody writes to, a file that is larger than any Compose file or no
text at all: each ends in a clear error, soon, and without filling the memory. Pipes and devices can
be read as files can: ``-f <(generate)``, ``--env-file /dev/null``.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from time import monotonic

from composer.errors import ComposerError, Position

SIZE_LIMIT = 16 * 2**20
"""The bytes that a file may have."""

UNOPENED = 1.0
"""How many seconds to wait for somebody who writes to a pipe or device."""

SILENT = 60.0
"""How many seconds to wait for more from somebody who does."""

_CHUNK = 2**16


def read_text(path: str, shown: str, limit: int = SIZE_LIMIT) -> str:
    """The text of the file at ``path``, which messages call ``shown``, of at most ``limit`` bytes.

    Raises ``ComposerError``, with the place for what is no text.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise ComposerError(f"cannot read {shown}: {error.strerror}") from None
    except ValueError:  # a NUL, or what cannot be part of a file's name
        raise ComposerError(f"{shown!r} is not the name of a file") from None
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            with open(file, "rb", closefd=False) as stream:
                data = stream.read(limit + 1)
        else:
            data = _read_patiently(file, shown, limit)
    except OSError as error:
        raise ComposerError(f"cannot read {shown}: {error.strerror}") from None
    finally:
        os.close(file)
    return decode(data, shown, limit)


def read_input() -> str:
    """The text of standard input. Raises ``ComposerError``."""
    if sys.stdin is None:
        raise ComposerError("cannot read standard input: it is closed")
    try:
        data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise ComposerError(f"cannot read standard input: {error.strerror}") from None
    return decode(data, "stdin")


def current_folder() -> str:
    """The absolute path of the current folder. Raises ``ComposerError`` if it was removed."""
    try:
        return os.getcwd()  # noqa: PTH109 - no pathlib at start-up
    except OSError as error:
        raise ComposerError(f"cannot tell the current folder: {error.strerror}") from None


def is_file(path: str) -> bool:
    """Whether there is something to read at ``path``: a file, a pipe or a device, but no folder."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - no pathlib at start-up
    except (OSError, ValueError):
        return False


def is_missing(path: str) -> bool:
    """Whether nothing is at ``path``. What is there but cannot be read is not missing."""
    try:
        os.stat(path)  # noqa: PTH116 - no pathlib at start-up
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _read_patiently(file: int, shown: str, limit: int) -> bytes:
    """The content of a pipe or device that was opened without waiting."""
    import select  # needed by few files

    readable = select.poll()
    readable.register(file, select.POLLIN)
    pipe = stat.S_ISFIFO(os.fstat(file).st_mode)
    begun = monotonic()
    data = bytearray()
    while len(data) <= limit:
        try:
            chunk = os.read(file, _CHUNK)
        except BlockingIOError:  # it is open for writing
            seconds = SILENT if pipe else UNOPENED
            if not readable.poll(seconds * 1000):
                raise ComposerError(
                    f"cannot read {shown}: nothing was written to it for {seconds:g} s"
                ) from None
            continue
        if chunk:
            data += chunk
        elif data or not pipe:
            break
        else:  # all who wrote are gone, or nobody has come yet
            left = begun + UNOPENED - monotonic()
            events = readable.poll(max(left, 0) * 1000)
            if not events:
                raise ComposerError(
                    f"cannot read {shown}: it is a pipe that nobody writes to",
                    hint="start what writes to it first",
                )
            if events[0][1] & select.POLLIN == 0:
                break
    return bytes(data)


def decode(data: bytes, shown: str, limit: int = SIZE_LIMIT) -> str:
    """The text of a file's bytes: UTF-8, or what a byte order mark says. Raises ``ComposerError``,
    with the place, for what is no text."""
    if len(data) > limit:
        raise ComposerError(f"{shown} is larger than {limit // 2**20} MiB")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if wide:
            raise ComposerError(f"{shown} begins as UTF-16 text but is none") from None
        before = data[: error.start].decode("utf-8-sig", "replace")
        raise ComposerError(
            f"not UTF-8 text: the byte 0x{data[error.start]:02x} stands here",
            hint="save the file as UTF-8",
            position=position(before, len(before), shown),
        ) from None


def position(text: str, index: int, shown: str) -> Position:
    """The line and column of the character at ``index``."""
    line_start = text.rfind("\n", 0, index) + 1
    return Position(shown, text.count("\n", 0, index) + 1, index - line_start + 1)


def shown(path: str) -> str:
    """``path`` as messages show it: relative to the current directory when it is below it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
