"""Projects as units of systemd, on a machine that is booted with it: they start, restart, stop."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.booted import USER, Machine
from tests.scenarios.on_systemd import Managed, give_image, project_on
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

ALL = ("web-1", "store-1", "worker-1", "worker-2")
BUSYBOX = "docker.io/library/busybox:latest"


@pytest.fixture
def project(booted: Machine) -> Iterator[Managed]:
    """The project of ``managed``, as root's."""
    with project_on(booted, "managed") as made:
        yield made


@pytest.fixture(scope="module")
def shared(booted: Machine) -> Iterator[Managed]:
    """The same, which systemd manages; each test begins with ``start``."""
    with project_on(booted, "managed") as made:
        made.ok("autostart")
        yield made


@pytest.fixture
def lingering(booted: Machine) -> Iterator[Managed]:
    """The project of ``lingering``, as that of a user without rights."""
    give_image(booted, BUSYBOX)
    with project_on(booted, "lingering", USER) as made:
        yield made


@pytest.mark.parametrize("form", ["quadlet", "units"])
def test_an_installed_project_must_start_answer_and_stop(project: Managed, form: str) -> None:
    project.ok("systemd", "install", "--format", form)
    suffix = "container" if form == "quadlet" else "service"
    assert {".target", f"-web-1.{suffix}", f"-worker@.{suffix}"} <= project.files()
    assert project.resources("secret") == {"token"}
    assert project.containers() == {}
    project.ok("systemd", "start")
    assert project.fetch() == "it works\n"
    before = project.running(*ALL)
    assert project.ok("exec", "-T", "worker", "cat", "/run/secrets/token") == "s3cret"

    project.machine.run("podman", "kill", f"{project.name}-web-1")
    wait_until(lambda: project.containers().get("web-1", before["web-1"]) != before["web-1"])
    assert project.fetch() == "it works\n"
    assert project.unit("web-1.service", "NRestarts") == "1"

    project.ok("systemd", "stop")
    assert project.containers() == {}
    assert project.unit("target") == "inactive"
    assert project.unit("worker@1.service") == "inactive", "ended by its signal, it has not failed"
    project.ok("systemd", "uninstall")
    assert project.files() == set()
    assert project.resources("secret") == set()
    assert project.resources("volume") == {"data"}


def test_what_is_enabled_must_come_back_at_the_boot_and_nothing_else(
    shared: Managed, lingering: Managed
) -> None:
    shared.ok("start")
    lingering.ok("autostart")
    with project_on(shared.machine, "lingering") as other:
        other.ok("autostart")
        assert other.fetch() == "it works\n"
        other.ok("systemd", "disable")
        shared.machine.reboot()
        assert shared.fetch() == "it works\n"
        shared.running(*ALL)
        assert lingering.fetch() == "it works\n"
        before = lingering.running("web-1", "app-1")
        assert other.unit("target") == "inactive"
        assert other.containers() == {}

    # A user without rights has units like everybody: with health, restarts and a journal.
    shown = json.loads(lingering.ok("systemd", "status", "--format", "json"))
    assert (shown["Scope"], shown["Enabled"], shown["Lingers"]) == ("user", True, True)
    units = {unit["Service"]: unit for unit in shown["Units"]}
    assert units["web"]["Container"]["Health"] == "healthy"
    assert units["app"]["Since"] >= units["web"]["Since"]
    assert "app-1  | it works" in lingering.ok("systemd", "logs", "app").splitlines()
    lingering.machine.run("podman", "kill", f"{lingering.name}-web-1", user=USER)
    wait_until(lambda: lingering.containers().get("web-1", before["web-1"]) != before["web-1"])
    assert lingering.fetch() == "it works\n"
    lingering.ok("autostart", "disable")
    assert lingering.containers() == {}
    assert lingering.files() == set()
    missing = lingering.run("autostart", "status")
    assert missing.returncode == 1
    assert "is not installed as units of systemd" in missing.stderr


