"""Checks go on at their interval as long as somebody is attached."""

from __future__ import annotations

import threading

from composer.scheduler.checks import keep_alive, keep_checking
from tests.fake_engine import Behaviour, FakeEngine
from tests.testbed import wait_until
from tests.unit.projects import container, service

DB = service("db")


def test_a_check_is_run_again_and_again_until_it_is_stopped() -> None:
    engine = FakeEngine()
    engine.add_container(container(DB))
    engine.behaviours["db"] = Behaviour(healthy_after=3, interval=1_000_000)
    stopped = threading.Event()
    thread = threading.Thread(target=keep_checking, args=(engine, "p-db-1", stopped))
    thread.start()
    wait_until(lambda: engine.inspect("p-db-1").health == "healthy", what="the third check")
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()


def test_without_a_check_or_a_container_there_is_nothing_to_do() -> None:
    engine = FakeEngine()
    engine.add_container(container(DB))
    keep_checking(engine, "p-db-1", threading.Event())
    keep_checking(engine, "nobody", threading.Event())


CHECK = {"test": ["CMD", "alive"], "interval": "100ms", "retries": 2, "start_period": "0s"}


class _Ticks(threading.Event):
    """Lets so many waits pass at once, and is set from then on."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        return self.left < 0


def restarts(results: list[bool], *, grace: float = 0.0, ticks: int | None = None) -> int:
    """How often a container is restarted whose check gives ``results``, one a second."""
    engine = FakeEngine()
    engine.add_container(container(DB))
    engine.probe_results["p-db-1"] = [*results, True]
    seconds = iter(range(1000))
    check = {**CHECK, "start_period": f"{grace:g}s"}
    keep_alive(
        engine, "p-db-1", check, _Ticks(ticks or len(results)), clock=lambda: float(next(seconds))
    )
    return sum(call[0] == "restart" for call in engine.calls)


def test_what_fails_as_often_as_it_may_is_restarted() -> None:
    assert restarts([True, False, True, False]) == 0
    assert restarts([True, False, False]) == 1
    assert restarts([False, False, False, False]) == 2


def test_failures_in_the_start_period_do_not_count_until_a_check_has_passed() -> None:
    assert restarts([False] * 5, grace=100) == 0
    assert restarts([False, True, False, False], grace=100) == 1
    assert restarts([False] * 8, grace=3) >= 1


def test_a_container_that_is_gone_is_left_alone() -> None:
    keep_alive(FakeEngine(), "nobody", CHECK, threading.Event())


def test_a_service_may_have_such_a_check() -> None:
    assert DB.liveness is None
    assert service("a", extensions={"x-podman": {"liveness": CHECK}}).liveness == CHECK
