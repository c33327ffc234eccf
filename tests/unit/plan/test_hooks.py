"""Hooks join the steps that they belong to, whichever command takes these."""

from __future__ import annotations

from typing import Any

import msgspec

from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.hooks import pre_start_project
from composer.plan.intent import Down, Lifecycle
from composer.plan.lifecycle import plan_lifecycle
from composer.plan.plan import Plan
from composer.spec.model import Dependency, Hook, Mount, Port, PreStart, Project, Service
from composer.state import Container
from tests.unit.projects import container, order, planned, project, service, state

SH = Hook(command=("true",))
APP = service(
    "app",
    post_start=(SH, SH),
    pre_stop=(SH,),
    pre_start=(PreStart(command=("migrate",)), PreStart(command=("seed",))),
)
WEB = service("web", ["app"])
BOTH = project(APP, WEB)


def kinds(plan: Plan) -> list[str]:
    """The hooks of a plan, in order."""
    return [o.id for o in plan if isinstance(o, op.RunHook | op.RunPreStart)]


def lifecycle(action: Any, *containers: Container, p: Project = BOTH) -> Plan:
    return plan_lifecycle(p, state(*containers), Lifecycle(action=action))


def test_post_start_comes_between_the_start_and_what_waits_for_it() -> None:
    plan = planned(BOTH, state())
    assert order(plan, "start:p-app-1", "post_start:p-app-1:0")
    assert order(plan, "post_start:p-app-1:0", "post_start:p-app-1:1")
    assert order(plan, "post_start:p-app-1:1", "start:p-web-1")
    assert plan.graph.edges["post_start:p-app-1:1", "start:p-web-1"]["required"]


def test_a_wait_for_health_begins_after_the_hooks() -> None:
    wanting = service("web", {"app": Dependency(condition="service_healthy")})
    plan = planned(project(APP, wanting), state())
    assert order(plan, "post_start:p-app-1:1", "wait:app:service_healthy")


def test_pre_start_runs_between_creating_and_starting_once_for_all_replicas() -> None:
    many = msgspec.structs.replace(APP, scale=2)
    plan = planned(project(many), state())
    first, second = "pre_start:p-app-pre_start-0", "pre_start:p-app-pre_start-1"
    assert kinds(plan)[:2] == [first, second]
    assert order(plan, first, second)
    for number in (1, 2):
        assert order(plan, f"create:p-app-{number}", first)
        assert order(plan, second, f"start:p-app-{number}")
    operation = plan[first]
    assert isinstance(operation, op.RunPreStart)
    assert operation.container == "p-app-1"


def test_pre_start_waits_for_what_the_service_depends_on() -> None:
    plan = planned(project(service("db"), service("app", ["db"], pre_start=APP.pre_start)), state())
    assert order(plan, "start:p-db-1", "pre_start:p-app-pre_start-0")


def test_pre_start_does_not_run_again_for_a_replica_that_is_added() -> None:
    plan = planned(project(APP), state(container(APP)), scale={"app": 2})
    assert "start:p-app-2" in plan
    assert not [name for name in kinds(plan) if name.startswith("pre_start")]


def test_pre_start_runs_again_when_all_replicas_are_replaced() -> None:
    old = container(APP, labels={"com.docker.compose.config-hash": "old"})
    plan = planned(project(APP), state(old))
    assert order(plan, f"pre_stop:{old.id}:0", f"stop:{old.id}")
    assert order(plan, f"stop:{old.id}", "pre_start:p-app-pre_start-0")
    assert order(plan, "pre_start:p-app-pre_start-1", "start:p-app-1")
    assert order(plan, "post_start:p-app-1:1", f"remove:{old.id}")


def test_pre_start_of_each_replica_runs_before_each() -> None:
    each = PreStart(command=("x",), per_replica=True)
    plan = planned(project(service("app", pre_start=(each,), scale=2)), state())
    assert order(plan, "pre_start:p-app-1-pre_start-0", "start:p-app-1")
    assert order(plan, "pre_start:p-app-2-pre_start-0", "start:p-app-2")
    assert not order(plan, "pre_start:p-app-1-pre_start-0", "start:p-app-2")


def test_pre_stop_comes_before_every_stop_that_is_planned() -> None:
    running = container(APP)
    for plan in (
        plan_down(project(APP), state(running), Down()),
        lifecycle("stop", running),
        planned(project(APP), state(running), scale={"app": 0}),
    ):
        ends = (op.StopContainer, op.RemoveContainer)
        stop = next(o.id for o in plan if isinstance(o, ends))
        assert order(plan, f"pre_stop:{running.id}:0", stop)
        assert plan.graph.edges[f"pre_stop:{running.id}:0", stop]["required"]


def test_pre_stop_waits_for_the_stop_of_dependants() -> None:
    running, dependant = container(APP), container(WEB)
    plan = lifecycle("stop", running, dependant)
    assert order(plan, f"stop:{dependant.id}", f"pre_stop:{running.id}:0")


def test_restarting_runs_both_hooks_and_no_pre_start() -> None:
    running = container(APP)
    plan = lifecycle("restart", running)
    assert kinds(plan) == [
        f"pre_stop:{running.id}:0",
        "post_start:p-app-1:0",
        "post_start:p-app-1:1",
    ]
    assert order(plan, f"pre_stop:{running.id}:0", "restart:p-app-1")
    assert order(plan, "restart:p-app-1", "post_start:p-app-1:0")


def test_killing_and_removing_what_does_not_run_need_no_hook() -> None:
    assert kinds(lifecycle("kill", container(APP))) == []
    assert kinds(plan_down(project(APP), state(container(APP, status="exited")), Down())) == []


def test_nothing_is_known_of_hooks_without_the_file() -> None:
    assert kinds(plan_down(None, state(container(APP)), Down())) == []


def test_the_container_of_a_pre_start_hook_is_the_service_with_the_replicas_mounts() -> None:
    hook = PreStart(
        command=("migrate",), user="1", image="other", environment={"A": "2", "HOST": None}
    )
    app = service(
        "app",
        pre_start=(hook,),
        environment={"A": "1", "B": "1"},
        entrypoint=("/run",),
        container_name="mine",
        ports=(Port(target=80, published="80"),),
        volumes=(Mount(type="volume", source="data", target="/data"),),
    )
    p = msgspec.structs.replace(project(app), environment={"HOST": "h"})
    operation = op.RunPreStart(
        id="x", cause="", service="app", index=0, container="p-app-1", name="n"
    )
    made: Service = pre_start_project(p, operation).services["app"]
    assert made.image == "other"
    assert made.entrypoint is None
    assert made.command == ("migrate",)
    assert made.user == "1"
    assert made.environment == {"A": "2", "B": "1", "HOST": "h"}
    assert made.volumes_from == ("container:p-app-1",)
    assert (made.ports, made.volumes, made.container_name) == ((), (), None)
