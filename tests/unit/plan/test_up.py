"""Plans of ``up``, ``create`` and ``scale``: the least that is needed, in the right order."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import FileError
from composer.plan import operations as op
from composer.spec.model import Dependency, Mount, Network
from composer.state import SERVICE
from tests.unit.projects import (
    attached,
    container,
    order,
    planned,
    project,
    service,
    state,
    volume,
)

HEALTHY = Dependency(condition="service_healthy")
DONE = Dependency(condition="service_completed_successfully")


def of_type(plan: object, kind: type[op.Operation]) -> list[op.Operation]:
    return [operation for operation in plan if isinstance(operation, kind)]  # type: ignore[attr-defined]


def test_an_empty_engine_gets_everything_in_order() -> None:
    mount = Mount(type="volume", source="data", target="/data")
    p = project(
        service("app", ["db"], networks=attached("front", "back")),
        service("db", networks=attached("back"), volumes=(mount,)),
        volumes={"data": volume("data")},
    )
    plan = planned(p, state())
    assert order(plan, "network:p_back", "create:p-db-1")
    assert order(plan, "volume:p_data", "create:p-db-1")
    assert order(plan, "create:p-db-1", "start:p-db-1")
    assert order(plan, "start:p-db-1", "start:p-app-1")
    assert not order(plan, "start:p-db-1", "create:p-app-1"), "creating need not wait for a start"


def test_services_without_a_dependency_do_not_wait_for_each_other() -> None:
    plan = planned(project(service("a"), service("b")), state())
    assert not order(plan, "start:p-a-1", "start:p-b-1")
    assert not order(plan, "start:p-b-1", "start:p-a-1")


def test_an_unchanged_project_needs_nothing() -> None:
    app, db = service("app", {"db": HEALTHY}, networks=attached("back")), service("db")
    seen = state(container(app), container(db), networks=["p_back"])
    plan = planned(project(app, db), seen)
    assert list(plan) == []
    assert [c.name for c in plan.kept] == ["p-db-1", "p-app-1"]


def test_scaling_up_touches_no_other_container() -> None:
    app = service("app")
    plan = planned(project(app), state(container(app)), scale={"app": 3})
    assert {o.id for o in plan} == {
        "create:p-app-2", "start:p-app-2", "create:p-app-3", "start:p-app-3",
    }  # fmt: skip


def test_scaling_down_removes_the_highest_numbers() -> None:
    app = service("app")
    replicas = [container(app, n) for n in (1, 2, 3)]
    plan = planned(project(app), state(*replicas), scale={"app": 1})
    removed = {o.name for o in of_type(plan, op.RemoveContainer)}  # type: ignore[attr-defined]
    assert removed == {"p-app-2", "p-app-3"}
    assert [c.name for c in plan.kept] == ["p-app-1"]


def test_a_gap_in_the_numbers_is_filled() -> None:
    app = service("app")
    plan = planned(project(app), state(container(app, 1), container(app, 3)), scale={"app": 3})
    assert {o.id for o in plan} == {"create:p-app-2", "start:p-app-2"}


def test_a_paused_container_is_woken_once_its_replacement_is_there() -> None:
    app, db = service("app", ["db"], environment={"A": "2"}), service("db")
    asleep = container(service("app", environment={"A": "1"}), status="paused")
    plan = planned(project(app, db), state(asleep, container(db, status="exited")))
    wake, stop = f"unpause:{asleep.id}", f"stop:{asleep.id}"
    assert order(plan, "create:p-app-1", wake)
    assert order(plan, "start:p-db-1", wake)
    assert plan.before(stop) == {wake: True}


def test_a_changed_service_is_replaced_and_no_other() -> None:
    app, web = service("app", environment={"A": "2"}), service("web", ["app"])
    old = container(service("app", environment={"A": "1"}))
    plan = planned(project(app, web), state(old, container(web)))
    key = old.id
    for first, second in (
        ("create:p-app-1", f"stop:{key}"),
        (f"stop:{key}", f"rename:{key}"),
        (f"rename:{key}", "rename:p-app-1"),
        ("rename:p-app-1", "start:p-app-1"),
        ("start:p-app-1", f"remove:{key}"),
    ):
        assert order(plan, first, second)
    assert len(plan) == 6
    create = plan["create:p-app-1"]
    assert isinstance(create, op.CreateContainer)
    assert create.replaces == old.id
    assert create.cause == "its configuration changed"
    assert [c.name for c in plan.kept] == ["p-web-1"]


@pytest.mark.parametrize(
    ("existing", "intent", "cause"),
    [
        ({"image_id": "older"}, {}, "its image changed"),
        ({}, {"recreate": "force"}, "--force-recreate"),
        ({"networks": ("p_back",)}, {}, "network p_back is made anew"),
    ],
)
def test_other_causes_to_replace(
    existing: dict[str, Any], intent: dict[str, Any], cause: str
) -> None:
    app = service("app", networks=attached("back"))
    plan = planned(project(app), state(container(app, **existing)), **intent)
    assert plan["create:p-app-1"].cause == cause


def test_no_recreate_leaves_a_changed_container_alone() -> None:
    app = service("app", environment={"A": "2"})
    plan = planned(
        project(app), state(container(app, labels={"x": ""}, image_id="older")), recreate="never"
    )
    assert list(plan) == []


def test_a_condition_is_waited_for_once_by_all_that_need_it() -> None:
    p = project(
        service("a", {"db": HEALTHY}), service("b", {"db": HEALTHY}), service("db"),
    )  # fmt: skip
    plan = planned(p, state())
    assert len(of_type(plan, op.WaitFor)) == 1
    assert order(plan, "start:p-db-1", "wait:db:service_healthy")
    assert order(plan, "wait:db:service_healthy", "start:p-a-1")
    assert order(plan, "wait:db:service_healthy", "start:p-b-1")


def test_a_finished_dependency_is_waited_for() -> None:
    plan = planned(project(service("app", {"job": DONE}), service("job")), state())
    assert order(plan, "wait:job:service_completed_successfully", "start:p-app-1")


def test_an_optional_dependency_does_not_hold_its_dependant_up() -> None:
    optional = Dependency(condition="service_healthy", required=False)
    plan = planned(project(service("app", {"db": optional}), service("db")), state())
    edge = plan.graph.edges["wait:db:service_healthy:optional", "start:p-app-1"]
    assert edge["required"] is False


def test_dependants_that_ask_for_it_restart_after_a_replacement() -> None:
    db = service("db", environment={"A": "2"})
    app = service("app", {"db": Dependency(restart=True)})
    old = container(service("db", environment={"A": "1"}))
    plan = planned(project(app, db), state(old, container(app)))
    assert order(plan, "start:p-db-1", "restart:p-app-1")


def test_a_sharer_of_a_namespace_is_replaced_with_its_parent() -> None:
    parent = service("parent", environment={"A": "2"})
    child = service("child", network_mode="service:parent")
    old = container(service("parent", environment={"A": "1"}))
    plan = planned(project(parent, child), state(old, container(child)))
    assert order(plan, "rename:p-parent-1", "create:p-child-1"), "it is found by its name"
    assert "namespace" in plan["create:p-child-1"].cause
    (sharer,) = (o.id for o in of_type(plan, op.RemoveContainer) if o.name.endswith("child-1"))  # type: ignore[attr-defined]
    assert order(plan, sharer, f"remove:{old.id}"), "Podman removes no parent before its sharers"


def test_a_sharer_that_names_the_container_is_replaced_with_it() -> None:
    parent = service("parent", environment={"A": "2"})
    child = service("child", ["parent"], network_mode="container:p-parent-1")
    old = container(service("parent", environment={"A": "1"}))
    plan = planned(project(parent, child), state(old, container(child)))
    assert order(plan, "rename:p-parent-1", "create:p-child-1")
    (sharer,) = (o.id for o in of_type(plan, op.RemoveContainer) if o.name.endswith("child-1"))  # type: ignore[attr-defined]
    assert order(plan, sharer, f"remove:{old.id}")


def test_create_starts_nothing() -> None:
    plan = planned(project(service("app")), state(), start=False)
    assert [o.id for o in plan] == ["create:p-app-1"]


def test_a_stopped_container_is_only_started() -> None:
    app = service("app")
    plan = planned(project(app), state(container(app, status="exited")))
    assert [o.id for o in plan] == ["start:p-app-1"]


def test_named_services_bring_their_dependencies_and_nothing_else() -> None:
    p = project(service("web", ["app"]), service("app"), service("other"))
    plan = planned(p, state(), services=("web",))
    assert {o.name for o in of_type(plan, op.StartContainer)} == {"p-web-1", "p-app-1"}  # type: ignore[attr-defined]
    assert {o.name for o in of_type(plan, op.CreateContainer)} == {"p-web-1", "p-app-1"}  # type: ignore[attr-defined]
    alone = planned(p, state(), services=("web",), no_deps=True)
    assert {o.id for o in alone} == {"create:p-web-1", "start:p-web-1"}


def test_what_waits_for_a_start_is_prepared_meanwhile() -> None:
    plan = planned(project(service("app", ["db"]), service("db")), state())
    assert order(plan, "create:p-app-1", "init:p-app-1")
    assert order(plan, "init:p-app-1", "start:p-app-1")
    assert not order(plan, "start:p-db-1", "init:p-app-1")
    assert "init:p-db-1" not in plan, "what waits for nothing is started in one step"


def test_what_waits_for_a_condition_is_not_prepared() -> None:
    p = project(service("web", ["app"]), service("app", {"db": HEALTHY}), service("db"))
    plan = planned(p, state())
    assert not of_type(plan, op.InitContainer)


def test_a_sharer_of_a_namespace_is_not_prepared_before_its_parent_runs() -> None:
    p = project(service("app", network_mode="service:vpn"), service("vpn"))
    assert "init:p-app-1" not in planned(p, state())


def test_a_replacement_is_not_prepared_while_the_old_container_has_its_ports() -> None:
    app = service("app", ["db"], environment={"A": "2"})
    old = container(service("app", environment={"A": "1"}))
    plan = planned(project(app, service("db")), state(old))
    assert "init:p-app-1" not in plan


def test_orphans_are_named_or_removed() -> None:
    app, gone = service("app"), service("gone")
    seen = state(container(app), container(gone))
    plan = planned(project(app), seen)
    assert list(plan) == []
    assert "p-gone-1" in plan.warnings[0]
    removing = planned(project(app), seen, remove_orphans=True)
    assert [type(o) for o in removing] == [op.StopContainer, op.RemoveContainer]


def test_one_off_containers_are_no_replicas() -> None:
    app = service("app")
    oneoff = container(app, 1, labels={"com.docker.compose.oneoff": "True"})
    plan = planned(project(app), state(oneoff))
    assert {o.id for o in plan} == {"create:p-app-1", "start:p-app-1"}


def test_all_missing_external_resources_are_told_at_once() -> None:
    mount = Mount(type="volume", source="data", target="/data")
    p = project(
        service("app", volumes=(mount,), networks=attached("shared")),
        networks={"shared": Network(key="shared", name="shared", external=True)},
        volumes={"data": volume("data", external=True)},
    )
    with pytest.raises(FileError) as caught:
        planned(p, state())
    assert [error.message.split(" is ")[0] for error in caught.value.problems] == [
        "network shared",
        "volume p_data",
    ]


def test_wait_waits_even_if_nothing_changes() -> None:
    app = service("app")
    plan = planned(project(app), state(container(app)), wait=True, wait_timeout=5)
    (wait,) = plan
    assert isinstance(wait, op.WaitFor)
    assert (wait.condition, wait.timeout) == ("running_or_healthy", 5)


def test_every_step_has_a_cause() -> None:
    app = service("app", {"db": HEALTHY}, networks=attached("a", "b"))
    plan = planned(project(app, service("db")), state(), wait=True, check_started=True)
    assert all(operation.cause for operation in plan)


def test_a_thousand_services_plan_in_linear_steps() -> None:
    """Three dependencies each: as many edges as there are needs, not a product of them."""
    services = [
        service(f"s{n:04}", [f"s{m:04}" for m in range(max(0, n - 3), n)]) for n in range(1000)
    ]
    plan = planned(project(*services), state())
    assert len(plan) == 2999
    assert plan.graph.number_of_edges() <= 2 * 1000 + 3000


def test_labels_of_podman_compose_are_understood() -> None:
    app = service("app")
    theirs = container(app, labels={SERVICE: "", "io.podman.compose.service": "app"})
    plan = planned(project(app), state(theirs))
    assert list(plan) == []


def test_a_service_of_a_provider_has_no_container() -> None:
    p = project(service("app", ["cloud"]), service("cloud", image=None, provider={"type": "x"}))
    assert {o.id for o in planned(p, state())} == {"create:p-app-1", "start:p-app-1"}


def test_dependencies_are_recreated_when_asked_for_and_what_is_named_is_not() -> None:
    db, app = service("db"), service("app", ["db"])
    seen = state(container(db), container(app))
    plan = planned(project(db, app), seen, services=("app",), recreate_deps=True)
    assert plan["create:p-db-1"].cause == "--always-recreate-deps"
    assert "create:p-app-1" not in plan


def test_renewed_anonymous_volumes_go_with_the_old_container() -> None:
    app = service("app")
    old = container(app)
    plan = planned(project(app), state(old), recreate="force", renew_anonymous_volumes=True)
    create, removal = plan["create:p-app-1"], plan[f"remove:{old.id}"]
    assert isinstance(create, op.CreateContainer)
    assert isinstance(removal, op.RemoveContainer)
    assert create.renew_anonymous_volumes
    assert removal.volumes


def test_wait_waits_for_the_end_of_what_is_there_to_end() -> None:
    once = {"x-podman": {"one_shot": True}}
    plan = planned(project(service("job", extensions=once), service("app")), state(), wait=True)
    conditions = {o.service: o.condition for o in plan if isinstance(o, op.WaitFor)}
    assert conditions == {"job": "service_completed_successfully", "app": "running_or_healthy"}
