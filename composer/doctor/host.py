"""Checks of this machine: the podman program, and what Podman needs for users without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from composer.doctor.finding import Finding

ENOUGH_IDS = 65_536
"""Images have files of users and groups up to this number."""


class Host(NamedTuple):
    """This machine as the checks see it. ``root`` is the folder that files are looked for in."""

    uid: int
    user: str
    environ: Mapping[str, str]
    root: Path = Path("/")
    which: Callable[[str], str | None] = shutil.which

    def install(self, *packages: str) -> str:
        """The command that installs ``packages`` on this distribution."""
        try:
            text = (self.root / "etc/os-release").read_text()
        except OSError:
            text = ""
        lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        ids = f"{lines.get('ID', '')} {lines.get('ID_LIKE', '')}".replace('"', "").split()
        tool = next((_TOOLS[name] for name in ids if name in _TOOLS), "apt-get install -y")
        sudo = "" if self.uid == 0 else "sudo "
        return f"{sudo}{tool} {' '.join(packages)}"


_TOOLS = {
    "debian": "apt-get install -y",
    "fedora": "dnf install -y",
    "rhel": "dnf install -y",
    "suse": "zypper install -y",
    "arch": "pacman -S --noconfirm",
    "alpine": "apk add",
}


def this_host(environ: Mapping[str, str]) -> Host:
    """This process's machine and user."""
    uid = os.getuid()
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    return Host(uid, user, environ)


def check_rootless(host: Host) -> Iterator[Finding]:
    """What Podman needs to run for a user without rights; nothing for root."""
    if host.uid == 0:
        return
    yield from _ids(host)
    yield _mappers(host)
    yield _runtime_folder(host)
    if (host.root / "run/systemd/system").is_dir():
        yield _linger(host)


def _ids(host: Host) -> Iterator[Finding]:
    for name, option in (("subuid", "--add-subuids"), ("subgid", "--add-subgids")):
        count = _granted(host, name)
        fix = f"sudo usermod {option} 100000-165535 {host.user} && podman system migrate"
        if count >= ENOUGH_IDS:
            yield Finding("Rootless", name, "ok", f"{count} ids for {host.user}")
        elif count:
            text = f"only {count} ids for {host.user}: images with higher ones cannot be unpacked"
            yield Finding("Rootless", name, "warning", text, fix)
        else:
            text = f"/etc/{name} grants {host.user} no ids: most images cannot be unpacked"
            yield Finding("Rootless", name, "error", text, fix)


def _granted(host: Host, name: str) -> int:
    try:
        lines = (host.root / "etc" / name).read_text().splitlines()
    except OSError:
        return 0
    entries = [line.strip().split(":") for line in lines]
    return sum(
        int(entry[2])
        for entry in entries
        if len(entry) == 3 and entry[0] in (host.user, str(host.uid)) and entry[2].isdecimal()
    )


def _mappers(host: Host) -> Finding:
    package = "uidmap" if "apt" in host.install("uidmap") else "shadow-utils"
    for name in ("newuidmap", "newgidmap"):
        found = host.which(name)
        if found is None:
            text = f"{name} is missing: no user namespace can be made"
            return Finding("Rootless", "newuidmap", "error", text, host.install(package))
        if not _has_rights(Path(found)):
            text = f"{found} has no rights to map ids"
            fix = f"sudo chmod u+s {found}"
            return Finding("Rootless", "newuidmap", "error", text, fix)
    return Finding("Rootless", "newuidmap", "ok", "newuidmap and newgidmap are there")


def _has_rights(program: Path) -> bool:
    """Whether a program belongs to root and is setuid, or has file capabilities."""
    try:
        if program.stat().st_mode & stat.S_ISUID:
            return True
        return "security.capability" in os.listxattr(program)
    except OSError:
        return False


def _runtime_folder(host: Host) -> Finding:
    said = host.environ.get("XDG_RUNTIME_DIR")
    usual = f"/run/user/{host.uid}"
    fix = f"sudo loginctl enable-linger {host.user}; export XDG_RUNTIME_DIR={usual}"
    if not said:
        text = "XDG_RUNTIME_DIR is not set: Podman and composer do not agree on a place for sockets"
        return Finding("Rootless", "XDG_RUNTIME_DIR", "warning", text, fix)
    try:
        found = Path(said).stat()
    except OSError as error:
        text = f"XDG_RUNTIME_DIR={said}: {error.strerror}"
        return Finding("Rootless", "XDG_RUNTIME_DIR", "error", text, fix)
    if found.st_uid != host.uid:
        text = (
            f"XDG_RUNTIME_DIR={said} is another user's (su and sudo keep it; use ssh or machinectl)"
        )
        return Finding("Rootless", "XDG_RUNTIME_DIR", "error", text, fix)
    return Finding("Rootless", "XDG_RUNTIME_DIR", "ok", said)


def _linger(host: Host) -> Finding:
    if (host.root / "var/lib/systemd/linger" / host.user).exists():
        return Finding("Rootless", "linger", "ok", "containers go on after logout")
    text = "systemd ends the containers when the user logs out"
    return Finding("Rootless", "linger", "note", text, f"sudo loginctl enable-linger {host.user}")
