"""What was asked for stays so: stops are gentle everywhere, policies restart, checks go on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def record(work: Scenario) -> list[str]:
    """What the workers have written when they ended."""
    listed = {v["Name"]: v["Mountpoint"] for v in work.testbed.api.get("/volumes/json")}
    log = Path(listed[f"{work.name}_record"], "log")
    return log.read_text().split() if log.exists() else []


def ready(work: Scenario, *, times: int = 1) -> None:
    """Wait until each worker has said so many times that it listens to signals."""

    def all_are() -> bool:
        logs = [work.logs_of(one["Id"]) for one in work.containers()]
        return all(text.count("ready") >= times for text in logs)

    wait_until(all_are, what="all workers are ready")


def test_every_stop_must_use_the_signal_and_wait_for_the_end(scenario: ScenarioOf) -> None:
    work = scenario("stubborn")
    work.ok("up", "-d")
    ready(work)
    steps: list[tuple[int, dict[str, str], list[tuple[str, ...]]]] = [
        (2, {}, [("start",)]),
        (3, {}, [("restart",)]),
        (1, {"VERSION": "two"}, [("up", "-d")]),
        (1, {}, [("up", "-d", "--scale", "worker=2"), ("up", "-d")]),
        (1, {}, [("rm", "-fs"), ("up", "-d")]),
    ]
    work.ok("stop")
    for count, (starts, env, commands) in enumerate(steps, 1):
        work.env |= env
        for command in commands:
            work.ok(*command)
            ready(work, times=starts)
        assert record(work) == ["ended"] * count, commands
    work.ok("down")
    assert record(work) == ["ended"] * 6
    with work.running("up") as process:
        wait_until(lambda: "ready" in work.output(), what="the worker is ready")
        assert work.interrupt(process) == 130
    assert record(work) == ["ended"] * 7
    assert work.states() == {"worker-1": "exited"}


def test_a_process_that_dies_must_come_back_and_one_that_is_stopped_must_not(
    scenario: ScenarioOf,
) -> None:
    work = scenario("stubborn")
    work.ok("up", "-d")
    ready(work)
    before = work.container("worker")
    os.kill(before["State"]["Pid"], signal.SIGKILL)

    def back() -> bool:
        state = work.container("worker")["State"]
        return bool(state["Running"]) and state["Pid"] not in (0, before["State"]["Pid"])

    wait_until(back, what="the worker is restarted")
    assert work.ids() == [before["Id"]]
    work.ok("up", "-d")
    assert work.ids() == [before["Id"]], "a restart is no change"
    ready(work, times=2)
    work.ok("stop")
    assert work.states() == {"worker-1": "exited"}
    work.ok("down", "-v")


def test_up_must_wait_for_a_running_down_and_then_bring_everything_up(
    scenario: ScenarioOf,
) -> None:
    work = scenario("stubborn")
    work.env["PAUSE"] = "3"
    work.ok("up", "-d")
    ready(work)
    with work.running("down") as down:
        wait_until(lambda: work.states() == {"worker-1": "stopping"}, what="down has begun")
        done = work.run("up", "-d")
        assert down.wait(60) == 0, work.output()
    assert done.returncode == 0, done.stderr
    assert work.states() == {"worker-1": "running"}
    assert record(work) == ["ended"]


def test_down_must_work_whatever_others_did_to_the_project(scenario: ScenarioOf) -> None:
    work = scenario("plain")
    work.ok("up", "-d", "--scale", "two=3")
    podman = work.testbed.podman
    if rootless.groups():
        podman("pause", f"{work.name}-one-1", f"{work.name}-two-3")
    podman("rm", "-f", "-t", "0", f"{work.name}-two-2")
    podman("rename", f"{work.name}-two-1", f"{work.name}-elsewhere")
    labels = {
        "com.docker.compose.project": work.name,
        "com.docker.compose.service": "one",
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "True",
    }
    flags = [f"--label={key}={value}" for key, value in labels.items()]
    podman("run", "-d", "--init", f"--name={work.name}-one-run-1", *flags, "busybox", "sleep", "99")
    sharer = ("--network", f"container:{work.name}-one-1", f"--name={work.name}-one-run-2")
    podman("create", *sharer, *flags, "busybox", "true")
    ps = work.ok("ps", "-aq", "one").split()
    assert len(ps) >= 1
    work.ok("up", "-d", "--no-recreate", "two")
    assert work.states()["one-run-1"] == "running", "one-off containers are no replicas"
    work.ok("down", "-v")
    assert work.states() == {}
    assert work.resources("network") == work.resources("volume") == set()


def test_checks_must_decide_wherever_they_come_from(scenario: ScenarioOf) -> None:
    work = scenario("checked")
    podman = work.testbed.podman
    work.env["IMAGE"] = f"localhost/{work.name}:latest"
    recipe = work.folder / "Dockerfile"
    recipe.write_text("FROM busybox:latest\nHEALTHCHECK --timeout=5s --retries=1 CMD test -f /ok\n")
    podman(
        "build",
        "-q",
        "--format=docker",
        "-t",
        work.env["IMAGE"],
        "-f",
        recipe.name,
        "--pull=never",
        str(work.folder),
    )

    with work.running("up") as process:

        def health(service: str) -> str:
            found = [c for c in work.containers(service) if c["State"].get("Health")]
            return str(found[0]["State"]["Health"]["Status"]) if found else ""

        wait_until(lambda: work.states().get("patient-1") == "running", what="the dependant")
        assert health("from-file") == health("from-image") == "healthy"
        assert health("refused") == ""
        for service in ("from-file", "from-image"):
            (container,) = work.ids(service)
            work.inside(container, "rm", "/ok")
            wait_until(lambda s=service: health(s) == "unhealthy", what=f"{service} is unhealthy")  # type: ignore[misc]
            work.inside(container, "touch", "/ok")
            wait_until(lambda s=service: health(s) == "healthy", what=f"{service} is well again")  # type: ignore[misc]
        work.ok("up", "-d", "--no-deps", "--force-recreate", "from-file")
        wait_until(lambda: health("from-file") == "healthy", what="a new container is checked")
        assert work.interrupt(process) == 130

    hopeless = work.run("up", "-d", "hopeless")
    assert hopeless.returncode == 1
    assert "has no healthcheck" in hopeless.stderr
    quitter = work.run("up", "-d", "waiting", timeout=50)  # less than the check's interval
    assert quitter.returncode == 1
    assert "exited with code 3" in quitter.stderr
    assert "no disk" in quitter.stderr
    assert work.states()["waiting-1"] == "created"
