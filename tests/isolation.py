"""Namespaces of Linux for the test engine, so that nothing of it meets what the user has.

Needs root. The network namespace has a loopback and no way out; the mount namespace hides the
places that all Podmans of a machine share, whatever store they use.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

VOLATILE = Path("/run/containers/tests")
"""For sockets and run-time files: on private memory, and short, as Podman demands of it."""

NAMESERVER = "10.209.0.53"
"""The only name server of the isolated network. Podman would not pass on a loopback address."""

PRIVATE = ("/dev/shm", "/run/containers", "/run/netns", "/run/podman")
"""Podman's locks, the name server's list, the containers' networks, the user's socket."""

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


def bind(source: Path, target: Path) -> None:
    """Let ``target`` show what ``source`` has. Raises ``OSError``."""
    _mount(str(source), str(target), None, _MS_BIND | _MS_REC)


def memory(folder: Path) -> None:
    """Cover ``folder`` with an empty one in memory. Raises ``OSError``."""
    _mount("tmpfs", str(folder), "tmpfs", 0)


def leave_mounts() -> None:
    """Give this process a mount namespace in which ``PRIVATE`` is empty. Raises ``OSError``."""
    _check(_libc.unshare(_CLONE_NEWNS), "unshare mounts")
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    for folder in PRIVATE:
        Path(folder).mkdir(parents=True, exist_ok=True)
        memory(Path(folder))
    VOLATILE.mkdir()


def leave_network(resolv_conf: Path) -> None:
    """Give this process a network with a loopback only, and ``resolv_conf`` to resolve names by.

    Call ``leave_mounts`` first. Raises ``OSError``.
    """
    _check(_libc.unshare(_CLONE_NEWNET), "unshare network")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{NAMESERVER}/32", "dev", "lo"], check=True)
    # The name server of the tests answers on port 53, also when they run without rights.
    Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("53")
    resolv_conf.write_text(f"nameserver {NAMESERVER}\n")
    bind(resolv_conf, Path("/etc/resolv.conf"))
