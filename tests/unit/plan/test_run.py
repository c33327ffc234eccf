"""Plans of ``run``: one more container, after what it needs, and nothing else is touched."""

from __future__ import annotations

from composer.plan import operations as op
from composer.plan.intent import Run
from composer.spec.model import Dependency
from composer.state import ONEOFF, OneOff
from tests.unit.projects import attached, container, order, planned, project, service, state

HEALTHY = Dependency(condition="service_healthy")
ONCE = OneOff(slug="abc", remove=True)
RUN = Run(service="app", name="p-app-run-abc", how=ONCE)
MADE, READY = "create:p-app-run-abc", "init:p-app-run-abc"


def test_it_is_made_once_its_dependencies_are_ready_and_not_started() -> None:
    app = service("app", {"db": HEALTHY}, networks=attached("back"))
    plan = planned(project(app, service("db")), state(), services=("app",), run=RUN)
    assert order(plan, "network:p_back", MADE)
    assert order(plan, "wait:db:service_healthy", MADE)
    assert order(plan, MADE, READY)
    create = plan[MADE]
    assert isinstance(create, op.CreateContainer)
    assert (create.service, create.number, create.oneoff) == ("app", 0, ONCE)
    started = [o.name for o in plan if isinstance(o, op.StartContainer)]
    assert started == ["p-db-1"]


def test_replicas_stay_also_when_they_differ_from_the_file() -> None:
    app, db = service("app", ["db"], environment={"A": "2"}), service("db")
    old = container(service("app", ["db"], environment={"A": "1"}))
    plan = planned(project(app, db), state(old, container(db)), services=("app",), run=RUN)
    assert [o.id for o in plan] == [MADE, READY]
    assert [c.name for c in plan.kept] == ["p-db-1"]


def test_without_dependencies_nothing_else_is_needed() -> None:
    app = service("app", ["db"])
    plan = planned(project(app, service("db")), state(), services=("app",), no_deps=True, run=RUN)
    assert [o.id for o in plan] == [MADE, READY]


def test_namespaces_of_others_are_there_first() -> None:
    app = service("app", network_mode="service:db")
    plan = planned(project(app, service("db")), state(), services=("app",), run=RUN)
    assert order(plan, "start:p-db-1", MADE)


def test_those_that_have_ended_go_with_the_orphans() -> None:
    app = service("app")
    once = {**container(app).labels, ONEOFF: "True"}
    ended = container(app, 0, name="p-app-run-1", labels=once, status="exited")
    going = container(app, 0, name="p-app-run-2", labels=once)
    seen = state(container(app), ended, going)
    assert list(planned(project(app), seen)) == []
    removed = planned(project(app), seen, remove_orphans=True)
    assert [o.name for o in removed if isinstance(o, op.RemoveContainer)] == ["p-app-run-1"]
