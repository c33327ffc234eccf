"""A user without rights for the test engine: one that only this run's namespaces know.

Needs root, and a mount namespace of one's own (``tests.isolation``): the user stands in private
copies of ``/etc/passwd`` and its kin, so that nothing of it is left on the machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.isolation import VOLATILE, bind, memory

NAME = "composer-test"
ID = 61234
FIRST_SUBORDINATE = 700_000
SUBORDINATES = 65_536
FOLDER = VOLATILE / "user"
"""The user's run-time folder, on memory as ``/run/user/<id>`` is."""
DEVICES = {"/dev/net/tun": (10, 200), "/dev/fuse": (10, 229)}
"""What a rootless Podman opens, with its device numbers: machines differ in who may."""


def asked_for() -> bool:
    """Whether this run shall be rootless (``COMPOSER_TEST_ROOTLESS``)."""
    return os.environ.get("COMPOSER_TEST_ROOTLESS", "") not in ("", "0")


def groups() -> bool:
    """Whether this run's containers have control groups of their own.

    Without them, Podman can neither limit nor pause nor measure containers.
    """
    return not asked_for() or Path("/sys/fs/cgroup/cgroup.controllers").exists()


def obstacle() -> str | None:
    """What this machine lacks for a Podman without rights; None for nothing. Needs root."""
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    if not shutil.which("newuidmap"):
        return "newuidmap is not installed"
    probe = ["unshare", "--user", "true"]
    done = subprocess.run(
        probe, user=ID, group=ID, extra_groups=[], capture_output=True, text=True, check=False
    )
    return (done.stderr.strip() or "unshare failed") if done.returncode else None


def prepare(folder: Path, checkout: Path) -> None:
    """Make the user known in this mount namespace, and what it needs accessible. Needs root.

    ``folder`` holds its store and its home.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    for place in (folder, home):
        os.chown(place, ID, ID)
    subordinates = f"{NAME}:{FIRST_SUBORDINATE}:{SUBORDINATES}"
    lines = {
        "/etc/passwd": f"{NAME}:x:{ID}:{ID}::{home}:/bin/sh",
        "/etc/group": f"{NAME}:x:{ID}:",
        "/etc/subuid": subordinates,
        "/etc/subgid": subordinates,
    }
    for path, line in lines.items():
        _extend(Path(path), line)
    for path, numbers in DEVICES.items():
        _open_device(path, numbers)
    VOLATILE.chmod(0o755)
    Path("/dev/shm").chmod(0o1777)
    FOLDER.mkdir(mode=0o700)
    os.chown(FOLDER, ID, ID)
    python = Path(sys.base_prefix).resolve()
    _open_ways([checkout, folder, Path(sys.prefix), python])


def become(folder: Path) -> None:
    """Give up all rights: this process and all that it starts is that user from now on."""
    os.setgroups([])
    os.setresgid(ID, ID, ID)
    os.setresuid(ID, ID, ID)
    os.environ.update(
        HOME=str(folder / "home"), USER=NAME, LOGNAME=NAME, XDG_RUNTIME_DIR=str(FOLDER)
    )
    os.environ.pop("XDG_CONFIG_HOME", None)
    os.environ.pop("XDG_DATA_HOME", None)


def end_pause() -> None:
    """End the process that keeps the user's namespaces, which Podman leaves running."""
    for file in FOLDER.rglob("pause.pid"):
        with suppress(OSError, ValueError):
            os.kill(int(file.read_text()), signal.SIGKILL)


def _extend(path: Path, line: str) -> None:
    copy = VOLATILE / path.name
    copy.write_text((path.read_text() if path.exists() else "") + line + "\n")
    path.touch()  # a mount needs something to lie on
    bind(copy, path)


def _open_device(path: str, numbers: tuple[int, int]) -> None:
    if not Path(path).exists():
        return
    node = VOLATILE / Path(path).name
    os.mknod(node, 0o020_666, os.makedev(*numbers))
    node.chmod(0o666)
    bind(node, Path(path))


def _open_ways(needed: Iterable[Path]) -> None:
    """Let the user reach ``needed`` through folders that others may not enter, as ``/root``.

    Such a folder is covered by an empty one in which only what is needed can be seen.
    """
    closed: dict[Path, list[Path]] = {}
    for path in sorted({path.resolve() for path in needed}):
        barred = [p for p in reversed(path.parents) if not p.stat().st_mode & 0o001]
        if barred:
            inside = closed.setdefault(barred[0], [])
            if not any(path.is_relative_to(other) for other in inside):
                inside.append(path)
    for barrier, paths in closed.items():
        held = []
        for number, path in enumerate(paths):
            place = VOLATILE / f"held-{barrier.name}-{number}"
            place.mkdir()
            bind(path, place)
            held.append((place, path))
        memory(barrier)
        barrier.chmod(0o755)
        for place, path in held:
            path.mkdir(parents=True)
            bind(place, path)
