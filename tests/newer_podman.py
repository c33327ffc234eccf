"""A newer Podman beside the system's: Debian 13's, made to run on an older Debian.

``python -m tests.newer_podman FOLDER`` puts the programs into ``FOLDER/bin`` and what they need
into ``FOLDER/root-of-podman``; a testbed with that folder uses them (``tests.testbed``). Running
it again takes a moment.

The programs are told to load libraries from their own distribution (an interpreter and a run path
of their own), so that they see the machine's files, networks and processes as any program does.
Needs root, debootstrap and patchelf.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SUITE = "trixie"
PACKAGES = "podman,conmon,netavark,aardvark-dns,runc,catatonit,nftables,passt,slirp4netns"
PROGRAMS = {
    "podman": "usr/bin",
    "conmon": "usr/bin",
    "runc": "usr/sbin",
    "nft": "usr/sbin",
    "netavark": "usr/lib/podman",
    "aardvark-dns": "usr/lib/podman",
    "rootlessport": "usr/libexec/podman",
    "quadlet": "usr/libexec/podman",
    "pasta": "usr/bin",
    "slirp4netns": "usr/bin",
}
"""Name to its folder in the distribution."""
STATIC = {"catatonit": "usr/bin"}
LIBRARIES = "usr/lib/x86_64-linux-gnu"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"


def provide(folder: Path) -> Path:
    """Provide the programs; returns the folder that they are in. Raises ``CalledProcessError``."""
    programs = folder / "bin"
    if all((programs / name).exists() for name in PROGRAMS | STATIC):
        return programs
    root = folder / "root-of-podman"
    if not (root / PROGRAMS["podman"] / "podman").exists():
        shutil.rmtree(root, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
    part = folder / "bin.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for name, place in (PROGRAMS | STATIC).items():
        shutil.copy(root / place / name, part / name)
    for name in PROGRAMS:
        _at_home(part / name, root)
    shutil.rmtree(programs, ignore_errors=True)
    part.rename(programs)
    return programs


def _at_home(program: Path, root: Path) -> None:
    """Make ``program`` run with the libraries below ``root``."""
    command = ["patchelf", "--set-interpreter", str(root / LOADER), "--force-rpath"]
    subprocess.run([*command, "--set-rpath", str(root / LIBRARIES), str(program)], check=True)


def main() -> int:
    """The program; returns the exit code."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.newer_podman FOLDER")
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(subprocess.check_output([provide(folder) / "podman", "--version"], text=True), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
