"""The ground itself: what every other scenario takes for granted about the test engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests import isolation
from tests.conftest import PodmanCall
from tests.testbed import Testbed

pytestmark = pytest.mark.engine


def test_published_ports_answer_on_loopback(
    podman: PodmanCall, project: Callable[[], str], wait_until: Callable[..., object]
) -> None:
    name = project()
    podman("run", "-d", "--name", name, "-p", "127.0.0.1:18080:80", "nginx:alpine")

    def answered() -> bool:
        try:
            with urlopen("http://127.0.0.1:18080/", timeout=5) as answer:
                return b"nginx" in answer.read()
        except OSError:
            return False

    assert wait_until(answered)


def test_unknown_names_end_quickly_and_on_this_machine(
    podman: PodmanCall, project: Callable[[], str]
) -> None:
    name = project()
    podman("network", "create", name)
    asked = podman(
        *("run", "--rm", "--name", name, "--network", name, "debian:bookworm-slim"),
        *("getent", "hosts", "example.com"),
        check=False,
        timeout=30,
    )
    assert asked.returncode == 2


def test_networks_come_from_the_pool_of_the_test_engine(
    podman: PodmanCall, project: Callable[[], str]
) -> None:
    name = project()
    podman("network", "create", name)
    (network,) = json.loads(podman("network", "inspect", name).stdout)
    assert network["subnets"][0]["subnet"].startswith("10.211.")


def test_the_machine_has_no_way_out_while_tests_run(engine: Testbed) -> None:
    routes = Path("/proc/self/net/route").read_text().splitlines()[1:]
    assert not [line for line in routes if line.split()[1] == "00000000"]
    assert isolation.NAMESERVER in Path("/etc/resolv.conf").read_text()


def test_programs_get_nothing_of_the_users_settings(engine_env: dict[str, str]) -> None:
    prefixes = ("DOCKER_", "COMPOSE_", "CONTAINER")
    steering = {name for name in engine_env if name.startswith(prefixes)}
    assert steering == {"CONTAINER_HOST", "CONTAINERS_CONF"}
    assert Path(engine_env["CONTAINERS_CONF"]).is_absolute()


def test_the_name_server_is_known_so_that_none_outlives_the_run(
    engine: Testbed, podman: PodmanCall, project: Callable[[], str]
) -> None:
    name = project()
    podman("network", "create", name)
    podman("run", "-d", "--name", name, "--network", name, "busybox", "sleep", "600")
    programs = {command.split()[0].rpartition("/")[2] for command in engine.processes().values()}
    assert {"podman", "conmon", "aardvark-dns"} <= programs
