"""What is measured: each scenario gives seconds by program, a figure for each round."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.bench import files
from tests.bench.peers import Measure, Peer, RunFailed, run

Figures = dict[str, list[float]]
"""Seconds (or bytes) of each round, by program."""

SERIAL = "one after another"

FLOOR = Peer("API directly", (sys.executable, str(Path(__file__).with_name("floor.py"))))


class Bench:
    """Runs scenarios for ``peers``, ``rounds`` times each, the programs in turn."""

    def __init__(self, peers: list[Peer], rounds: int, say: Callable[[str], None]) -> None:
        self.peers = peers
        self.rounds = rounds
        self.say = say
        self.memory: list[float] = []
        self.failed: dict[str, str] = {}

    def up_and_down(
        self, services: dict[str, dict[str, object]], *, chain: bool = False
    ) -> dict[str, Figures]:
        """``up -d``, ``up -d`` again, ``ps`` and ``down`` of ``services``; and the floor."""
        figures: dict[str, Figures] = {
            name: defaultdict(list) for name in ("up", "again", "ps", "down")
        }
        for number in range(self.rounds):
            for peer in self.peers:
                with self._folder(services) as folder:
                    up = self._run(peer, folder, "up", "-d")
                    if peer.name == "composer":
                        self.memory.append(up.memory)
                    figures["up"][peer.name].append(up.seconds)
                    figures["ps"][peer.name].append(self._run(peer, folder, "ps").seconds)
                    figures["again"][peer.name].append(self._run(peer, folder, "up", "-d").seconds)
                    figures["down"][peer.name].append(self._run(peer, folder, "down").seconds)
            self._floor(figures, len(services), f"floor{number}", *(["chain"] if chain else []))
        return figures

    def large_up(self, count: int) -> Figures:
        """``up -d`` of ``count`` services, composer and the floor, twice at most."""
        figures: dict[str, Figures] = {name: defaultdict(list) for name in ("up", "down")}
        composer = self.peers[0]
        for number in range(min(self.rounds, 2)):
            with self._folder(files.independent(count)) as folder:
                seconds = self._run(composer, folder, "up", "-d").seconds
                figures["up"][composer.name].append(seconds)
                self._run(composer, folder, "down")
            self._floor(figures, count, f"large{number}")
        return figures["up"]

    def pods(self, count: int, members: int) -> Figures:
        """``up -d`` of ``count`` pods of ``members`` services, composer and the floor."""
        figures: dict[str, Figures] = {name: defaultdict(list) for name in ("up", "down")}
        composer = self.peers[0]
        for number in range(self.rounds):
            with self._folder(files.podded(count, members)) as folder:
                seconds = self._run(composer, folder, "up", "-d").seconds
                figures["up"][composer.name].append(seconds)
                self._run(composer, folder, "down")
            self._floor(figures, count, f"pods{number}", "pods", str(members))
        return figures["up"]

    def scale_pods(self, members: int) -> list[float]:
        """A pod of ``members`` services from 1 to 10 replicas, composer only.

        Raises ``RunFailed`` if a container that ran is another afterwards, or was restarted.
        """
        seconds = []
        for _ in range(self.rounds):
            with self._folder(files.podded(1, members)) as folder:
                self._run(self.peers[0], folder, "up", "-d")
                before = _running(folder.name)
                scaled = self._run(self.peers[0], folder, "up", "-d", "--scale", "p0-m0=10")
                after = _running(folder.name)
                if len(before) != members or not before <= after or len(after) != 10 * members:
                    raise RunFailed("scaling touched a replica that ran, or made too few")
                seconds.append(scaled.seconds)
        return seconds

    def large_list(self, services: int, replicas: int) -> Figures:
        """``ps -a`` of ``services`` times ``replicas`` containers that were created only."""
        figures: Figures = defaultdict(list)
        with self._folder(files.replicated(services, replicas)) as folder:
            self._run(self.peers[0], folder, "create")
            for _ in range(self.rounds):
                for peer in self._without("podman-compose"):
                    done = self._run(peer, folder, "ps", "-a")
                    lines = done.output.count(b"\n")
                    if lines < services * replicas:
                        raise RunFailed(f"{peer.name} ps printed {lines} lines")
                    figures[peer.name].append(done.seconds)
            self._run(self.peers[0], folder, "down", "-t", "0")
        return figures

    def _floor(self, figures: dict[str, Figures], count: int, name: str, *how: str) -> None:
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            up = run((*FLOOR.command, "up", str(count), name, *how), folder)
            down = run((*FLOOR.command, "down", str(count), name, *how), folder)
        figures["up"][FLOOR.name].append(up.seconds)
        figures["down"][FLOOR.name].append(down.seconds)

    def scale(self) -> Figures:
        """One service from 1 to 10 replicas. podman-compose does not do it."""
        figures: Figures = defaultdict(list)
        for _ in range(self.rounds):
            for peer in self._without("podman-compose"):
                with self._folder(files.independent(1)) as folder:
                    self._run(peer, folder, "up", "-d")
                    scaled = self._run(peer, folder, "up", "-d", "--scale", "s0=10")
                    figures[peer.name].append(scaled.seconds)
        return figures

    def logs(self) -> Figures:
        """``logs`` of four containers with 20,000 lines each."""
        figures: Figures = defaultdict(list)
        with self._folder(files.talking()) as folder:
            self._run(self.peers[0], folder, "up", "-d")
            self._wait_for_lines(folder)
            for _ in range(self.rounds):
                for peer in self._without("podman-compose"):
                    done = self._run(peer, folder, "logs", "--no-color")
                    lines = done.output.count(b"\n")
                    if lines < 4 * files.LINES:
                        raise RunFailed(f"{peer.name} logs printed {lines} lines")
                    figures[peer.name].append(done.seconds)
        return figures

    def _wait_for_lines(self, folder: Path) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            tail = self._run(self.peers[0], folder, "logs", "--no-color", "--tail", "1").output
            if tail.count(b"done") == 4:
                return
            time.sleep(0.2)
        raise RunFailed("the containers did not write their lines within 60 s")

    def start_up(self) -> dict[str, Figures]:
        """``ps`` and ``config`` of one service, and the version, ten times each."""
        figures: dict[str, Figures] = {"ps": defaultdict(list), "config": defaultdict(list)}
        for peer in self.peers:
            with self._folder(files.independent(1)) as folder:
                self._run(peer, folder, "up", "-d")
                for _ in range(max(10, self.rounds)):
                    for name in figures:
                        figures[name][peer.name].append(self._run(peer, folder, name).seconds)
        return figures

    def config(self) -> Figures:
        """``config`` of 60 services with 40 variables each. podman-compose does not come to an end
        of 60 services that need one another."""
        figures: Figures = defaultdict(list)
        with self._folder(files.interpolated(60, 40)) as folder:
            for _ in range(max(10, self.rounds)):
                for peer in self._without("podman-compose"):
                    figures[peer.name].append(self._run(peer, folder, "config").seconds)
        return figures

    def help(self) -> list[float]:
        """``--help``, composer only."""
        with self._folder(files.independent(1)) as folder:
            runs = range(max(10, self.rounds))
            return [self._run(self.peers[0], folder, "--help").seconds for _ in runs]

    def gate(self) -> list[float]:
        """Seconds from a dependency being ready to its dependant's start, composer only."""
        delays = []
        for _ in range(self.rounds):
            with self._folder(files.gated(2.0)) as folder:
                self._run(self.peers[0], folder, "up", "-d")
                project = folder.name
                # The log file has nanoseconds; what the API prints is cut to whole seconds.
                file = _inspect(f"{project}-db-1", "HostConfig.LogConfig.Path")
                ready = Path(file).read_text().split()[0]
                started = _inspect(f"{project}-app-1", "State.StartedAt")
                if _time(ready) > _time(started):
                    raise RunFailed("the dependant started before its dependency was ready")
                delays.append(_time(started) - _time(ready))
        return delays

    def builds(self) -> Figures:
        """Eight small images, all at once and one after another, composer only."""
        figures: Figures = defaultdict(list)
        for _ in range(self.rounds):
            for name, options in (("composer", ()), (SERIAL, ("--parallel=1",))):
                with self._folder(files.built(8)) as folder:
                    command = (*options, "build", "--quiet", "--no-cache")
                    figures[name].append(self._run(self.peers[0], folder, *command).seconds)
                    _podman("rmi", "-f", *(f"localhost/{folder.name}-s{n}" for n in range(8)))
        return figures

    # --- inside ------------------------------------------------------------------------------

    def _without(self, name: str) -> list[Peer]:
        return [peer for peer in self.peers if peer.name != name]

    def _run(self, peer: Peer, folder: Path, *arguments: str) -> Measure:
        self.say(f"{peer.name} {' '.join(arguments)}")
        return run((*peer.command, *arguments), folder)

    @contextmanager
    def _folder(self, services: dict[str, dict[str, object]]) -> Iterator[Path]:
        """A project folder with a name of its own; what is left of it is removed at the end."""
        with tempfile.TemporaryDirectory(prefix="bench") as text:
            folder = files.write(Path(text) / f"b{os.urandom(4).hex()}", services)
            try:
                yield folder
            finally:
                _remove(folder.name)


