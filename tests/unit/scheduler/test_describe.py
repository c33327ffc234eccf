"""The words for operations: every one has some, and they name what it is about."""

from __future__ import annotations

from composer.plan.operations import CheckStarted, WaitFor
from composer.scheduler.describe import words


def test_a_check_names_the_containers_that_it_looks_at() -> None:
    check = CheckStarted(id="check", cause="", containers=("p-a-1", "p-a-2"))
    assert words(check).subject == "p-a-1, p-a-2"


def test_a_wait_names_the_service_that_is_waited_for() -> None:
    wait = WaitFor(
        id="wait", cause="", service="db", containers=("p-db-1",), condition="service_healthy"
    )
    assert words(wait).subject == "db"
