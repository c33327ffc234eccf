"""One command at a time may change a project."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from composer.errors import ComposerError


def lock_folder(environ: Mapping[str, str]) -> Path:
    """The folder for lock files: in the user's runtime folder, else in one of the user's own."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "composer"
    return Path(tempfile.gettempdir()) / f"composer-{os.getuid()}"


@contextmanager
def project_lock(
    name: str, environ: Mapping[str, str], waiting: Callable[[], None]
) -> Iterator[None]:
    """Hold the lock of project ``name``.

    When another process has it, ``waiting`` is called once, and then this one waits. The lock is
    the kernel's: it goes when its holder dies.
    """
    folder = lock_folder(environ)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ComposerError(
            f"cannot lock project {name}: {error.strerror}: {folder}",
            hint="Set XDG_RUNTIME_DIR to a folder that you can write to.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
