"""Called podman-compose, composer leaves on Podman what podman-compose leaves there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import rootless
from tests.scenarios import others
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port
from tests.scenarios.work import account
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

OURS = {
    *("com.docker.compose.config-hash", "com.docker.compose.depends_on"),
    *("com.docker.compose.image", "com.docker.compose.oneoff", "com.docker.compose.version"),
}
"""Labels that containers of composer have in addition."""


class Both:
    """One project that the real podman-compose and composer work on in turns."""

    def __init__(self, project: Scenario, folder: Path) -> None:
        self.project = project
        self.port = free_port()
        self.programs = others.programs(folder, project.testbed, project.program)
        self.theirs = others.podman_compose()
        self.ours = str(self.programs / "podman-compose")

    def run(
        self, program: str, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        variables = {"APP_PORT": str(self.port), **(env or {})}
        return subprocess.run(
            [program, *arguments],
            cwd=self.project.folder,
            env=others.on_path(self.programs, self.project.environ(variables)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def ok(self, program: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        done = self.run(program, *arguments, env=env)
        assert done.returncode == 0, account((program, *arguments), done)
        return done.stdout

    def talk(self, program: str) -> dict[tuple[str, ...], list[str]]:
        """What ``program`` says to each of ``TALK``, without colours, in the order of the alphabet.

        Programs show containers in any order, and streams of their own may go to standard error.
        """
        found: dict[tuple[str, ...], list[str]] = {}
        for words in TALK:
            done = self.run(program, *words)
            assert done.returncode == 0, (words, done)
            text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
            found[words] = sorted(text.splitlines())
        return found

    def pods(self) -> set[str]:
        listed = self.project.testbed.api.get("/pods/json")
        return {one["Name"] for one in listed if self.project.name in one["Name"]}

    def settled(self) -> list[dict[str, Any]] | tuple[()]:
        """The project's containers, once none of them is on its way out.

        Nothing while one is, and an empty one when there are none.
        """
        found = self.project.containers()
        return () if any(map(is_passing, found)) else found or [{}]

    def said_all(self) -> None:
        """Wait until ``app`` has said what it has to say."""
        (app,) = self.project.ids("app")
        words = {"one", "two"}
        wait_until(lambda: words <= {*self.project.logs_of(app).split()}, what="the app's words")

    def left(self) -> dict[str, Any]:
        """All that is on the engine of the project, comparable between programs."""
        found = []
        for one in filter(None, wait_until(self.settled, what="end of what ends")):
            labels = one["Config"]["Labels"]
            found.append(
                {
                    "name": one["Name"],
                    "networks": sorted(one["NetworkSettings"]["Networks"]),
                    "ports": one["NetworkSettings"]["Ports"],
                    "state": one["State"]["Status"],
                    "exit code": one["State"]["ExitCode"],
                    "mounts": [(mount["Name"], mount["Destination"]) for mount in one["Mounts"]],
                    "labels": sorted({*labels} - OURS),
                    "in a pod": bool(one["Pod"]),
                    "unit": labels.get("PODMAN_SYSTEMD_UNIT"),
                    "service": labels["io.podman.compose.service"],
                }
            )
        return {
            "containers": found,
            "pods": self.pods(),
            "networks": self.project.resources("network"),
            "volumes": self.project.resources("volume"),
        }


def is_passing(container: Mapping[str, Any]) -> bool:
    """Whether a container is about to be in another state."""
    state = container["State"]["Status"]
    ends = container["Config"]["Cmd"] == ["false"]
    return state in ("stopped", "stopping") or (state == "running" and ends)


@pytest.fixture
def both(scenario: ScenarioOf, tmp_path: Path) -> Both:
    return Both(scenario("dropped_in"), tmp_path)


TALK = (
    ("ps", "-q"),
    ("port", "app", "80"),
    ("logs",),
    ("logs", "--no-log-prefix", "app"),
    ("logs", "--no-color", "longer", "app"),
    ("exec", "-T", "app", "echo", "said"),
    ("config", "--services"),
    ("version", "--short"),
)
"""Commands whose output is the same on one project."""

CODES = {
    ("exec", "-T", "app", "sh", "-c", "exit 3"): 3,
    ("exec", "-T", "nobody", "true"): 1,
    ("up", "-d", "nobody"): 1,
    ("stop", "nobody"): 1,
    ("logs", "nobody"): 1,
    ("port", "app", "81"): 1,
    ("kill",): 0,
    ("frob",): 2,
    ("up", "--frob"): 2,
    ("help",): 255,
    ("-f", "nowhere.yaml", "ps"): 1,
    ("run", "--rm", "-T", "--no-deps", "app", "sh", "-c", "exit 4"): 4,
    ("config", "-q"): 0,
    ("images", "-q"): 0,
    ("stats", "--no-stream", "app"): 0,
    ("pause", "app"): 0,
    ("unpause", "app"): 0,
    ("restart", "-t", "1", "app"): 0,
    ("stop", "-t", "1", "app"): 0,
    ("start", "app"): 0,
    ("pull", "--help"): 0,
}


def test_it_must_leave_what_podman_compose_leaves_and_say_what_it_says(both: Both) -> None:
    both.ok(both.theirs, "up", "-d")
    theirs = both.left()
    both.said_all()
    # It works on what podman-compose started, and says the same about it.
    assert both.talk(both.ours) == both.talk(both.theirs)
    for words, code in CODES.items():
        if words[0] in ("stats", "pause", "unpause") and not rootless.groups():
            continue
        assert both.run(both.ours, *words).returncode == code, words
    both.ok(both.ours, "down", "-v")
    assert both.left() == {
        "containers": [],
        "pods": set(),
        "networks": set(),
        "volumes": set(),
    }
    both.ok(both.ours, "up", "-d")
    assert both.left() == theirs
    both.said_all()
    assert theirs["pods"] == {f"pod_{both.project.name}"}
    # podman-compose works on what it started, and ends as it does.
    assert both.talk(both.theirs) == both.talk(both.ours)
    for words, code in CODES.items():
        if words[0] in ("stats", "pause", "unpause") and not rootless.groups():
            continue
        assert both.run(both.theirs, *words).returncode == code, words
    both.ok(both.theirs, "down", "-v")
    assert both.left()["containers"] == []
    assert both.pods() == set()


def test_up_must_take_over_what_podman_compose_started_once(both: Both) -> None:
    both.ok(both.theirs, "up", "-d")
    before = both.project.ids()
    both.ok(both.ours, "up", "-d", "app")
    taken = both.project.ids("app")
    assert not set(taken) & set(before)
    both.ok(both.ours, "up", "-d", "app")
    assert both.project.ids("app") == taken
    both.ok(both.ours, "down", "-v")
    assert both.left()["containers"] == []
    assert both.pods() == set()


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--in-pod=NAME-own"], {"PODMAN_COMPOSE_NAME_SEPARATOR_COMPAT": "1"}),
        ([], {"PODMAN_COMPOSE_DOCKER_COMPOSE_COMPAT": "true"}),
    ],
)
def test_settings_must_have_the_same_effect(
    both: Both, options: list[str], variables: dict[str, str]
) -> None:
    words = [option.replace("NAME", both.project.name) for option in options]
    left = []
    for program in (both.theirs, both.ours):
        both.ok(program, *words, "up", "-d", env=variables)
        left.append(both.left())
        both.ok(program, *words, "down", "-v", env=variables)
        assert both.left()["containers"] == []
    assert left[0]["containers"]
    assert left[0] == left[1]


NETWORKS = {
    "one": "networks: {only: {}}",
    "none of two is the default": "networks: {first: {}, second: {}}",
    "a default": "networks: {first: {}, default: {}}",
    "no dashes": "x-podman: {default_net_name_compat: true}",
    "always": "networks: {only: {}}\nx-podman: {default_net_behavior_compat: true}",
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_services_must_be_on_the_same_network(both: Both, kind: str) -> None:
    file = both.project.folder / "compose.yaml"
    file.write_text(
        "services: {app: {image: busybox, command: ['true']}}\n" + NETWORKS[kind] + "\n"
    )
    networks = []
    for program in (both.theirs, both.ours):
        both.ok(program, "up", "--no-start")
        networks.append([*both.project.container("app")["NetworkSettings"]["Networks"]])
        both.ok(program, "down")
    assert networks[0] == networks[1]


def test_a_pod_must_share_what_pod_args_say(both: Both) -> None:
    both.ok(both.ours, "--pod-args=--infra=true --share=net,uts --hostname=common", "up", "-d")
    text = both.project.testbed.podman("pod", "inspect", f"pod_{both.project.name}").stdout
    found = json.loads(text)
    pod = found[0] if isinstance(found, list) else found  # Podman 5 gives a list
    assert {"net", "uts"} <= set(pod["SharedNamespaces"])
    name = both.project.container("app")["Name"]
    assert both.project.inside(name, "hostname").stdout == "common\n"
    both.ok(both.ours, "down", "-v")
    assert both.pods() == set()


def test_wait_must_print_the_exit_codes(both: Both) -> None:
    file = both.project.folder / "compose.yaml"
    file.write_text("services: {app: {image: busybox, command: sh -c 'exit 7'}}\n")
    both.ok(both.ours, "up", "-d")
    assert both.ok(both.ours, "wait") == both.ok(both.theirs, "wait") == "7\n"
