"""``composer pod`` and ``composer health`` do to pods what they say, and to nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

NO_GROUPS = not rootless.groups()


@pytest.fixture(scope="module")
def running(shared: ScenarioOf) -> Scenario:
    """Two pods ``web``, a pod ``queue``, and a container in none: one project for all tests."""
    return shared("podded")


@pytest.fixture
def web(running: Scenario) -> Scenario:
    """The project as ``up`` leaves it, whatever the test before did."""
    running.ok("up", "-d")
    return running


def pod(scenario: Scenario, name: str) -> dict[str, Any]:
    found = scenario.testbed.api.get(f"/pods/{scenario.name}-{name}/json")
    return dict(found[0] if isinstance(found, list) else found)


def states(scenario: Scenario, name: str) -> set[str]:
    """The states of all containers of a pod, its infra container included."""
    return {one["State"] for one in pod(scenario, name)["Containers"]}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_ls_inspect_and_port_must_tell_what_podman_has(web: Scenario) -> None:
    rows = {row["Name"].removeprefix(f"{web.name}-"): row for row in lines(web.ok(*LS))}
    assert {name: (row["Pod"], row["Number"]) for name, row in rows.items()} == {
        "queue-pod-1": ("queue", 1),
        "web-1": ("web", 1),
        "web-2": ("web", 2),
    }
    first = rows["web-1"]
    assert first["Services"] == ["app", "side"]
    assert (first["Status"], first["Running"]) == ("running", 2)
    assert first["ID"] == pod(web, "web-1")["Id"][:12]
    for name in ("web", "web-2", f"{web.name}-web-1"):
        shown = json.loads(web.ok("pod", "inspect", name))
        assert {one["Name"] for one in shown} <= {f"{web.name}-web-1", f"{web.name}-web-2"}
        assert len(shown) == (2 if name == "web" else 1)
    bound = pod(web, "web-2")["InfraConfig"]["PortBindings"]["80/tcp"][0]
    assert web.ok("pod", "port", "web-2", "80") == f"127.0.0.1:{bound['HostPort']}\n"
    assert lines(web.ok("pod", "port", "web-2", "--format", "json"))[0]["PublishedPort"] == int(
        bound["HostPort"]
    )


LS = ("pod", "ls", "--format", "json")


def test_a_wrong_name_must_be_told_with_those_that_exist(web: Scenario) -> None:
    for command in (("stop",), ("ls",), ("logs",), ("update", "--cpus", "1"), ("create",)):
        failed = web.run("pod", *command, "wep")
        assert failed.returncode == 1
        assert "no such pod: wep" in failed.stderr
        assert "'web'" in failed.stderr
    assert states(web, "web-1") == {"running"}


def test_stop_must_end_a_replica_as_a_whole_and_start_bring_it_back(web: Scenario) -> None:
    others = {one["Id"]: started(one) for one in web.containers() if "-2" not in one["Name"]}
    before = {one["Id"] for one in web.containers("app", "side")}
    web.ok("pod", "stop", "web-2")
    assert states(web, "web-2") == {"exited"}
    web.ok("pod", "start", "web-2", "--wait")
    assert states(web, "web-2") == {"running"}
    assert {one["Id"] for one in web.containers("app", "side")} == before
    again = {one["Id"]: started(one) for one in web.containers() if "-2" not in one["Name"]}
    assert again == others


def test_restart_and_kill_must_reach_the_pod_that_is_named(web: Scenario) -> None:
    first, second = web.containers("side")
    web.ok("pod", "restart", "web-1", "-t", "1")
    restarted, left = web.containers("side")
    assert started(restarted) > started(first)
    assert started(left) == started(second)
    web.ok("pod", "kill", "-s", "SIGHUP", "web-2")
    # The signal ends app, which does not expect it.
    wait_until(lambda: "heard HUP" in web.logs_of(second["Id"]), what="the signal")
    assert "heard HUP" not in web.logs_of(first["Id"])


@pytest.mark.skipif(NO_GROUPS, reason="this user's containers have no control groups here")
def test_pause_must_hold_the_pod_that_is_named(web: Scenario) -> None:
    web.ok("pod", "pause", "web-2")
    paused = {one["Name"]: one["State"]["Status"] for one in web.containers("app", "side")}
    assert {name[-1] for name, state in paused.items() if state == "paused"} == {"2"}
    assert [row["Status"] for row in lines(web.ok(*LS, "web"))] == ["running", "paused"]
    web.ok("pod", "unpause", "web-2")
    assert states(web, "web-2") == {"running"}


@pytest.mark.skipif(NO_GROUPS, reason="this user's containers have no control groups here")
def test_update_must_limit_a_pod_while_it_runs(web: Scenario) -> None:
    before = {one["Id"]: started(one) for one in web.containers()}
    web.ok("pod", "update", "web-1", "--cpus", "0.5", "--memory", "128m")
    assert limits(web, "web-1") == (50_000, 128 << 20)
    assert limits(web, "web-2")[1] == 256 << 20
    web.ok("pod", "update", "web", "--memory", "256m", "--cpus", "0")
    assert limits(web, "web-1") == (-1, 256 << 20)
    assert {one["Id"]: started(one) for one in web.containers()} == before


@pytest.mark.skipif(not NO_GROUPS, reason="pods can be limited here")
def test_update_must_say_why_a_pod_cannot_be_limited(web: Scenario) -> None:
    failed = web.run("pod", "update", "web-1", "--cpus", "0.5")
    assert failed.returncode == 1
    assert f"the limits of pod {web.name}-web-1 cannot be changed" in failed.stderr
    assert "composer up -d" in failed.stderr


def limits(scenario: Scenario, name: str) -> tuple[int, int]:
    """Microseconds of processor time in a tenth of a second (-1: no limit), bytes of memory."""
    path = pod(scenario, name)["CgroupPath"].strip("/")
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        quota = (root / path / "cpu.max").read_text().split()[0]
        return -1 if quota == "max" else int(quota), int((root / path / "memory.max").read_text())
    return (
        int((root / "cpu" / path / "cpu.cfs_quota_us").read_text()),
        int((root / "memory" / path / "memory.limit_in_bytes").read_text()),
    )


def test_logs_and_top_must_be_of_the_pods_alone(web: Scenario) -> None:
    wait_until(lambda: all(web.logs_of(one) for one in web.ids("app", "side")), what="their logs")
    assert {line.split()[0] for line in web.ok("pod", "logs", "web-2").splitlines()} == {
        "app-2",
        "side-2",
    }
    whole = web.ok("pod", "logs", "--tail", "-1", "web-2")
    assert whole == web.ok("pod", "logs", "web-2"), "as of composer logs"
    processes = lines(web.ok("pod", "top", "web-1", "--format", "json"))
    assert {row["POD"] for row in processes} == {f"{web.name}-web-1"}
    commands = "\n".join(row["CMD"] for row in processes)
    assert "side begins" in commands
    assert "app begins" in commands


@pytest.mark.skipif(NO_GROUPS, reason="this user's containers have no control groups here")
def test_stats_must_sum_by_pod(web: Scenario) -> None:
    sums = {row["Name"]: row for row in lines(web.ok(*STATS))}
    assert set(sums) == {
        f"{web.name}-{name}" for name in ("web-1", "web-2", "queue-pod-1", "solo-1")
    }
    assert "/ 256MiB" in sums[f"{web.name}-web-2"]["MemUsage"]
    inside = web.testbed.podman("pod", "top", f"{web.name}-web-2", "pid").stdout.split()[1:]
    assert int(sums[f"{web.name}-web-2"]["PIDs"]) >= len(inside) - 1
    only = lines(web.ok("pod", "stats", "--no-stream", "--format", "json", "queue"))
    assert [row["Name"] for row in only] == [f"{web.name}-queue-pod-1"]


STATS = ("stats", "--pods", "--no-stream", "--format", "json")


def test_events_must_be_those_of_the_pod(web: Scenario) -> None:
    with web.running("events", "--json", "--pod", "web-2"):
        web.ok("pod", "restart", "-t", "1", "web-1")
        told = wait_until(lambda: _restarted(web), what="events of the pod")
    assert {event["attributes"]["name"][-2:] for event in told} == {"-2"}


def _restarted(scenario: Scenario) -> list[dict[str, Any]]:
    """What was told, once a restart of the pod shows in it."""
    scenario.ok("pod", "restart", "-t", "1", "web-2")
    told = [json.loads(line) for line in scenario.output().splitlines() if line.endswith("}")]
    return told if any(event["action"] == "start" for event in told) else []


def test_health_must_run_every_check_now(web: Scenario) -> None:
    (first, second) = web.containers("app")
    assert web.inside(second["Id"], "touch", "/ill").returncode == 0
    try:
        failed = web.run("health", "--format", "json")
        assert failed.returncode == 1
        verdicts = {row["Name"]: row["Health"] for row in lines(failed.stdout)}
        assert verdicts == {
            first["Name"]: "healthy",
            second["Name"]: "unhealthy",
            f"{web.name}-web-1": "healthy",
            f"{web.name}-web-2": "unhealthy",
        }
        assert web.run("health", "web-1").returncode == 0
        assert web.run("health", "solo").returncode == 1
        with web.running("health", "--watch", "--interval", "0.1"):
            wait_until(lambda: "unhealthy" in web.output(), what="the first look")
            seen = len(web.output())
            web.inside(second["Id"], "rm", "/ill")
            wait_until(lambda: "healthy" in web.output()[seen:], what="the change")
            assert "unhealthy" not in web.output()[seen:]
    finally:
        web.inside(second["Id"], "rm", "-f", "/ill")


def test_rm_and_create_must_take_and_make_whole_pods(web: Scenario) -> None:
    refused = web.run("pod", "rm", "-s", "queue")
    assert refused.returncode == 1
    assert "pod rm --force" in refused.stderr
    assert web.ok("pod", "rm", "-sf", "queue", "web-2") == ""
    assert {row["Name"] for row in lines(web.ok(*LS))} == {f"{web.name}-web-1"}
    assert states(web, "web-1") == {"running"}
    missing = web.run("pod", "start", "queue")
    assert "composer pod create queue" in missing.stderr
    web.ok("pod", "create", "queue")
    assert "running" not in states(web, "queue-pod-1")
    web.ok("pod", "stop")
    assert states(web, "web-1") == {"exited"}
    assert web.container("solo")["State"]["Status"] == "running"
