"""Plans of ``pod stop`` and the like, and the names that pods are called by."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from composer import state as labels
from composer.errors import ComposerError
from composer.plan import operations as op
from composer.plan.intent import Lifecycle
from composer.plan.plan import Plan
from composer.plan.pod_commands import find_pods, plan_pods, plan_update
from composer.state import Container, PodMember, PodState, State
from tests.unit.projects import container, order, project, service, state

APP, SIDE, DB = service("app", ["side"]), service("side"), service("db")
P = project(APP, SIDE, DB)


def pod(number: int, **said: Any) -> PodState:
    own = {labels.PROJECT: "p", labels.POD: "web", labels.NUMBER: str(number)}
    inside = tuple(PodMember(f"{of}{number}", "", "running") for of in ("app", "side"))
    said = {"status": "running", "infra": "infra", "infra_status": "running", **said}
    said.setdefault("containers", inside)
    return PodState(id=f"pod{number}", name=f"p-web-{number}", labels=own, **said)


def member(of: Any, number: int, **said: Any) -> Container:
    said.setdefault("id", f"{of.name}{number}")
    return container(of, number, pod=f"pod{number}", pod_name=f"p-web-{number}", **said)


PODS = (pod(1), pod(2))
MEMBERS = tuple(member(of, number) for of in (APP, SIDE) for number in (1, 2))
STATE = msgspec.structs.replace(state(container(DB), *MEMBERS), pods=PODS)


def plan(names: tuple[str, ...], s: State = STATE, **intent: Any) -> Plan:
    return plan_pods(P, s, find_pods(s.pods, names), Lifecycle(**intent))


def subjects(found: Plan) -> set[str]:
    return {f"{type(o).__name__} {getattr(o, 'name', '')}" for o in found}


@pytest.mark.parametrize(
    ("name", "found"),
    [("web", ["p-web-1", "p-web-2"]), ("web-2", ["p-web-2"]), ("p-web-1", ["p-web-1"])],
)
def test_a_pod_has_three_names(name: str, found: list[str]) -> None:
    assert [p.name for p in find_pods(PODS, [name])] == found


def test_a_wrong_name_is_told_with_those_that_exist() -> None:
    with pytest.raises(ComposerError) as raised:
        find_pods(PODS, ["wep"], ["web", "queue"])
    assert raised.value.message == "no such pod: wep"
    assert raised.value.hint is not None
    assert "web, queue, web-1, p-web-1, web-2, p-web-2" in raised.value.hint
    assert "'web'" in raised.value.hint


def test_a_pod_of_the_file_that_is_not_there_can_be_made() -> None:
    with pytest.raises(ComposerError, match="composer pod create queue"):
        find_pods(PODS, ["queue"], ["web", "queue"])


def test_a_project_without_pods_says_how_to_have_one() -> None:
    with pytest.raises(ComposerError, match="x-podman"):
        find_pods((), ["web"])


def test_stop_ends_the_members_in_order_and_then_the_rest_of_the_pod() -> None:
    found = plan(("web-1",), action="stop", timeout=3)
    assert subjects(found) == {
        "StopContainer p-app-1",
        "StopContainer p-side-1",
        "StopPod p-web-1",
    }
    assert order(found, "stop:app1", "stop:side1")
    assert order(found, "stop:side1", "stop-pod:p-web-1")


def test_stop_of_a_stopped_pod_is_nothing() -> None:
    stopped = tuple(member(of, 1, status="exited") for of in (APP, SIDE))
    ended = pod(1, infra_status="exited", status="exited", containers=())
    still = msgspec.structs.replace(STATE, containers=stopped, pods=(ended,))
    assert not plan((), still, action="stop")


def test_a_signal_that_does_not_end_leaves_the_pod() -> None:
    found = plan(("web-2",), action="kill", signal="SIGHUP")
    assert subjects(found) == {"KillContainer p-app-2", "KillContainer p-side-2"}
    assert "StopPod p-web-2" in subjects(plan(("web-2",), action="kill"))


def test_rm_leaves_pods_with_something_that_runs_unless_they_are_stopped_first() -> None:
    half = (member(APP, 1), member(SIDE, 1, status="exited"))
    seen = msgspec.structs.replace(STATE, containers=half, pods=(pod(1),))
    assert not any(isinstance(o, op.RemovePod) for o in plan((), seen, action="rm"))
    found = plan((), seen, action="rm", stop=True)
    assert order(found, "stop:app1", "remove:app1")
    assert order(found, "remove:app1", "remove-pod:p-web-1")
    assert order(found, "remove:side1", "remove-pod:p-web-1")


def test_pods_are_ended_with_members_that_the_file_no_longer_has() -> None:
    found = plan_pods(project(DB), STATE, PODS, Lifecycle(action="stop"))
    assert {o.name for o in found if isinstance(o, op.StopContainer)} == {c.name for c in MEMBERS}


def test_update_is_a_step_for_each_pod() -> None:
    found = list(plan_update(PODS, cpus=0.5, memory=1024))
    assert [(o.name, o.cpus, o.memory) for o in found if isinstance(o, op.UpdatePod)] == [
        ("p-web-1", 0.5, 1024),
        ("p-web-2", 0.5, 1024),
    ]
