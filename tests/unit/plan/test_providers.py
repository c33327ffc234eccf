"""When provider programs are called, and what their variables do."""

from __future__ import annotations

from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.intent import Down, Lifecycle
from composer.plan.lifecycle import plan_lifecycle
from composer.plan.providers import (
    containers_before,
    plan_provided,
    providers,
    with_provided,
)
from tests.unit.projects import container, order, project, service, state

CLOUD = service("cloud", image=None, provider={"type": "x"})
DISK = service("disk", ["cloud"], image=None, provider={"type": "x"})
APP = service("app", ["disk"], environment={"A": "1"})
WEB = service("web", ["app"])
ALL = project(WEB, APP, DISK, CLOUD)


def test_providers_of_what_is_selected_come_after_those_that_they_need() -> None:
    assert providers(ALL, ["app"]) == ["cloud", "disk"]
    assert providers(ALL, ["web"]) == []
    plan = plan_provided(ALL, ["cloud", "disk"])
    assert order(plan, "provider:cloud", "provider:disk")


def test_a_provider_that_needs_containers_says_which() -> None:
    p = project(service("base"), service("cloud", ["base"], image=None, provider={"type": "x"}))
    assert containers_before(p, "cloud") == ["base"]
    assert containers_before(ALL, "disk") == []


def test_down_calls_providers_after_what_depends_on_them_is_gone() -> None:
    running = container(APP)
    plan = plan_down(ALL, state(running), Down())
    assert order(plan, f"remove:{running.id}", "provider:disk")
    assert order(plan, "provider:disk", "provider:cloud")
    assert not plan.graph.edges[f"remove:{running.id}", "provider:disk"]["required"]


def test_down_of_other_services_leaves_providers_alone() -> None:
    plan = plan_down(ALL, state(container(APP)), Down(services=("app",)))
    assert not [o for o in plan if isinstance(o, op.CallProvider)]


def test_stop_calls_them_and_restart_does_not() -> None:
    running = container(APP)
    seen = state(running)
    stop = plan_lifecycle(ALL, seen, Lifecycle(action="stop"))
    assert order(stop, f"stop:{running.id}", "provider:disk")
    assert "provider:disk" not in plan_lifecycle(ALL, seen, Lifecycle(action="restart"))


def test_variables_reach_dependants_only_and_make_another_container_of_them() -> None:
    changed = with_provided(ALL, {"disk": {"DISK_URL": "u"}}).services
    assert changed["app"].environment == {"A": "1", "DISK_URL": "u"}
    assert changed["app"].config_hash != APP.config_hash
    assert changed["web"] == WEB
    again = with_provided(ALL, {"disk": {"DISK_URL": "u"}}).services
    assert again["app"].config_hash == changed["app"].config_hash
