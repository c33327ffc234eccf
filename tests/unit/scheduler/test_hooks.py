"""What hooks do when they run, and when they fail."""

from __future__ import annotations

import threading

import msgspec
import pytest

from composer.errors import ComposerError
from composer.plan import operations as op
from composer.scheduler.events import Event, Notice
from composer.scheduler.execute import Executor
from composer.spec.model import Hook, PreStart
from composer.state import OneOff
from tests.fake_engine import Behaviour, FakeEngine
from tests.unit.projects import container, project, service

HOOK = Hook(
    command=("sh", "-c", "x"),
    user="0",
    working_dir="/w",
    privileged=True,
    environment={"A": "1", "HOST": None, "UNSET": None},
)
APP = service(
    "app",
    post_start=(HOOK,),
    pre_stop=(HOOK,),
    pre_start=(PreStart(command=("migrate",)),),
)
PROJECT = msgspec.structs.replace(project(APP), environment={"HOST": "h"})
POST = op.RunPostStart(
    id="h", cause="", service="app", container="p-app-1", name="p-app-1", index=0
)
PRE_STOP = op.RunPreStop(
    id="h", cause="", service="app", container="p-app-1", name="p-app-1", index=0
)
PRE = op.RunPreStart(
    id="h", cause="", service="app", container="p-app-1", name="p-app-pre_start-0", index=0
)


def run(engine: FakeEngine, operation: op.Operation) -> list[Event]:
    events: list[Event] = []
    Executor(engine, PROJECT, events.append, threading.Event()).run(operation)
    return events


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine(images=["busybox"])
    engine.add_container(container(APP))
    return engine


def test_a_hook_runs_as_it_is_said_and_its_output_is_shown(engine: FakeEngine) -> None:
    events = run(engine, POST)
    assert engine.arguments["run_inside", "p-app-1"] == {
        "command": ("sh", "-c", "x"),
        "user": "0",
        "workdir": "/w",
        "env": {"A": "1", "HOST": "h"},
        "privileged": True,
    }
    assert events == [Notice("p-app-1 ->  | said by sh -c x")]


def test_a_container_whose_post_start_fails_is_stopped(engine: FakeEngine) -> None:
    engine.exec_results["p-app-1"] = 3
    with pytest.raises(ComposerError, match=r"services\.app\.post_start\[0\]: .*exit code 3") as e:
        run(engine, POST)
    assert "said by sh -c x" in str(e.value)
    assert engine.subjects("stop") == ["p-app-1"]


def test_a_container_that_was_stopped_for_its_hook_did_not_die_by_itself(
    engine: FakeEngine,
) -> None:
    engine.exec_results["p-app-1"] = 3

    def kill(method: str, subject: str) -> None:
        if method == "stop":
            engine.exit(subject, 137)

    engine.on_call = kill
    executor = Executor(engine, PROJECT, lambda _: None, threading.Event())
    check = op.CheckStarted(id="check", cause="", containers=("p-app-1",))
    with pytest.raises(ComposerError, match="the hook ended"):
        executor.run(POST)
    executor.run(check)
    with pytest.raises(ComposerError, match="exited with code 137"):
        run(engine, check)


def test_a_container_whose_pre_stop_fails_goes_on(engine: FakeEngine) -> None:
    engine.exec_results["p-app-1"] = 3
    with pytest.raises(ComposerError, match=r"pre_stop\[0\]: .*exit code 3") as caught:
        run(engine, PRE_STOP)
    assert "composer kill app" in str(caught.value)
    assert engine.subjects("stop") == []


def test_a_pre_stop_of_what_has_ended_meanwhile_is_no_failure(engine: FakeEngine) -> None:
    engine.exit("p-app-1", 0)
    assert run(engine, PRE_STOP) == []


def test_pre_start_runs_a_container_to_its_end_and_removes_it(engine: FakeEngine) -> None:
    engine.behaviours["p-app-pre_start-0"] = Behaviour(exits_with=0, logs=[b"migrated"])
    events = run(engine, PRE)
    assert engine.arguments["create_container", "p-app-pre_start-0"]["oneoff"] == OneOff()
    assert events == [Notice("p-app-pre_start-0 ->  | migrated")]
    assert [c.name for c in engine.containers()] == ["p-app-1"]


def test_a_pre_start_that_fails_is_told_and_leaves_nothing(engine: FakeEngine) -> None:
    engine.behaviours["p-app-pre_start-0"] = Behaviour(exits_with=4, logs=[b"no \x1b[1mtable"])
    with pytest.raises(ComposerError, match=r"pre_start\[0\]: .*exit code 4") as caught:
        run(engine, PRE)
    assert r"no \x1b[1mtable" in str(caught.value)
    assert [c.name for c in engine.containers()] == ["p-app-1"]
