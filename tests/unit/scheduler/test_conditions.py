"""Waiting for conditions: checks are driven where nobody else runs them, and ends are final."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from composer.errors import ComposerError, EngineError
from composer.scheduler.conditions import Waiter, probe_command
from composer.state import Capabilities, Detail
from tests.fake_engine import Behaviour, FakeEngine
from tests.testbed import wait_until
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


def test_what_was_found_unhealthy_long_ago_is_tried_once_more_where_nobody_checks() -> None:
    engine = engine_with(Behaviour(healthy_after=2, unhealthy_after=1))
    assert engine.run_healthcheck("p-db-1").status == "unhealthy"
    waiting = waiter(engine)
    waiting.healthy("p-db-1")
    waiting.close()
    assert engine.inspect("p-db-1").health == "healthy"


def test_where_timers_run_their_word_counts_and_no_check_is_added() -> None:
    engine = FakeEngine(capabilities=Capabilities(systemd=True))
    engine.add_container(container(DB))
    engine.behaviours["db"] = Behaviour(healthy_after=99, unhealthy_after=1, interval=1_000_000)
    engine.probe_results["p-db-1"] = [False]
    ended: list[str] = []

    def wait() -> None:
        with pytest.raises(ComposerError) as caught:
            waiter(engine).healthy("p-db-1", timeout=30)
        ended.append(str(caught.value))

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: engine.probes >= 3, what="a few tries")
    assert engine.inspect("p-db-1").health == "starting", "nobody but the timers counts"
    engine.run_healthcheck("p-db-1")
    thread.join(30)
    assert ended == ["container p-db-1 is unhealthy"]


def test_a_check_that_cannot_run_in_a_container_that_just_ended_is_no_error_of_its_own() -> None:
    engine = engine_with(Behaviour(healthy_after=99, logs=[b"bye"]))

    def end(container: str, command: object) -> bool:
        engine.exit("p-db-1", 3)
        raise EngineError("container state improper", status=409)

    engine.probe = end  # type: ignore[method-assign]
    with pytest.raises(ComposerError, match="exited with code 3") as caught:
        waiter(engine).healthy("p-db-1")
    assert "bye" in str(caught.value)


def test_what_the_check_said_is_part_of_the_error() -> None:
    engine = engine_with(Behaviour(healthy_after=99, unhealthy_after=1, interval=1_000_000))
    engine.probe_results["p-db-1"] = [False]
    with pytest.raises(ComposerError, match="Its check said: not yet"):
        waiter(engine).healthy("p-db-1")


class _Retried(FakeEngine):
    """An engine on which a container ends with ``codes``, one after the other."""

    def __init__(self, codes: list[int], policy: str = "on-failure") -> None:
        super().__init__()
        self.add_container(container(DB, status="exited", exit_code=codes[0]))
        self.codes = codes
        self.policy = policy

    def wait_exit(self, container: str, stop: Callable[[], bool]) -> int | None:
        return self.codes.pop(0)

    def inspect(self, container: str) -> Detail:
        running = "running" if self.codes else "exited"
        return replace(super().inspect(container), status=running, restart_policy=self.policy)


def test_a_container_that_is_tried_again_has_not_failed_yet() -> None:
    waiter(_Retried([3, 3, 0])).completed("p-db-1")


@pytest.mark.parametrize("policy", ["", "no"])
def test_one_that_is_not_tried_again_has(policy: str) -> None:
    with pytest.raises(ComposerError, match="did not complete successfully: exit code 3"):
        waiter(_Retried([3, 0], policy)).completed("p-db-1")


def test_one_without_further_tries_has_failed_after_a_moment() -> None:
    ticks = iter(range(100))
    waiting = Waiter(_Retried([3]), threading.Event(), clock=lambda: float(next(ticks)))
    with pytest.raises(ComposerError, match="exit code 3"):
        waiting.completed("p-db-1")
