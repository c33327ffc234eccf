"""The machine with systemd that tests boot: systemd and Podman work in it, for root and a user."""

from __future__ import annotations

import pytest

from tests.booted import USER, Machine

pytestmark = pytest.mark.engine

_INFO = "{{.Host.CgroupsVersion}} {{.Host.Security.Rootless}}"


@pytest.mark.parametrize(("user", "rootless"), [("root", "false"), (USER, "true")])
def test_systemd_and_podman_must_run_with_one_hierarchy_of_control_groups(
    booted: Machine, user: str, rootless: str
) -> None:
    assert booted.run("cat", "/proc/1/comm").stdout == "systemd\n"
    assert booted.run("podman", "info", "-f", _INFO, user=user).stdout == f"v2 {rootless}\n"
    assert booted.run("composer", "version", user=user).stdout.startswith("composer version")


def test_what_is_written_must_outlast_a_boot(booted: Machine) -> None:
    files = ("/etc/kept", "/home/dev/kept", "/var/lib/kept")
    begun = booted.run("cut", "-d ", "-f22", "/proc/1/stat").stdout
    booted.run("touch", *files)
    booted.reboot()
    assert booted.run("cut", "-d ", "-f22", "/proc/1/stat").stdout != begun
    booted.run("rm", *files)
