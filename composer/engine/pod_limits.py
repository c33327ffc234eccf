"""Changes the limits of a pod that exists.

Podman has no endpoint for it. What limits the members of a pod together is its control group, which
``GET /libpod/pods/{name}/json`` names; the kernel lets limits be written to it at any time.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from composer.engine.libpod import Libpod, segment
from composer.errors import ComposerError

CGROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000
"""Microseconds in which a quota of processor time is given out: Podman's own choice."""


def inspect_pod(libpod: Libpod, pod: str) -> dict[str, Any]:
    """GET /libpod/pods/{name}/json, as Podman gives it (newer ones in a list of one)."""
    found = libpod.get(f"/pods/{segment(pod)}/json", what=f"inspect pod {pod}")
    answer: dict[str, Any] = found[0] if isinstance(found, list) else found
    return answer


def update_pod(
    libpod: Libpod, pod: str, *, cpus: float | None, memory: int | None, root: Path = CGROUPS
) -> None:
    """Let the containers of ``pod`` have ``cpus`` processors and ``memory`` bytes, all together.

    None leaves a limit as it is, 0 takes it away. Raises ``ComposerError`` where this machine does
    not show the pod's control group, or does not let this user change it.
    """
    raw = inspect_pod(libpod, pod)
    name, path = str(raw.get("Name", pod)), str(raw.get("CgroupPath", "")).strip("/")
    if path.endswith(".slice") and _told_to_systemd(path, cpus, memory):
        return
    wanted = [
        *([] if cpus is None else _processor(root, path, cpus)),
        *([] if memory is None else _memory(root, path, memory)),
    ]
    for file, value in wanted:
        try:
            file.write_text(value)
        except OSError as error:
            raise ComposerError(
                f"the limits of pod {name} cannot be changed: {file}: {error.strerror}",
                hint="Podman changes no limits of pods by itself. Change them in the Compose file "
                "(`cpus`, `mem_limit` of the pod) and run `composer up -d`, which makes the pod "
                "anew.",
            ) from error


def _processor(root: Path, path: str, cpus: float) -> list[tuple[Path, str]]:
    quota = round(cpus * PERIOD)
    if _unified(root):
        return [(root / path / "cpu.max", f"{quota or 'max'} {PERIOD}")]
    folder = root / "cpu" / path
    return [
        (folder / "cpu.cfs_period_us", str(PERIOD)),
        (folder / "cpu.cfs_quota_us", str(quota or -1)),
    ]


def _memory(root: Path, path: str, memory: int) -> list[tuple[Path, str]]:
    if _unified(root):
        return [(root / path / "memory.max", str(memory or "max"))]
    folder = root / "memory" / path
    plain = folder / "memory.limit_in_bytes"
    both = folder / "memory.memsw.limit_in_bytes"
    limit = (plain, str(memory or -1))
    if not both.exists():
        return [limit]
    # As Podman does by default: as much swap as memory. Memory alone is never above the two.
    total = (both, str(2 * memory or -1))
    grows = not memory or int(both.read_text()) < memory
    return [total, limit] if grows else [limit, total]


def _unified(root: Path) -> bool:
    """Whether all controllers are in one tree (control groups version 2)."""
    return (root / "cgroup.controllers").exists()


def _told_to_systemd(path: str, cpus: float | None, memory: int | None) -> bool:
    """Set the limits of a slice through systemd, which would reset what is written past it."""
    settings = []
    if cpus is not None:
        settings.append(f"CPUQuota={cpus * 100:g}%" if cpus else "CPUQuota=")
    if memory is not None:
        settings.append(f"MemoryMax={memory or 'infinity'}")
    scope = ["--user"] if path.startswith("user.slice") else []
    words = ["systemctl", *scope, "set-property", "--runtime", path.rpartition("/")[2], *settings]
    try:
        done = subprocess.run(words, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0
