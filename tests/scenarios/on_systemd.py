"""What scenarios with systemd are written with: a project on a booted machine."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.booted import USER, Machine
from tests.conftest import unique_name
from tests.scenarios.steps import HERE, SAMPLES
from tests.testbed import wait_until

_PORTS = itertools.count(8080)


class Managed:
    """A copy of a project's folder on a machine, used by ``user``; its name is its own."""

    def __init__(self, machine: Machine, folder: Path, name: str, user: str) -> None:
        self.machine = machine
        self.folder = folder
        self.name = name
        self.user = user
        self.port = next(_PORTS)
        """A port of the machine that no other project has."""
        self.env = {"TOKEN": "s3cret", "PORT": str(self.port), "WEB_PORT": str(self.port)}
        """Variables for the Compose file."""

    @property
    def flags(self) -> tuple[str, ...]:
        return () if self.user == "root" else ("--user",)

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command of the program; its exit code may be anything."""
        return self.machine.run(
            *("composer", "-p", self.name, *arguments),
            user=self.user,
            cwd=self.machine.there(self.folder),
            env=self.env,
            check=False,
            timeout=timeout,
        )

    def ok(self, *arguments: str, timeout: float = 120) -> str:
        """Run a command that has to succeed; what it wrote to standard output."""
        done = self.run(*arguments, timeout=timeout)
        said = f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, f"{said}\n{self.machine.journal()}"
        return done.stdout

    @contextmanager
    def beside(self, *arguments: str) -> Iterator[Path]:
        """Run a command of the program beside the test, ended as by Ctrl-C; its output's file."""
        output, unit = self.folder / ".output", f"{self.name}-beside.service"
        there = self.machine.there(output)
        self.machine.run(
            *("systemd-run", "--quiet", "--collect", f"--unit={unit}"),
            *(f"--working-directory={there.parent}", f"--property=StandardOutput=file:{there}"),
            *("--property=KillSignal=SIGINT", "composer", "-p", self.name, *arguments),
        )
        try:
            yield output
        finally:
            self.machine.run("systemctl", "stop", unit)

    # --- looking, past the program ----------------------------------------------------------------
    def unit(self, name: str, prop: str = "ActiveState") -> str:
        """A property of a unit of the project: ``web-1.service``, ``target``."""
        full = f"{self.name}.{name}" if name == "target" else f"{self.name}-{name}"
        words = ("systemctl", *self.flags, "show", "-P", prop, full)
        return self.machine.run(*words, user=self.user).stdout.strip()

    def containers(self) -> dict[str, str]:
        """The ids of the running containers by name, without the project's in front."""
        label = f"label=com.docker.compose.project={self.name}"
        words = ("podman", "ps", "--no-trunc", f"--filter={label}", "--format=json")
        found: list[dict[str, Any]] = json.loads(
            self.machine.run(*words, user=self.user).stdout or "[]"
        )
        return {
            one["Names"][0].removeprefix(f"{self.name}-"): one["Id"]
            for one in found
            if not one["IsInfra"]
        }

    def files(self) -> set[str]:
        """The files of the project in systemd's and in Quadlet's folder, without its name."""
        folders = ("/etc/systemd/system", "/etc/containers/systemd")
        if self.user != "root":
            config = f"/home/{self.user}/.config"
            folders = (f"{config}/systemd/user", f"{config}/containers/systemd")
        words = ("find", *folders, "-name", f"{self.name}*", "-printf", "%f\n")
        found = self.machine.run(*words, check=False).stdout.split()
        return {name.removeprefix(self.name) for name in found}

    def resources(self, kind: str) -> set[str]:
        """The project's networks, volumes or secrets, without its name in front."""
        shown = self.machine.run("podman", kind, "ls", "--format={{.Name}}", user=self.user)
        ours = [name for name in shown.stdout.split() if name.startswith(f"{self.name}_")]
        return {name.removeprefix(f"{self.name}_") for name in ours}

    def fetch(self, path: str = "/") -> str:
        """A page of the project, as soon as it is served."""
        return wait_until(lambda: self.machine.fetch(self.port, path), what=f"page {path}")

    def running(self, *names: str) -> dict[str, str]:
        """The containers, as soon as just ``names`` run."""

        def as_expected() -> dict[str, str]:
            found = self.containers()
            return found if set(found) == set(names) else {}

        return wait_until(as_expected, what=f"containers {names} (there are {self.containers()})")


@contextmanager
def project_on(machine: Machine, source: str, user: str = "root") -> Iterator[Managed]:
    """A copy of a folder here or of a sample, for ``user``; gone with all of it at the end."""
    name = unique_name()
    origin = next(folder for folder in (HERE / source, SAMPLES / source) if folder.is_dir())
    folder = machine.folder / name
    shutil.copytree(origin, folder)
    machine.run("chown", "-R", f"{user}:", str(machine.there(folder)))
    project = Managed(machine, folder, name, user)
    try:
        yield project
    finally:
        machine.run(
            "sh", "-c", _REMOVAL.format(name=name, flags=" ".join(project.flags)), user=user
        )
        left = project.containers(), project.files(), project.resources("secret")
        shutil.rmtree(folder)
        assert left == ({}, set(), set()), left


_REMOVAL = """
config=$HOME/.config
[ "$(id -u)" != 0 ] || config=/etc
cd $config/containers/systemd 2>/dev/null && rm -f {name}*
cd $config/systemd/system 2>/dev/null || cd $config/systemd/user 2>/dev/null
rm -f {name}* *.wants/{name}*
systemctl {flags} kill --signal=KILL '{name}*.service'
systemctl {flags} stop '{name}*'
systemctl {flags} daemon-reload
systemctl {flags} reset-failed
containers=$(podman ps -aq --filter=label=com.docker.compose.project={name})
[ -z "$containers" ] || podman rm -f -t 0 --depend $containers
for kind in network volume; do
    podman $kind ls -q --filter=label=com.docker.compose.project={name} |
        xargs -r podman $kind rm -f
done
podman secret ls --format='{{{{.Name}}}}' | grep ^{name}_ | xargs -r podman secret rm
true
"""
"""Past the program, and sooner: nothing gets time to stop."""


def give_image(machine: Machine, image: str) -> None:
    """Give an image to the Podman of the user without rights, which cannot use root's store."""
    archive = machine.folder / "image.tar"
    machine.testbed.podman("save", "-q", "-o", str(archive), image)
    archive.chmod(0o644)
    machine.run("podman", "load", "-q", "-i", str(machine.there(archive)), user=USER)
    archive.unlink()