def test_commands_must_not_fight_systemd_for_the_containers(shared: Managed) -> None:
    shared.ok("start")
    before = shared.running(*ALL)
    for command in (["up", "-d"], ["up", "-d", "--force-recreate", "web"], ["scale", "worker=1"]):
        refused = shared.run(*command)
        assert refused.returncode == 1, command
        assert f"systemd manages project {shared.name} (" in refused.stderr
        assert "composer autostart" in refused.stderr
    assert len(shared.ok("ps", "-q").split()) == len(ALL)
    assert shared.ok("exec", "-T", "--index=2", "worker", "hostname").strip()
    assert "worker has s3cret" in shared.ok("logs", "worker")
    assert shared.ok("run", "--rm", "-T", "worker", "echo", "beside").strip() == "beside"
    assert shared.containers() == before

    shared.ok("stop", "web")
    assert set(shared.containers()) == set(ALL) - {"web-1"}
    shared.ok("start")
    started = shared.running(*ALL)
    assert {name for name in ALL if started[name] != before[name]} == {"web-1"}
    shared.ok("restart", "worker")
    again = shared.running(*ALL)
    assert {name for name in ALL if again[name] != started[name]} == {"worker-1", "worker-2"}


def test_down_must_stop_a_project_and_start_must_bring_it_back(shared: Managed) -> None:
    shared.ok("start")
    shared.ok("exec", "-T", "store", "redis-cli", "set", "key", "kept")
    shared.ok("exec", "-T", "store", "redis-cli", "save")
    shared.ok("down")
    assert shared.containers() == {}
    assert shared.resources("network") == set()
    assert shared.resources("volume") == {"data"}
    assert shared.unit("web-1.service") == "inactive"
    shared.ok("start")
    assert shared.fetch() == "it works\n"
    assert shared.ok("exec", "-T", "store", "redis-cli", "get", "key").strip() == "kept"
    shared.ok("down", "-v")
    assert shared.resources("volume") == set()
    assert shared.unit("target", "UnitFileState") == "enabled"


def test_autostart_must_take_over_what_up_started_and_bring_changes(project: Managed) -> None:
    project.ok("up", "-d")
    old = project.containers()
    project.ok("autostart")
    project.fetch()
    before = project.running(*ALL)
    assert not set(old.values()) & set(before.values())

    file = project.folder / "compose.yaml"
    changed = file.read_text().replace("scale: 2", "scale: 1").replace("restart: always", "")
    changed = changed.replace("nginx:alpine", "nginx:alpine\n    environment: {NEW: one}")
    file.write_text(changed)
    shown = project.ok("systemd", "install", "--diff")
    assert "+Environment=NEW=one" in shown.splitlines()
    assert project.containers() == before, "a difference changes nothing"
    project.ok("autostart")
    after = project.running("web-1", "store-1", "worker-1")
    assert after["store-1"] == before["store-1"], "nothing of it changed"
    assert after["web-1"] != before["web-1"]
    assert project.ok("exec", "-T", "web", "printenv", "NEW").strip() == "one"
    assert {"-worker-1.container", "-web-1.container"} <= project.files()
    assert "-worker@.container" not in project.files()


def test_what_stops_for_a_change_of_units_must_run_again(project: Managed) -> None:
    file = project.folder / "compose.yaml"
    three = file.read_text().replace("scale: 2", "scale: 3")
    file.write_text(three)
    project.ok("autostart")
    before = project.running(*ALL, "worker-3")
    without = three.replace("scale: 3", "scale: 2").replace("volumes: [data:/data]", "tty: false")
    file.write_text(without.removesuffix("volumes:\n  data:\n"))
    project.ok("systemd", "install")
    after = project.running(*ALL)
    assert after["worker-1"] == before["worker-1"], "nothing of it changed"
    assert after["store-1"] != before["store-1"], "its volume went, and stopped it"
    assert project.unit("data-volume.service") == "inactive"
    project.ok("systemd", "install", "--format", "units")
    project.running(*ALL)
    assert project.fetch() == "it works\n"


def test_a_unit_from_another_folder_must_not_be_replaced(project: Managed) -> None:
    machine, file = project.machine, f"/run/systemd/system/{project.name}.target"
    machine.run("sh", "-c", f"echo [Unit] >{file} && systemctl daemon-reload")
    try:
        done = project.run("systemd", "install")
        assert done.returncode == 1
        assert f"{project.name}.target is a unit already: {file}" in done.stderr
        done = project.run("-p", "default", "systemd", "install", "--force")
        assert "default.target is systemd's own" in done.stderr
        assert done.returncode == 1
    finally:
        machine.run("rm", file)
    assert project.files() == set()


