"""Names of containers that did not start, which Podman leaves with its name server.

Without root's rights, Podman 4.3 sets up a container's networks, and only then publishes its ports.
If that fails (a port is in use, or not for users) it does not undo the networks. The name server
keeps the entry, never ends with the other containers, and stays in a network that nobody is in. The
next one finds no address for the entry and ends at once: no container finds names any more.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec

from composer.engine.libpod import Libpod, segment
from composer.errors import EngineError

PROCESS = "aardvark.pid"
"""The file among those of the networks that says who serves them."""
PROGRAM = "aardvark-dns"
_HOLDING = ("initialized", "running", "paused", "stopping")


class _Store(msgspec.Struct, rename="camel"):
    run_root: str = ""


class _Info(msgspec.Struct):
    store: _Store


class _State(msgspec.Struct, rename="pascal"):
    status: str = ""


class _Container(msgspec.Struct, rename="pascal"):
    id: str = ""
    pod: str = ""
    state: _State = msgspec.field(default_factory=_State)


class _Pod(msgspec.Struct):
    infra: str = msgspec.field(default="", name="InfraContainerID")


def folder(run_root: str) -> Path:
    """Where a rootless Podman has the entries: a file for each network."""
    return Path(run_root, "networks", PROGRAM)


def concerned(libpod: Libpod, container: str) -> set[str]:
    """The ids of ``container``, which did not start, and of its pod's infra container."""
    found: set[str] = set()
    with suppress(EngineError):
        seen = libpod.get(f"/containers/{segment(container)}/json", kind=_Container)
        found.add(seen.id)
        if seen.pod:
            found.add(libpod.get(f"/pods/{seen.pod}/json", kind=_Pod).infra)
    return found - {""}


def forget(libpod: Libpod, containers: Collection[str]) -> None:
    """Take the entries of ``containers`` (ids) out, but of those that run after all.

    What cannot be read or changed is left as it is.
    """
    with suppress(EngineError, OSError, ValueError):
        gone = {identity for identity in containers if not _holds_network(libpod, identity)}
        place = folder(libpod.get("/info", kind=_Info).store.run_root)
        networks = [file for file in place.iterdir() if file.name != PROCESS]
        changed = [file for file in networks if _take_out(file, gone)]
        if changed:
            _tell(place / PROCESS)


def _holds_network(libpod: Libpod, identity: str) -> bool:
    try:
        seen = libpod.get(f"/containers/{identity}/json", kind=_Container)
    except EngineError:
        return False
    return seen.state.status in _HOLDING


def _take_out(file: Path, containers: Collection[str]) -> bool:
    """Rewrite one network's file: its addresses, and a line for each container."""
    lines = file.read_text().splitlines()
    left = [line for line in lines if line.split(" ", 1)[0] not in containers]
    if left == lines:
        return False
    if any(left[1:]):
        # What lies beside the others is read as a network.
        part = file.parent.with_name(f".{file.name}")
        part.write_text("\n".join([*left, ""]))
        part.rename(file)
    else:
        file.unlink()
    return True


def _tell(process_file: Path) -> None:
    """Let the name server read the entries again. It ends when there are none."""
    process = int(process_file.read_text())
    if Path(f"/proc/{process}/comm").read_text().strip() == PROGRAM:
        os.kill(process, signal.SIGHUP)
