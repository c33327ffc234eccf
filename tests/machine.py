"""What Podman has to be told to run containers on this machine.

As a program it prints a ``containers.conf``: ``python -m tests.machine``.
"""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path


class NoRuntimeError(RuntimeError):
    """No OCI runtime that works on this machine is installed."""


def runtime(programs: Path | None = None) -> str:
    """The OCI runtime that works here: crun needs unified cgroups, runc takes all kinds.

    ``programs`` is a folder that is looked into before those of ``PATH``.
    """
    unified = Path("/sys/fs/cgroup/cgroup.controllers").exists()
    wanted = ("crun", "runc") if unified else ("runc",)
    path = os.pathsep.join([*([str(programs)] if programs else []), os.environ.get("PATH", "")])
    for name in wanted:
        if shutil.which(name, path=path):
            return name
    raise NoRuntimeError(f"no container runtime here: install {' or '.join(wanted)}")


def hard_limits() -> dict[str, int]:
    """The highest limits that can be given to containers without the right to raise one's own."""
    # Podman lowers its own limit of processes to the number of process ids before it starts any.
    ids = int(Path("/proc/sys/kernel/pid_max").read_text())
    found = {
        "nofile": (resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20),
        "nproc": (resource.getrlimit(resource.RLIMIT_NPROC)[1], ids),
    }
    return {
        name: most if limit == resource.RLIM_INFINITY else min(limit, most)
        for name, (limit, most) in found.items()
    }


def containers_conf(tmp_dir: Path | None = None, programs: Path | None = None) -> str:
    """Text of a ``containers.conf`` with which Podman runs here; run-time files go to ``tmp_dir``.

    ``programs`` is the folder of a Podman that is not the system's, with all that it calls.
    Raises ``NoRuntimeError``.
    """
    limits = ", ".join(f'"{name}={limit}:{limit}"' for name, limit in hard_limits().items())
    manager = "systemd" if Path("/run/systemd/system").exists() else "cgroupfs"
    lines = [
        "[containers]",
        f"default_ulimits = [{limits}]",
        "[engine]",
        f'runtime = "{runtime(programs)}"',
        f'cgroup_manager = "{manager}"',
        'events_logger = "file"',
    ]
    if tmp_dir is not None:
        lines.append(f'tmp_dir = "{tmp_dir}"')
    if programs is not None:
        lines += [
            f'conmon_path = ["{programs}/conmon"]',
            f'helper_binaries_dir = ["{programs}"]',
            "[engine.runtimes]",
            f'runc = ["{programs}/runc"]',
        ]
    return "\n".join([*lines, "[network]", 'network_backend = "netavark"', ""])


if __name__ == "__main__":
    print(containers_conf(), end="")