def test_what_fails_must_be_shown_with_its_last_lines(project: Managed) -> None:
    file = project.folder / "compose.yaml"
    broken = "image: redis:alpine\n    entrypoint: [/none]\n    restart: on-failure:1"
    file.write_text(file.read_text().replace("image: redis:alpine", broken))
    file.write_text(file.read_text().replace("    restart: unless-stopped\n", ""))
    project.ok("systemd", "install")
    failed = project.run("systemd", "start")
    assert failed.returncode == 1
    said = failed.stderr.partition(f"Error: {project.name}-store-1.service failed (exit-code")[2]
    assert "/none" in said, failed.stderr
    assert f"{project.name}-web-1" not in failed.stderr, "it was not even tried"
    project.running("worker-1", "worker-2")
    status = json.loads(project.ok("systemd", "status", "--format", "json"))
    units = {f"{unit['Service']}-{unit['Number']}": unit for unit in status["Units"]}
    assert units["store-1"]["Active"] != "active"
    assert units["worker-2"]["Container"]["State"] == "running"
    assert units["web-1"]["Active"] == "inactive"


def test_a_user_must_be_told_of_rights_and_of_lingering(lingering: Managed) -> None:
    refused = lingering.run("systemd", "install", "--system")
    assert refused.returncode == 1
    assert "cannot write /etc/systemd/system/" in refused.stderr
    assert "use sudo, or --user" in refused.stderr
    machine = lingering.machine
    assert machine.run("find", "/etc/systemd", "-name", f"{lingering.name}*").stdout == ""
    machine.run("loginctl", "disable-linger", USER)
    try:
        told = lingering.run("systemd", "install")
        assert told.returncode == 0, told.stderr
        assert f"sudo loginctl enable-linger {USER}" in told.stderr
    finally:
        machine.run("loginctl", "enable-linger", USER)
        machine.wait()
    assert "loginctl" not in lingering.run("systemd", "install").stderr


def test_the_journal_must_be_shown_and_followed_as_logs_are(shared: Managed) -> None:
    shared.ok("stop")
    with shared.beside("systemd", "logs", "-f", "--tail=0", "--no-color", "worker") as output:
        shared.ok("start", "worker")
        wait_until(lambda: output.read_text().count("worker has s3cret") == 2)
        shared.ok("stop", "worker")
        wait_until(lambda: output.read_text().count("  | Stopped ") == 2)
    shared.ok("start", "worker")
    wait_until(lambda: shared.ok("systemd", "logs", "worker").count("worker has s3cret") >= 4)
    # systemd's own line, that the unit is started, comes before or after it.
    lines = shared.ok("systemd", "logs", "--tail", "2", "worker").splitlines()
    assert len(lines) == 4
    assert {f"worker-{number}  | worker has s3cret" for number in (1, 2)} < set(lines)
    only = ("systemd", "logs", "--tail=2", "-t", "--no-log-prefix", "worker")
    timed = re.findall(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (.+)$", shared.ok(*only), re.M)
    assert len(timed) == 4
    assert timed.count("worker has s3cret") == 2
    assert shared.ok("systemd", "logs", "--until", "1h") == ""
    unknown = shared.run("systemd", "logs", "none")
    assert unknown.returncode == 1
    assert "has no units of a service none" in unknown.stderr


def test_what_stumbles_at_first_must_not_leave_others_behind(booted: Machine) -> None:
    with project_on(booted, "stumbling") as project:
        project.run("autostart")  # which may tell of the first failure
        project.running("store-1", "app-1")
        assert int(project.unit("store-1.service", "NRestarts")) >= 1
        assert project.unit("app-1.service", "NRestarts") == "0"


def test_three_tiers_must_work_as_units(booted: Machine) -> None:
    with project_on(booted, "three-tier") as project:
        project.ok("autostart", timeout=240)
        project.running("web-1", "app-1", "db-1", "redis-1")
        answer = json.loads(project.fetch("/api"))
        assert answer["greeting"].startswith("Hello"), answer
        first = int(answer["visits"])
        assert int(json.loads(project.fetch("/api"))["visits"]) == first + 1
        before = project.containers()
        project.ok("autostart")
        assert project.containers() == before, "nothing changed, so nothing is restarted"


def test_replicas_of_a_pod_must_be_units_of_it(booted: Machine) -> None:
    with project_on(booted, "sidecar") as project:
        project.ok("autostart")
        members = [f"{name}-{number}" for name in ("web", "forwarder") for number in (1, 2, 3)]
        before = project.running("collector-1", *members)
        project.ok("stop", "web")
        assert not {"web-1", "web-2", "web-3"} & set(project.containers())
        project.ok("start")
        after = project.running("collector-1", *members)
        assert after["collector-1"] == before["collector-1"]
        project.ok("down")
        assert project.containers() == {}
        pods = booted.run("podman", "pod", "ps", "--format={{.Name}}").stdout
        assert project.name not in pods
