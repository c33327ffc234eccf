"""What ``composer health`` makes of containers and pods."""

from __future__ import annotations

import threading

import msgspec
import pytest

from composer.state import Container, Detail, HealthResult, PodMember, PodState
from composer.ui.health import Checked, formatted, verdicts
from composer.usecases import health
from composer.usecases.health import check
from tests.fake_engine import Behaviour, FakeEngine
from tests.unit.projects import container, service


def looked(behaviour: Behaviour, status: str = "running") -> Checked | None:
    engine = FakeEngine()
    engine.behaviours["app"] = behaviour
    found: Container = container(service("app"), status=status)
    engine.add_container(found)
    return check(engine, found)


def test_what_has_no_check_is_not_told() -> None:
    assert looked(Behaviour()) is None


@pytest.mark.parametrize(
    ("behaviour", "status", "verdict"),
    [
        (Behaviour(healthy_after=1), "running", "healthy"),
        (Behaviour(healthy_after=5), "running", "unhealthy"),
        (Behaviour(healthy_after=1), "exited", "unhealthy"),
    ],
    ids=["passes", "fails this time", "does not run"],
)
def test_the_verdict_is_of_now(behaviour: Behaviour, status: str, verdict: str) -> None:
    row = looked(behaviour, status)
    assert row is not None
    assert row.Health == verdict


def row(name: str, pod: str, verdict: str) -> Checked:
    return Checked(
        Kind="container",
        Name=name,
        Service=name,
        Pod=pod,
        Health=verdict,
        Counted="",
        Seconds=0.1,
        Output="first\nlast",
    )


def test_a_pod_is_healthy_if_all_of_its_members_with_a_check_are() -> None:
    members = tuple(PodMember(name, name, "running") for name in ("a", "b", "unchecked"))
    pods = [
        PodState(id=name, name=name, containers=members) for name in ("good", "bad", "unchecked")
    ]
    rows = [row("a", "good", "healthy"), row("b", "good", "healthy")]
    rows += [row("a", "bad", "healthy"), row("b", "bad", "unhealthy")]
    found = {one.Name: (one.Health, one.Output) for one in verdicts(pods, rows)}
    assert found == {
        "good": ("healthy", "2 of 2 healthy"),
        "bad": ("unhealthy", "1 of 2 healthy"),
    }


def test_the_table_has_the_last_line_of_what_a_check_said() -> None:
    assert "last" in formatted([row("a", "", "healthy")], "table")
    assert "first" not in formatted([row("a", "", "healthy")], "table")


class Hanging(FakeEngine):
    """An engine whose checks do not end before ``ended`` is set."""

    ended = threading.Event()

    def inspect(self, container: str) -> Detail:
        found = super().inspect(container)
        return msgspec.structs.replace(found, health_config={"Timeout": 1_000_000})

    def run_healthcheck(self, container: str) -> HealthResult:
        self.ended.wait(60)
        return super().run_healthcheck(container)


def test_a_check_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_GRACE", 0.0)
    engine = Hanging()
    engine.behaviours["app"] = Behaviour(healthy_after=1)
    found = container(service("app"))
    engine.add_container(found)
    row = check(engine, found)
    engine.ended.set()
    assert row is not None
    assert (row.Health, row.Output) == ("unhealthy", "no answer in 0.001 s")
