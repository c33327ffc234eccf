"""Volumes that each replica has of its own, and those that go with their containers."""

from __future__ import annotations

from msgspec.structs import replace

from composer import state as labels
from composer.engine.resource_spec import volume_spec
from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.intent import Down
from composer.spec.model import Mount, Volume
from composer.state import State, VolumeState
from tests.unit.projects import container, order, planned, project, service, state, volume

OWN = {"x-podman": {"per_replica": True}}
TEMPORARY = {"x-podman": {"per_replica": True, "temporary": True}}


APP = service("app", volumes=(Mount(type="volume", source="data", target="/data"),), scale=2)


def test_one_is_made_for_each_replica() -> None:
    p = project(APP, volumes={"data": volume("data", extensions=OWN)})
    plan = planned(p, state(volumes=["p_data-1"]))
    made = {o.name for o in plan if isinstance(o, op.CreateVolume)}
    assert made == {"p_data-2"}
    assert order(plan, "volume:p_data-2", "create:p-app-2")
    scaled = planned(p, state(volumes=["p_data-1"]), scale={"app": 3})
    assert {o.name for o in scaled if isinstance(o, op.CreateVolume)} == {"p_data-2", "p_data-3"}


def test_each_replica_mounts_its_own() -> None:
    own = volume("data", extensions=OWN)
    assert [own.name_for(number) for number in (1, 2)] == ["p_data-1", "p_data-2"]
    assert volume("data").name_for(2) == "p_data"


def test_a_temporary_one_is_labelled_and_goes_with_the_containers() -> None:
    p = project(APP, volumes={"data": volume("data", extensions=TEMPORARY)})
    spec = volume_spec(p, "data", "p_data-1")
    assert spec["Name"] == "p_data-1"
    assert spec["Labels"][labels.TEMPORARY] == "true"
    seen = _with_temporary(state(container(APP), volumes=["p_data-1", "p_kept"]), "p_data-1")
    for known in (p, None):
        plan = plan_down(known, seen, Down())
        assert "volume:p_kept" not in plan
        assert order(plan, f"remove:{seen.containers[0].id}", "volume:p_data-1")
    assert "volume:p_data-1" not in plan_down(p, seen, Down(services=("app",)))


def test_that_of_another_project_stays() -> None:
    seen = _with_temporary(state(container(APP), volumes=["q_data-1"]), "q_data-1")
    foreign = {labels.PROJECT: "q", labels.TEMPORARY: "true"}
    seen = replace(seen, volumes={"q_data-1": VolumeState(name="q_data-1", labels=foreign)})
    assert "volume:q_data-1" not in plan_down(project(APP), seen, Down())


def test_anonymous_volumes_go_where_that_is_asked_for() -> None:
    seen = state(container(APP))
    for anonymous in (True, False):
        plan = plan_down(project(APP), seen, Down(anonymous=anonymous))
        (removal,) = (o for o in plan if isinstance(o, op.RemoveContainer))
        assert removal.volumes is anonymous


def test_a_text_is_no_switch() -> None:
    assert not Volume(key="a", name="a", extensions={"x-podman": {"temporary": "no"}}).temporary


def _with_temporary(seen: State, name: str) -> State:
    """``seen``, where the volume ``name`` is a temporary one."""
    temporary = {labels.PROJECT: "p", labels.TEMPORARY: "true"}
    return replace(seen, volumes={**seen.volumes, name: VolumeState(name=name, labels=temporary)})
