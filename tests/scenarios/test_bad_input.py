"""Bad input ends in one clear message: what is wrong, and where; nothing stays half-made."""

from __future__ import annotations

import re
import socket
import subprocess
from typing import NamedTuple

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


class Fault(NamedTuple):
    """A file at fault, the line of the fault, and what the message has to speak of."""

    text: str
    line: int
    words: tuple[str, ...]


FAULTS = {
    "unknown attribute": Fault(
        "services:\n  web:\n    image: busybox\n    comand: sleep 1\n", 4, ("comand", "command")
    ),
    "unknown attribute of a network": Fault(
        "services:\n  web:\n    image: busybox\nnetworks:\n  front:\n    intrenal: true\n",
        6,
        ("intrenal", "internal"),
    ),
    "wrong type": Fault("services:\n  web:\n    image: busybox\n    ports: 80\n", 4, ("ports",)),
    "wrong type in a list": Fault(
        "services:\n  web:\n    image: busybox\n    ports:\n      - 'eighty:80'\n",
        5,
        ("ports", "eighty"),
    ),
    "malformed YAML": Fault("services:\n  web:\n    image: [busybox\n  db: {}\n", 4, ()),
    "tabs": Fault("services:\n\tweb:\n", 2, ("tab",)),
    "undefined network": Fault(
        "services:\n  web:\n    image: busybox\n    networks: [nowhere]\n", 4, ("nowhere",)
    ),
    "undefined volume": Fault(
        "services:\n  web:\n    image: busybox\n    volumes: ['lost:/data']\n", 4, ("lost",)
    ),
    "undefined dependency": Fault(
        "services:\n  web:\n    image: busybox\n    depends_on: [nobody]\n", 4, ("nobody",)
    ),
    "missing required variable": Fault(
        "services:\n  web:\n    image: ${NO_SUCH_IMAGE:?tell me which}\n",
        3,
        ("NO_SUCH_IMAGE", "tell me which"),
    ),
    "duplicate container name": Fault(
        "services:\n"
        "  one:\n    image: busybox\n    container_name: same\n"
        "  two:\n    image: busybox\n    container_name: same\n",
        7,
        ("same", "one", "two"),
    ),
    "duplicate host port": Fault(
        "services:\n"
        "  one:\n    image: busybox\n    ports: ['127.0.0.1:18099:80']\n"
        "  two:\n    image: busybox\n    ports: ['127.0.0.1:18099:80']\n",
        7,
        ("18099", "one", "two"),
    ),
    "missing build context": Fault("services:\n  web:\n    build: ./missing\n", 3, ("missing",)),
}


