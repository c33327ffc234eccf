"""One command at a time may change a project."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from composer.runtime import private_folder


@contextmanager
def project_lock(
    name: str, environ: Mapping[str, str], waiting: Callable[[], None]
) -> Iterator[None]:
    """Hold the lock of project ``name``.

    When another process has it, ``waiting`` is called once, and then this one waits. The lock is
    the kernel's: it goes when its holder dies. Raises ``ComposerError`` without a place for it.
    """
    path = private_folder(environ) / f"{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
