"""Checks go on at their interval as long as somebody is attached."""

from __future__ import annotations

import threading

from composer.scheduler.checks import keep_checking
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
