"""Plans with pods: made before their members, scaled as a whole, changed and removed together."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from composer import state as labels
from composer.errors import ComposerError
from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.intent import Down, Lifecycle, Up
from composer.plan.lifecycle import plan_lifecycle
from composer.plan.plan import Plan
from composer.plan.pods import leaving, with_whole_pods
from composer.plan.up import plan_up
from composer.spec.definitions import pod_digests
from composer.spec.model import Dependency, Pod, Project, Service
from composer.spec.pod_members import into_pods
from composer.state import Container, PodMember, PodState, State
from tests.unit.projects import attached, container, order, project, service, state

DONE = Dependency(condition="service_completed_successfully")
NET = attached("front")


def grouped(*further: Service, init: str = "", **said: Any) -> Project:
    """A project whose pod ``web`` has ``app``, which needs ``side``, and perhaps ``setup``."""
    needs = {"side": Dependency(), **({"setup": DONE} if init else {})}
    members = [service("app", needs, networks=NET), service("side", networks=NET)]
    if init:
        members.append(service("setup", networks=NET))
    pod = Pod(key="web", members=tuple(m.name for m in members), **said)
    return into_pods(project(*members, *further), [pod], init={"setup": init})


def pod_state(p: Project, number: int, *members: Container, **said: Any) -> PodState:
    """A running pod that is as the file says."""
    pod = p.pods["web"]
    own = {
        labels.PROJECT: "p",
        labels.POD: "web",
        labels.NUMBER: str(number),
        labels.CONFIG_HASH: pod.config_hash,
        labels.DEFINITION: labels.packed(pod_digests(pod)),
    }
    parts = {
        "status": "running",
        "networks": ("p_front",),
        "infra": f"infra{number}",
        "infra_status": "running",
        "containers": tuple(PodMember(c.id, c.name, c.status) for c in members),
        **said,
    }
    return PodState(id=f"pod{number}", name=f"p-web-{number}", labels=own, **parts)


def member(p: Project, name: str, number: int, **said: Any) -> Container:
    said = {"pod": f"pod{number}", "pod_name": f"p-web-{number}", **said}
    return container(p.services[name], number, **said)


def seen(p: Project, count: int = 1, *others: Container, **said: Any) -> State:
    """``count`` pods with all their members running; ``said`` by name of a member, what differs."""
    groups = [
        [member(p, name, number, **said.get(name, {})) for name in p.pods["web"].members]
        for number in range(1, count + 1)
    ]
    everything = state(*others, *(c for group in groups for c in group), networks=["p_front"])
    pods = tuple(pod_state(p, number, *group) for number, group in enumerate(groups, 1))
    return msgspec.structs.replace(everything, pods=pods)


def plan(p: Project, s: State, **intent: Any) -> Plan:
    return plan_up(p, s, with_whole_pods(p, Up(**intent)))


def names(found: Plan, *kinds: type[op.Operation]) -> set[str]:
    return {getattr(o, "name", "") for o in found if isinstance(o, kinds)}


def test_a_pod_is_made_after_its_networks_and_before_its_members() -> None:
    found = plan(grouped(), state())
    assert order(found, "network:p_front", "pod:p-web-1")
    assert order(found, "pod:p-web-1", "create:p-app-1")
    assert order(found, "pod:p-web-1", "create:p-side-1")
    assert order(found, "start:p-side-1", "start:p-app-1")


def test_what_is_as_it_should_be_is_left_alone() -> None:
    p = grouped(init="once")
    done: dict[str, Any] = {"setup": {"status": "exited", "exit_code": 0}}
    assert list(plan(p, seen(p, **done))) == []


def test_a_pod_is_not_called_as_a_container_is() -> None:
    member = service("web", networks=NET)
    p = into_pods(project(member), [Pod(key="web", members=("web",))])
    assert p.pod_name("web", 1) == "p-web-pod-1"


def test_scaling_a_member_makes_whole_pods_and_touches_none_that_runs() -> None:
    p = grouped()
    found = plan(p, seen(p), scale={"side": 3}, services=("side",))
    assert names(found, op.CreatePod) == {"p-web-2", "p-web-3"}
    new = {"p-app-2", "p-app-3", "p-side-2", "p-side-3"}
    assert names(found, op.CreateContainer) == new
    assert names(found, op.StartContainer) == new
    assert names(found, op.StopContainer, op.RemoveContainer, op.RemovePod) == set()
    assert order(found, "start:p-side-2", "start:p-app-2")
    assert not order(found, "start:p-side-2", "start:p-app-3"), "its own pod's is enough"


def test_scaling_down_removes_pods_after_their_members() -> None:
    p = grouped()
    found = plan(p, seen(p, 3), scale={"app": 1})
    assert names(found, op.RemovePod) == {"p-web-2", "p-web-3"}
    for name in ("app", "side"):
        gone = next(o.id for o in found if isinstance(o, op.RemoveContainer) and name in o.name)
        assert any(order(found, gone, f"remove-pod:p-web-{n}") for n in (2, 3))
    assert not names(found, op.StartContainer, op.CreateContainer)


def test_two_members_cannot_have_different_counts() -> None:
    p = grouped()
    with pytest.raises(ComposerError, match="pod web, which cannot have both 2 and 3 replicas"):
        with_whole_pods(p, Up(scale={"app": 2, "side": 3}))
    assert with_whole_pods(p, Up(scale={"web": 2})).scale == {"app": 2, "side": 2}


def test_a_changed_member_is_replaced_in_its_pod_alone() -> None:
    p = grouped()
    old: dict[str, Any] = {"side": {"labels": {labels.CONFIG_HASH: "old"}}}
    found = plan(p, seen(p, **old))
    assert names(found, op.CreateContainer) == {"p-side-1"}
    assert not names(found, op.CreatePod, op.RemovePod)


def test_a_changed_pod_takes_its_members_along_even_if_one_alone_is_named() -> None:
    before, after = grouped(), grouped(hostname="other")
    found = plan(after, seen(before, 1, container(service("db"))), services=("side",))
    (remove,) = (o for o in found if isinstance(o, op.RemovePod))
    assert remove.cause == "its hostname changed"
    assert order(found, remove.id, "pod:p-web-1")
    assert names(found, op.CreateContainer) == {"p-app-1", "p-side-1"}
    for gone in (o for o in found if isinstance(o, op.RemoveContainer)):
        assert order(found, gone.id, remove.id)
    assert order(found, "pod:p-web-1", "create:p-app-1")
    left = leaving(after, seen(before), Up(), ["side"])
    assert {c.name for c in left} == {"p-app-1", "p-side-1"}


def test_a_network_that_is_made_anew_takes_the_pod_off_it_first() -> None:
    p = grouped()
    found = plan(p, seen(p), anew_networks=("p_front",))
    assert order(found, "remove-pod:p-web-1", "remove-network:p_front")
    assert order(found, "remove-network:p_front", "network:p_front")
    assert order(found, "network:p_front", "pod:p-web-1")
    assert not names(found, op.DisconnectNetwork)


def test_a_container_outside_of_its_pod_is_replaced_and_lets_go_of_its_ports_first() -> None:
    p = grouped(init="once")
    outside = [
        container(p.services[name], pod="", pod_name="") for name in ("app", "side", "setup")
    ]
    found = plan(p, state(*outside, networks=["p_front"]))
    assert found["create:p-app-1"].cause == "it is not in pod p-web-1"
    for old in outside:
        assert order(found, f"stop:{old.id}", "start:p-setup-1")


def test_a_pod_that_the_file_has_no_more_goes_when_it_is_empty() -> None:
    p = grouped()
    plain = project(service("app", ["side"], networks=NET), service("side", networks=NET))
    found = plan(plain, seen(p))
    assert names(found, op.RemovePod) == {"p-web-1"}
    assert "create:p-app-1" in found


def test_an_infra_container_that_ended_means_new_starts_for_those_that_run() -> None:
    p = grouped()
    s = seen(p)
    lost = msgspec.structs.replace(s.pods[0], infra_status="exited")
    found = plan(p, msgspec.structs.replace(s, pods=(lost,)))
    assert names(found, op.StopContainer) == {"p-app-1", "p-side-1"}
    assert names(found, op.StartContainer) == {"p-app-1", "p-side-1"}
    assert not names(found, op.CreateContainer, op.CreatePod)


@pytest.mark.parametrize(
    ("init", "stopped", "runs"),
    [
        ("once", (), False),
        ("always", (), False),
        ("once", ("app", "side"), False),
        ("always", ("app", "side"), True),
        ("always", ("app",), False),
    ],
)
def test_when_an_init_container_that_is_done_runs_again(
    init: str, stopped: tuple[str, ...], runs: bool
) -> None:
    p = grouped(init=init)
    said: dict[str, Any] = {n: {"status": "exited", "exit_code": 1} for n in stopped}
    s = seen(p, setup={"status": "exited", "exit_code": 0}, **said)
    started = names(plan(p, s), op.StartContainer)
    assert ("p-setup-1" in started) == runs
    again = plan_lifecycle(p, s, Lifecycle(action="start"))
    assert ("p-setup-1" in names(again, op.StartContainer)) == runs


def test_an_init_container_that_failed_runs_again() -> None:
    p = grouped(init="once")
    found = plan(p, seen(p, setup={"status": "exited", "exit_code": 3}))
    assert names(found, op.StartContainer) == {"p-setup-1"}


def test_wait_waits_for_an_init_container_to_be_done() -> None:
    p = grouped(init="once")
    found = plan(p, state(), wait=True)
    conditions = {o.service: o.condition for o in found if isinstance(o, op.WaitFor)}
    assert conditions["setup"] == "service_completed_successfully"
    assert conditions["app"] == "running_or_healthy"


def test_down_removes_pods_between_their_members_and_networks() -> None:
    p = grouped()
    for known in (p, None):
        found = plan_down(known, seen(p, 2), Down())
        assert names(found, op.RemovePod) == {"p-web-1", "p-web-2"}
        for gone in (o for o in found if isinstance(o, op.RemoveContainer)):
            number = gone.name[-1]
            assert order(found, gone.id, f"remove-pod:p-web-{number}")
        assert order(found, "remove-pod:p-web-1", "network:p_front")


def test_a_pod_without_members_goes_with_down() -> None:
    p = grouped()
    s = msgspec.structs.replace(state(), pods=(pod_state(p, 1),))
    assert names(plan_down(p, s, Down()), op.RemovePod) == {"p-web-1"}


def test_down_of_one_member_leaves_its_pod() -> None:
    p = grouped()
    found = plan_down(p, seen(p), Down(services=("side",)))
    assert names(found, op.RemoveContainer) == {"p-side-1"}
    assert not names(found, op.RemovePod)


@pytest.mark.parametrize(
    ("intent", "stops"),
    [
        ({"action": "stop"}, True),
        ({"action": "stop", "services": ("app",)}, False),
        ({"action": "stop", "services": ("app", "side")}, True),
        ({"action": "kill"}, True),
        ({"action": "kill", "signal": "SIGHUP"}, False),
    ],
)
def test_a_pod_stops_with_the_last_of_its_members(intent: dict[str, Any], stops: bool) -> None:
    p = grouped()
    found = plan_lifecycle(p, seen(p), Lifecycle(**intent))
    assert names(found, op.StopPod) == ({"p-web-1"} if stops else set())


def test_rm_of_all_members_removes_their_pod() -> None:
    p = grouped()
    ended = {"status": "exited"}
    s = seen(p, app=ended, side=ended)
    found = plan_lifecycle(p, s, Lifecycle(action="rm"))
    assert names(found, op.RemovePod) == {"p-web-1"}
    one = plan_lifecycle(p, s, Lifecycle(action="rm", services=("app",)))
    assert not names(one, op.RemovePod)


def test_restart_starts_members_of_a_pod_that_does_not_run() -> None:
    p = grouped(init="once")
    ended = {"status": "exited", "exit_code": 0}
    s = seen(p, app=ended, side=ended, setup=ended)
    down = msgspec.structs.replace(s.pods[0], infra_status="exited")
    s = msgspec.structs.replace(s, pods=(down,))
    found = plan_lifecycle(p, s, Lifecycle(action="restart"))
    assert names(found, op.StartContainer) == {"p-app-1", "p-side-1"}
    assert not names(found, op.RestartContainer)


def test_one_pod_for_all_replicas() -> None:
    """As podman-compose has it: nothing is shared, and the pod is made once."""
    pod = Pod(key="pod_p", members=("app",), infra=None, share=(), single="pod_p")
    p = into_pods(project(service("app", networks=NET)), [pod])
    found = plan(p, state(), scale={"app": 2})
    assert names(found, op.CreatePod) == {"pod_p"}
    assert names(found, op.CreateContainer) == {"p-app-1", "p-app-2"}
    assert order(found, "pod:pod_p", "create:p-app-2")


def test_an_empty_pod_of_services_that_are_not_named_stays() -> None:
    p = grouped(service("db"))
    s = msgspec.structs.replace(state(networks=["p_front"]), pods=(pod_state(p, 1),))
    assert not names(plan(p, s, services=("db",)), op.RemovePod)
