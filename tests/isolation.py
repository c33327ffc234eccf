"""Namespaces of Linux for the test engine, so that nothing of it meets what the user has.

Needs root. The network namespace has a loopback and no way out; the mount namespace sees a
``/dev/shm`` (Podman keeps its locks there) and a ``/etc/resolv.conf`` of its own.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWNET = 0x40000000
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    encoded_kind = kind.encode() if kind else None
    result = _libc.mount(source.encode(), target.encode(), encoded_kind, flags, None)
    _check(result, f"mount {target}")


def leave_mounts() -> None:
    """Give this process a mount namespace and locks of its own. Raises ``OSError``."""
    _check(_libc.unshare(_CLONE_NEWNS), "unshare mounts")
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", "/dev/shm", "tmpfs", 0)


def leave_network(resolv_conf: Path) -> None:
    """Give this process a network with a loopback only, and ``resolv_conf`` to resolve names by.

    Call ``leave_mounts`` first. Raises ``OSError``.
    """
    _check(_libc.unshare(_CLONE_NEWNET), "unshare network")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    resolv_conf.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    _mount(str(resolv_conf), "/etc/resolv.conf", None, _MS_BIND)