def assert_clear(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One message on standard error that has ``words``; exit code 1; no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 12, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def written(scenario: ScenarioOf, text: str) -> Scenario:
    """A scenario whose file says ``text``."""
    made = scenario("plain")
    (made.folder / "compose.yaml").write_text(text)
    return made


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_at_fault_must_be_refused_with_its_place(scenario: ScenarioOf, name: str) -> None:
    fault = FAULTS[name]
    bad = written(scenario, fault.text)
    done = bad.run("up", "-d")
    assert_clear(done, *fault.words)
    assert re.search(rf"compose\.yaml:{fault.line}:\d+", done.stderr), done.stderr
    assert bad.containers() == []
    assert bad.resources("network") == set()


def test_a_cycle_must_be_shown_with_its_full_path(scenario: ScenarioOf) -> None:
    services = {"first": "second", "second": "third", "third": "first"}
    text = "services:\n" + "".join(
        f"  {name}:\n    image: busybox\n    depends_on: [{other}]\n"
        for name, other in services.items()
    )
    bad = written(scenario, text)
    done = bad.run("up", "-d")
    assert_clear(done, "first", "second", "third", "cycl")
    assert bad.containers() == []


def test_an_image_that_cannot_be_found_must_be_named(scenario: ScenarioOf) -> None:
    bad = written(scenario, "services:\n  web:\n    image: docker.io/library/no-such-image:1\n")
    assert_clear(bad.run("up", "-d"), "no-such-image:1")
    assert bad.containers() == []


def test_a_port_in_use_must_be_named_and_the_next_up_must_mend_it(scenario: ScenarioOf) -> None:
    port = free_port()
    text = f"services:\n  web:\n    image: nginx:alpine\n    ports: ['127.0.0.1:{port}:80']\n"
    bad = written(scenario, text)
    with socket.create_server(("127.0.0.1", port)):
        assert_clear(bad.run("up", "-d"), str(port))
    bad.ok("up", "-d")
    assert bad.states() == {"web-1": "running"}


def test_after_a_port_in_use_other_projects_must_find_their_names(scenario: ScenarioOf) -> None:
    port = free_port()
    text = f"services:\n  web:\n    image: nginx:alpine\n    ports: ['127.0.0.1:{port}:80']\n"
    bad = written(scenario, text)
    with socket.create_server(("127.0.0.1", port)):
        assert_clear(bad.run("up", "-d"), str(port))
    calm = ("image: debian:bookworm-slim", "init: true", "command: ['sleep', 'infinity']")
    lines = "".join(f"    {line}\n" for line in calm)
    good = written(scenario, f"services:\n  one:\n{lines}  two:\n{lines}")
    for _ in range(2):  # with the last container goes the network of all that have no rights
        good.ok("down", "-t0")
        good.ok("up", "-d")
    one, two = good.ids("one", "two")
    assert wait_until(lambda: good.addresses(one, "two"), what="a name of a neighbour")
    assert wait_until(lambda: good.addresses(two, "one"), what="a name of a neighbour")


def test_down_must_put_right_what_a_failed_up_left(scenario: ScenarioOf) -> None:
    port = free_port()
    text = f"services:\n  web:\n    image: nginx:alpine\n    ports: ['127.0.0.1:{port}:80']\n"
    bad = written(scenario, text)
    with socket.create_server(("127.0.0.1", port)):
        assert bad.run("up", "-d").returncode == 1
        bad.ok("down", "-v")
    assert bad.containers() == []
    assert bad.resources("network") == set()


def test_a_container_that_exits_at_once_must_be_named_with_code_and_last_lines(
    scenario: ScenarioOf,
) -> None:
    plain = scenario("plain")
    web = {"image": "busybox", "command": ["sh", "-c", "echo broken; exit 3"]}
    done = plain.up_until_an_end(web, "web")
    assert done.returncode == 1, done.stderr
    (start,) = (n for n, line in enumerate(done.stderr.splitlines()) if line.startswith("Error:"))
    said = "\n".join(done.stderr.splitlines()[start:])
    assert f"container {plain.name}-web-1 exited with code 3" in said
    assert "broken" in said
    assert "gate" not in said
    assert "Traceback" not in done.stderr


def test_an_engine_that_cannot_be_reached_must_be_named(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    nowhere = {"CONTAINER_HOST": f"unix://{plain.folder}/nobody.sock"}
    for command in (("up", "-d"), ("ps",), ("down",)):
        assert_clear(plain.run(*command, env=nowhere), "nobody.sock")


@pytest.mark.parametrize(
    "line", ["container_name: alone", "ports: ['127.0.0.1:18098:80']"], ids=["name", "port"]
)
def test_scaling_what_can_be_there_only_once_must_be_refused_at_once(
    scenario: ScenarioOf, line: str
) -> None:
    bad = written(scenario, f"services:\n  web:\n    image: nginx:alpine\n    {line}\n")
    assert_clear(bad.run("up", "-d", "--scale", "web=2"), "web")
    assert bad.containers() == []
    assert bad.resources("network") == set()


@pytest.mark.parametrize("command", [("up", "-d"), ("logs",), ("stop",), ("build",)])
def test_a_service_that_does_not_exist_must_list_those_that_do(
    scenario: ScenarioOf, command: tuple[str, ...]
) -> None:
    assert_clear(scenario("plain").run(*command, "nobody"), "nobody", "one", "two")


def test_scale_of_an_unknown_service_must_be_refused(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    assert_clear(plain.run("up", "-d", "--scale", "nobody=2"), "nobody")
    assert plain.containers() == []


@pytest.mark.parametrize("command", [("up", "--no-such-option"), ("fly",), ("--nope", "ps")])
def test_wrong_usage_must_end_with_1(scenario: ScenarioOf, command: tuple[str, ...]) -> None:
    done = scenario("plain").run(*command)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_file_must_say_what_is_looked_for(scenario: ScenarioOf) -> None:
    bare = scenario("plain")
    (bare.folder / "compose.yaml").unlink()
    assert_clear(bare.run("up", "-d"), "compose.yaml")


def test_a_file_that_does_not_exist_must_be_named(scenario: ScenarioOf) -> None:
    assert_clear(scenario("plain").run("-f", "nothing.yaml", "ps"), "nothing.yaml")
