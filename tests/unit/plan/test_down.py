"""Plans of ``down``: dependants first, and only what belongs to the project."""

from __future__ import annotations

from typing import Any

from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.intent import Down
from composer.plan.plan import Plan
from composer.spec.model import Build, Network, Project
from composer.state import DEPENDS_ON, State
from tests.unit.projects import container, order, project, service, state, volume

WEB, APP, DB = service("web", ["app"]), service("app", ["db"]), service("db")
SEEN = state(
    container(WEB),
    container(APP, 1),
    container(APP, 2),
    container(DB),
    networks=["p_default"],
    volumes=["p_data"],
)


def down(p: Project | None, s: State, **intent: Any) -> Plan:
    return plan_down(p, s, Down(**intent))


def key(of: str, number: int = 1) -> str:
    found = next(c for c in SEEN.containers if (c.service, c.number) == (of, number))
    return found.id


def test_dependants_stop_before_what_they_need() -> None:
    for p in (project(WEB, APP, DB), None):
        plan = down(p, SEEN)
        assert order(plan, f"stop:{key('web')}", f"stop:{key('app', 1)}")
        assert order(plan, f"stop:{key('app', 2)}", f"remove:{key('db')}")
        assert order(plan, f"remove:{key('db')}", "network:p_default")


def test_volumes_stay_unless_asked_for() -> None:
    p = project(WEB, APP, DB, volumes={"data": volume("data")})
    assert "volume:p_data" not in down(p, SEEN)
    assert order(down(p, SEEN, volumes=True), f"remove:{key('db')}", "volume:p_data")


def test_external_things_stay() -> None:
    p = project(
        WEB,
        networks={"default": Network(key="default", name="p_default", external=True)},
        volumes={"data": volume("data", external=True)},
    )
    plan = down(p, SEEN, volumes=True)
    assert "network:p_default" not in plan
    assert "volume:p_data" not in plan


def test_orphans_stay_and_are_named_unless_asked_for() -> None:
    p = project(WEB, APP)
    assert f"remove:{key('db')}" not in down(p, SEEN)
    assert "p-db-1" in down(p, SEEN).warnings[0]
    assert f"remove:{key('db')}" in down(p, SEEN, remove_orphans=True)


def test_named_services_only() -> None:
    plan = down(project(WEB, APP, DB), SEEN, services=("web",))
    assert {o.id for o in plan} == {f"remove:{key('web')}"}


def test_a_removal_stops_its_container_where_nothing_waits_for_the_stop() -> None:
    plan = down(project(WEB, APP, DB), SEEN, timeout=3.0)
    stops = {o.container for o in plan if isinstance(o, op.StopContainer)}
    assert stops == {key("web"), key("app", 1), key("app", 2)}
    removals = {o.container: o for o in plan if isinstance(o, op.RemoveContainer)}
    assert all(removal.force for removal in removals.values())
    assert {removals[c].timeout for c in stops} == {0}
    assert removals[key("db")].timeout == 3.0
    assert plan.before(f"remove:{key('db')}") == {
        f"stop:{key('app', 1)}": False,
        f"stop:{key('app', 2)}": False,
    }


def test_a_failed_stop_holds_up_no_other_container() -> None:
    plan = down(project(WEB, APP, DB), SEEN)
    edge = plan.graph.edges[f"stop:{key('web')}", f"stop:{key('app', 1)}"]
    assert edge["required"] is False


def test_images_of_their_own_are_removed_when_asked_for() -> None:
    built = service("built", image=None, build=Build(context="."))
    tagged = service("tagged", image="busybox")
    images = ["localhost/p-built:latest", "docker.io/library/busybox:latest"]
    seen = state(container(built), images=images)
    local = down(project(built, tagged), seen, images="local")
    assert [o.image for o in local if isinstance(o, op.RemoveImage)] == ["p-built"]
    everything = down(project(built, tagged), seen, images="all")
    assert len([o for o in everything if isinstance(o, op.RemoveImage)]) == 2


def test_anonymous_volumes_stay_unless_asked_for() -> None:
    for asked in (False, True):
        removals = [o for o in down(project(WEB), SEEN, volumes=asked) if "remove:" in o.id]
        assert {o.volumes for o in removals if isinstance(o, op.RemoveContainer)} == {asked}


def test_sharers_of_a_namespace_go_before_its_owner() -> None:
    vpn, client = service("vpn"), service("client", network_mode="service:vpn")
    owner, sharer = container(vpn), container(client, labels={DEPENDS_ON: "vpn:service_started"})
    for p in (project(vpn, client), None):
        assert order(down(p, state(owner, sharer)), f"remove:{sharer.id}", f"remove:{owner.id}")


def test_sharers_that_name_a_container_go_before_it() -> None:
    vpn = service("vpn")
    client = service("client", ["vpn"], network_mode="container:p-vpn-1")
    owner, sharer = container(vpn), container(client)
    plan = down(project(vpn, client), state(owner, sharer))
    assert order(plan, f"remove:{sharer.id}", f"remove:{owner.id}")


def test_services_that_name_the_containers_of_each_other_go_all_the_same() -> None:
    """Neither could ever start; what is left of them may stand for other files."""
    one = service("one", network_mode="container:p-two-1")
    two = service("two", network_mode="container:p-one-1")
    plan = down(project(one, two), state(container(one), container(two)))
    assert len([o for o in plan if isinstance(o, op.RemoveContainer)]) == 2


def test_orphans_go_before_what_their_labels_name() -> None:
    vpn, client = service("vpn"), service("client", network_mode="service:vpn")
    owner, sharer = container(vpn), container(client, labels={DEPENDS_ON: "vpn:service_started"})
    plan = down(project(vpn), state(owner, sharer), remove_orphans=True)
    assert order(plan, f"remove:{sharer.id}", f"remove:{owner.id}")


def test_what_is_paused_is_woken_and_what_is_stopping_is_waited_for() -> None:
    asleep, ending = container(WEB, status="paused"), container(DB, status="stopping")
    plan = down(project(WEB, DB), state(asleep, ending))
    assert order(plan, f"unpause:{asleep.id}", f"remove:{asleep.id}")
    removals = {o.container: o.timeout for o in plan if isinstance(o, op.RemoveContainer)}
    assert removals == {asleep.id: None, ending.id: None}