def _podman(*arguments: str) -> str:
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _inspect(container: str, path: str) -> str:
    found: object = json.loads(_podman("container", "inspect", container))[0]
    for key in path.split("."):
        assert isinstance(found, dict)
        found = found[key]
    return str(found)


def _running(project: str) -> set[tuple[str, str]]:
    """Id and start of each container of a project that runs."""
    wanted = ("--filter", "label=com.docker.compose.service", "--filter", f"name={project}")
    listed = _podman("ps", *wanted, "--format", "{{.ID}} {{.StartedAt}}")
    return {(line.split()[0], line.split()[1]) for line in listed.splitlines()}


def _time(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 time."""
    return datetime.fromisoformat(text).timestamp()


def _remove(project: str) -> None:
    """Remove what a project has left: pods before containers, as their infra ones go with them."""
    chosen = ("--filter", f"name={project}")
    for name in _podman("pod", "ls", *chosen, "--format", "{{.Name}}").split():
        _podman("pod", "rm", "-f", name)
    for name in _podman("ps", "-a", *chosen, "--format", "{{.ID}}").split():
        _podman("rm", "-f", "-t", "0", "--volumes", name)
    for name in _podman("network", "ls", *chosen, "--format", "{{.Name}}").split():
        _podman("network", "rm", "-f", name)
