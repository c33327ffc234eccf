"""What scenarios are written with: a project in a folder, commands on it, looks at the engine."""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.conftest import unique_name
from tests.engine_api import TestbedError
from tests.scenarios.work import Work
from tests.testbed import CHECKOUT, Testbed, wait_until

HERE = Path(__file__).resolve().parent
SAMPLES = CHECKOUT / "samples" / "compose"


_PORTS = itertools.count(20_000)


def free_port() -> int:
    """A port that nobody listens on, and that nobody else gets before it is used.

    The kernel gives ports unasked, to clients too, from 32768 on. Those below are the tests' own in
    their network, and each is given once.
    """
    for port in _PORTS:
        with socket.socket() as server, suppress(OSError):
            server.bind(("", port))
            return port
    raise AssertionError("no port is free")


class Scenario(Work):
    """A copy of a project's folder, with a project name of its own, on the test engine."""

    def __init__(self, testbed: Testbed, program: str, folder: Path, name: str) -> None:
        super().__init__(program, folder, name)
        self.testbed = testbed

    def surroundings(self) -> dict[str, str]:
        return self.testbed.environ()

    def ok(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 120.0
    ) -> str:
        """Run a command that has to succeed; what it wrote to standard output."""
        return self.done(*arguments, env=env, timeout=timeout).stdout

    def up_until_an_end(
        self, service: Mapping[str, Any], name: str
    ) -> subprocess.CompletedProcess[str]:
        """``up -d`` with a file of ``service``, which ends by itself, and two more.

        One of these is started when the end of the first is known: however long that takes, it is
        before ``up`` looks at what it has started.
        """
        sign = self.folder / "ended"
        sign.mkdir()
        check = {"test": ["CMD", "test", "-e", "/ended/sign"], "interval": "1s", "retries": 600}
        stays: dict[str, Any] = {"image": "busybox", "command": ["sleep", "infinity"]}
        stays |= {"network_mode": "none", "init": True}
        gate = stays | {"healthcheck": check, "volumes": ["./ended:/ended:ro"]}
        last = stays | {"depends_on": {"gate": {"condition": "service_healthy"}}}
        services = {name: service, "gate": gate, "last": last}
        (self.folder / "compose.yaml").write_text(json.dumps({"services": services}))
        with self.running("up", "-d") as process:
            wait_until(lambda: self.states().get(f"{name}-1") == "exited", what=f"end of {name}")
            (sign / "sign").touch()
            code = process.wait(60)
        return subprocess.CompletedProcess(process.args, code, "", self.output())

    # --- looking at the engine, past the program ------------------------------------------------
    def containers(self, *services: str) -> list[dict[str, Any]]:
        """All containers of the project (or of ``services``), inspected, by service and number.

        Without the infra containers of pods, which belong to no service.
        """
        inspected = self._inspected("containers")
        members = [one for one in inspected if not one.get("IsInfra")]
        chosen = [one for one in members if not services or service_of(one) in services]
        return sorted(chosen, key=lambda one: (service_of(one), number_of(one)))

    def container(self, service: str) -> dict[str, Any]:
        """The only container of a service."""
        (only,) = self.containers(service)
        return only

    def pods(self) -> dict[str, dict[str, Any]]:
        """All pods of the project, inspected, by name without the project's in front."""
        # Podman 5 gives a list of one.
        found = self._inspected("pods")
        pods = [one[0] if isinstance(one, list) else one for one in found]
        return {pod["Name"].removeprefix(f"{self.name}-"): pod for pod in sorted(pods, key=_name)}

    def infra(self) -> list[str]:
        """The names of all infra containers that the engine has for the project."""
        names = [one["Names"][0] for one in self.testbed.api.get("/containers/json?all=true")]
        return [name for name in names if name.startswith(self.name) and name.endswith("infra")]

    def ids(self, *services: str) -> list[str]:
        return [one["Id"] for one in self.containers(*services)]

    def states(self) -> dict[str, str]:
        """State by name, without the project's name in front."""
        return {
            one["Name"].removeprefix(f"{self.name}-"): one["State"]["Status"]
            for one in self.containers()
        }

    def resources(self, kind: str) -> set[str]:
        """Names of the project's networks or volumes, without its name in front."""
        names = [one.get("name") or one["Name"] for one in self._listed(f"{kind}s")]
        return {name.removeprefix(f"{self.name}_") for name in names}

    def _listed(self, kind: str) -> list[dict[str, Any]]:
        """What the engine lists of a kind (GET ``/libpod/KIND/json``) with the project's label."""
        filters = json.dumps({"label": [f"com.docker.compose.project={self.name}"]})
        query = urllib.parse.urlencode({"filters": filters, "all": "true"})
        return self.testbed.api.get(f"/{kind}/json?{query}") or []

    def _inspected(self, kind: str) -> list[Any]:
        """All of a kind, inspected, without what is removed while this looks."""
        found = []
        for one in self._listed(kind):
            try:
                found.append(self.testbed.api.get(f"/{kind}/{one['Id']}/json"))
            except TestbedError:
                if one["Id"] in {other["Id"] for other in self._listed(kind)}:
                    raise
        return found

    def inside(self, container: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a container, past the program."""
        return self.testbed.api.execute(container, *words)

    def addresses(self, container: str, name: str) -> set[str]:
        """The IPv4 addresses that ``name`` has for a (Debian) container; empty for none."""
        found = self.inside(container, "getent", "ahostsv4", name)
        return {line.split()[0] for line in found.stdout.splitlines() if line}

    def logs_of(self, container: str) -> str:
        """What a container has written, both streams."""
        done = self.testbed.podman("logs", container, check=False)
        return done.stdout + done.stderr


def _name(pod: Mapping[str, Any]) -> str:
    return str(pod["Name"])


def service_of(inspected: Mapping[str, Any]) -> str:
    return str(inspected["Config"]["Labels"]["com.docker.compose.service"])


def number_of(inspected: Mapping[str, Any]) -> int:
    """The number of a replica; a one-off container has none, which is 0."""
    return int(inspected["Config"]["Labels"].get("com.docker.compose.container-number", 0))


def started(inspected: Mapping[str, Any]) -> str:
    """When it was started; comparable as text, since all are of one time zone."""
    return str(inspected["State"]["StartedAt"])


def fetch(port: int, path: str = "/") -> tuple[int, str]:
    """Status and body of a page on the loopback; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def fetch_ready(port: int, path: str = "/", timeout: float = 60.0) -> str:
    """The body of a page, as soon as it is served with status 200."""

    def answered() -> str:
        status, body = fetch(port, path)
        return body if status == 200 else ""

    return wait_until(answered, timeout, what=f"200 for {path}")


@contextmanager
def project_in(
    testbed: Testbed, program: str, source: Path | str, parent: Path
) -> Iterator[Scenario]:
    """A scenario in a copy of ``source``: a folder here, one of the samples, or a path."""
    name = unique_name()
    known = [HERE / source, SAMPLES / source]
    origin = next(folder for folder in known if folder.is_dir())
    scenario = Scenario(testbed, program, parent / name, name)
    shutil.copytree(origin, scenario.folder)
    try:
        yield scenario
    finally:
        testbed.remove_project(name)
