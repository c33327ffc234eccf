"""Plans of ``start``, ``stop``, ``restart``, ``kill``, ``pause``, ``unpause`` and ``rm``."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import ComposerError
from composer.plan import operations as op
from composer.plan.intent import Lifecycle
from composer.plan.lifecycle import plan_lifecycle
from composer.plan.plan import Plan
from composer.spec.model import Dependency, Project
from composer.state import State
from tests.unit.projects import container, order, project, service, state

APP, DB = service("app", {"db": Dependency(condition="service_healthy")}), service("db")
APP_1, DB_1 = container(APP), container(DB)
RUNNING = state(APP_1, DB_1)
STOPPED = state(container(APP, status="exited"), container(DB, status="exited"))
P = project(APP, DB)


def plan(p: Project | None, s: State, **intent: Any) -> Plan:
    return plan_lifecycle(p, s, Lifecycle(**intent))


def test_start_follows_dependencies_and_their_conditions() -> None:
    found = plan(P, STOPPED, action="start")
    assert order(found, "start:p-db-1", "wait:db:service_healthy")
    assert order(found, "wait:db:service_healthy", "start:p-app-1")


def test_start_goes_on_without_a_dependency_that_is_not_required() -> None:
    needs = {"db": Dependency(condition="service_healthy", required=False)}
    found = plan(project(service("app", needs), DB), STOPPED, action="start")
    (wait,) = (o for o in found if isinstance(o, op.WaitFor))
    assert not wait.required, "else a database that is not healthy fails the command"
    assert found.before("start:p-app-1") == {wait.id: False}


def test_start_waits_no_longer_than_it_is_told_to() -> None:
    found = plan(P, STOPPED, action="start", wait=True, wait_timeout=5)
    waits = {o.id: o.timeout for o in found if isinstance(o, op.WaitFor)}
    assert waits == {
        "wait:db:service_healthy": 5,
        "wait:db:running_or_healthy": 5,
        "wait:app:running_or_healthy": 5,
    }


def test_start_of_what_runs_is_nothing() -> None:
    assert not plan(P, RUNNING, action="start")


def test_start_without_a_container_says_what_to_do() -> None:
    with pytest.raises(ComposerError, match="composer up -d app"):
        plan(P, state(container(DB)), action="start", services=("app",))


def test_stop_goes_the_other_way_round() -> None:
    for p in (P, None):
        assert order(plan(p, RUNNING, action="stop"), f"stop:{APP_1.id}", f"stop:{DB_1.id}")


def test_restart_goes_in_order() -> None:
    assert order(plan(P, RUNNING, action="restart"), "restart:p-db-1", "restart:p-app-1")


def test_kill_sends_the_signal_to_what_runs() -> None:
    found = plan(P, RUNNING, action="kill", services=("app",), signal="SIGUSR1")
    (kill,) = found
    assert isinstance(kill, op.KillContainer)
    assert kill.signal == "SIGUSR1"
    assert not plan(P, STOPPED, action="kill")


def test_pause_is_for_what_runs_and_unpause_for_what_is_paused() -> None:
    half = state(container(APP, status="paused"), container(DB))
    assert [o.id for o in plan(P, half, action="pause")] == ["pause:p-db-1"]
    (waking,) = plan(P, half, action="unpause")
    assert isinstance(waking, op.UnpauseContainer)
    assert (waking.name, waking.asked) == ("p-app-1", True)
    assert not plan(P, half, action="pause", services=("app",))
    assert not plan(P, STOPPED, action="pause")


def test_rm_leaves_what_runs_unless_it_is_stopped() -> None:
    ended = container(DB, status="exited")
    half = state(APP_1, ended)
    assert [o.id for o in plan(P, half, action="rm")] == [f"remove:{ended.id}"]
    stopping = plan(P, half, action="rm", stop=True)
    assert order(stopping, f"stop:{APP_1.id}", f"remove:{APP_1.id}")


def test_an_unknown_service_is_an_error() -> None:
    with pytest.raises(ComposerError, match="no such service: nothing"):
        plan(P, RUNNING, action="stop", services=("nothing",))


def test_restart_takes_those_along_that_ask_for_it() -> None:
    again = service("again", {"db": Dependency(restart=True)})
    sharer = service("sharer", network_mode="service:again")
    p = project(APP, DB, again, sharer)
    seen = state(container(APP), container(DB), container(again), container(sharer))
    found = plan(p, seen, action="restart", services=("db",))
    names = {"db", "again", "sharer"}
    assert {o.id for o in found} == {f"restart:p-{name}-1" for name in names}
    assert order(found, "restart:p-db-1", "restart:p-again-1")
    alone = plan(p, seen, action="restart", services=("db",), no_deps=True)
    assert {o.id for o in alone} == {"restart:p-db-1"}


def test_what_is_paused_is_woken_before_it_is_stopped_killed_or_restarted() -> None:
    asleep = state(container(DB, status="paused"))
    for action in ("stop", "kill", "restart"):
        found = plan(P, asleep, action=action)
        (wake, act) = found
        assert isinstance(wake, op.UnpauseContainer)
        assert order(found, wake.id, act.id)


def test_what_somebody_is_stopping_is_waited_for() -> None:
    ending = container(DB, status="stopping")
    found = plan(P, state(ending), action="start")
    assert order(found, f"stop:{ending.id}", "start:p-db-1")
    assert not plan(P, state(ending), action="rm")
