"""``podman-compose systemd`` where systemd runs: a template unit runs registered projects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.booted import USER, Machine
from tests.scenarios.on_systemd import Managed, give_image, project_on
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

UNIT = "/etc/systemd/user/podman-compose@.service"


@pytest.fixture
def stack(booted: Machine) -> Iterator[Managed]:
    """A project of a user without rights."""
    give_image(booted, "docker.io/library/busybox:latest")
    with project_on(booted, "lingering", USER) as made:
        (made.folder / ".env").write_text(f"PORT={made.port}\n")
        yield made
        booted.run("rm", "-f", UNIT)


def test_a_registered_project_must_be_run_by_the_template_unit(stack: Managed) -> None:
    machine, name = stack.machine, stack.name

    def podman_compose(*words: str, user: str = USER) -> str:
        command = ("podman-compose", "-p", name, "systemd", *words)
        return machine.run(*command, user=user, cwd=machine.there(stack.folder)).stdout

    def systemctl(*words: str) -> str:
        command = ("systemctl", "--user", *words, f"podman-compose@{name}.service")
        return machine.run(*command, user=USER, check=False).stdout.strip()

    assert UNIT in podman_compose("-a", "create-unit", user="root")
    assert podman_compose("-a", "create-unit").startswith(f"# {UNIT}\n"), "to be put there by root"
    assert f"{name} is registered" in podman_compose("-a", "register")
    assert podman_compose("-a", "list").split() == [name]
    machine.run("systemctl", "--user", "daemon-reload", user=USER)
    verified = machine.run("systemd-analyze", "--user", "verify", UNIT, user=USER)
    assert UNIT not in verified.stderr, verified.stderr
    try:
        assert systemctl("start") == ""
        wait_until(lambda: set(stack.containers()) == {f"{name}_web_1", f"{name}_app_1"})
        assert systemctl("is-active") == "active"
        assert stack.fetch() == "it works\n"
        systemctl("stop")
        assert stack.containers() == {}
        assert systemctl("is-active") == "inactive"
    finally:
        systemctl("stop")
        machine.run(
            *("podman-compose", "-p", name, "down", "-v"),
            user=USER,
            cwd=machine.there(stack.folder),
        )
    assert "is not registered any more" in podman_compose("-a", "unregister")
    assert podman_compose("-a", "list") == ""
