"""The programs that are compared, and how a run of one is measured."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Peer(NamedTuple):
    """A program that understands ``up -d``, ``down``, ``ps`` and so on."""

    name: str
    command: tuple[str, ...]


class Measure(NamedTuple):
    """One run of a whole process. ``seconds`` is wall time, ``memory`` the peak in bytes."""

    seconds: float
    memory: int
    exit_code: int
    output: bytes


class RunFailed(RuntimeError):
    """A program that is measured ended with an error: its time says nothing."""


def find_peers() -> list[Peer]:
    """Composer, then those of its peers that this machine has.

    ``COMPOSER_ORACLE`` and ``COMPOSER_PODMAN_COMPOSE`` name programs that are not on the path.
    """
    beside = Path(sys.executable).parent
    peers = [Peer("composer", (str(beside / "composer"),))]
    oracle = os.environ.get("COMPOSER_ORACLE") or shutil.which("docker-compose")
    if oracle:
        peers.append(Peer("docker-compose", (oracle,)))
    other = os.environ.get("COMPOSER_PODMAN_COMPOSE") or shutil.which(
        "podman-compose", path=f"{beside}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    )
    if other:
        peers.append(Peer("podman-compose", (other,)))
    return peers


def _environ(socket: str) -> dict[str, str]:
    """The environment of a user: every program may keep what it compiled, as installed ones do."""
    environ = {**os.environ, "DOCKER_HOST": socket}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def run(
    command: Sequence[str],
    folder: Path,
    *,
    check: bool = True,
    timeout: float = 120.0,
) -> Measure:
    """Run ``command`` in ``folder`` and measure it. Raises ``RunFailed`` if it fails."""
    socket = os.environ["CONTAINER_HOST"]
    begun = time.perf_counter()
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environ(socket),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        deadline = begun + timeout
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() > deadline:
                process.kill()
            time.sleep(0.001)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if check and process.returncode != 0:
        shown = text.decode(errors="replace")[-2000:]
        raise RunFailed(f"{' '.join(command)} ended with {process.returncode}:\n{shown}")
    return Measure(seconds, usage.ru_maxrss * 1024, process.returncode, text)
