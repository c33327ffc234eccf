"""Waiting for conditions: checks are driven where nobody else runs them, and ends are final."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from composer.errors import ComposerError
from composer.scheduler.conditions import Waiter, probe_command
from composer.state import Capabilities
from tests.fake_engine import Behaviour, FakeEngine
from tests.unit.projects import container, service

DB = service("db")


def waiter(engine: FakeEngine) -> Waiter:
    return Waiter(engine, threading.Event())


def engine_with(behaviour: Behaviour, **said: Any) -> FakeEngine:
    engine = FakeEngine(capabilities=Capabilities(systemd=False))
    engine.add_container(container(DB, **said))
    engine.behaviours["db"] = behaviour
    return engine


def test_early_probes_are_not_counted_as_failures() -> None:
    """Five probes fail within the first interval; a check that counted them would give up at 3."""
    engine = engine_with(Behaviour(healthy_after=1, unhealthy_after=3))
    engine.probe_results["p-db-1"] = [False] * 5 + [True]
    waiting = waiter(engine)
    waiting.healthy("p-db-1")
    waiting.close()
    assert engine.inspect("p-db-1").health == "healthy", "the engine was told, for all to see"


def test_unhealthy_ends_the_wait_with_the_last_output() -> None:
    engine = engine_with(Behaviour(healthy_after=99, unhealthy_after=1, logs=[b"disk is full"]))
    engine.probe_results["p-db-1"] = [False]
    with pytest.raises(ComposerError) as caught:
        waiter(engine).healthy("p-db-1")
    assert "container p-db-1 is unhealthy" in str(caught.value)
    assert "disk is full" in str(caught.value)


def test_an_exit_ends_the_wait_at_once() -> None:
    engine = engine_with(Behaviour(healthy_after=99, exits_with=4))
    with pytest.raises(ComposerError, match="p-db-1 exited with code 4"):
        waiter(engine).healthy("p-db-1")


def test_a_wait_has_a_limit() -> None:
    engine = engine_with(Behaviour(healthy_after=99))
    engine.probe_results["p-db-1"] = [False]
    with pytest.raises(ComposerError, match=r"not healthy within 0\.2 s"):
        waiter(engine).healthy("p-db-1", timeout=0.2)


def test_waiting_for_health_without_a_check_is_an_error() -> None:
    engine = engine_with(Behaviour())
    with pytest.raises(ComposerError, match="has no healthcheck"):
        waiter(engine).healthy("p-db-1")


def test_without_a_check_running_is_enough_and_not_running_is_an_error() -> None:
    waiter(engine_with(Behaviour())).running_or_healthy("p-db-1")
    with pytest.raises(ComposerError, match="exited with code"):
        waiter(engine_with(Behaviour(), status="exited")).running_or_healthy("p-db-1")


@pytest.mark.parametrize(
    ("test", "command"),
    [
        (["CMD", "pg_isready", "-q"], ["pg_isready", "-q"]),
        (["CMD-SHELL", "test -f /ready"], ["/bin/sh", "-c", "test -f /ready"]),
        (["pg_isready"], ["pg_isready"]),
    ],
)
def test_the_command_of_a_check(test: list[str], command: list[str]) -> None:
    assert probe_command(test) == command
