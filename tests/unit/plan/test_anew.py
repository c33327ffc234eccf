"""Networks and volumes that are not as the file says are found and made anew, in order."""

from __future__ import annotations

import msgspec

from composer.plan import operations as op
from composer.plan.anew import Difference, differences
from composer.spec.definitions import definition_digests
from composer.spec.model import Mount, Network, Project
from composer.state import DEFINITION, State, packed
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

DATA = Mount(type="volume", source="data", target="/data")
APP = service("app", ["db"], networks=attached("back"))
DB = service("db", networks=attached("back"), volumes=(DATA,))


def declared(**back: object) -> Project:
    network = Network(key="back", name="p_back", **back)  # type: ignore[arg-type]
    kept = volume("data", driver_opts={"type": "tmpfs"})
    return project(APP, DB, networks={"back": network}, volumes={"data": kept})


def made_from(p: Project, seen: State) -> State:
    """``seen`` as if the networks and volumes of ``p`` had been made by it."""
    back, data = seen.networks["p_back"], seen.volumes["p_data"]
    said = {
        k: packed(definition_digests(r))
        for k, r in (("n", p.networks["back"]), ("v", p.volumes["data"]))
    }
    return msgspec.structs.replace(
        seen,
        networks={
            "p_back": msgspec.structs.replace(back, labels=back.labels | {DEFINITION: said["n"]})
        },
        volumes={
            "p_data": msgspec.structs.replace(data, labels=data.labels | {DEFINITION: said["v"]})
        },
    )


SEEN = state(container(APP), container(DB), networks=["p_back"], volumes=["p_data"])


def test_what_differs_is_named_and_what_others_made_is_not_judged() -> None:
    before, now = declared(), declared(internal=True)
    seen = made_from(before, SEEN)
    assert differences(before, [APP, DB], seen) == []
    assert differences(now, [APP, DB], seen) == [
        Difference("network", "back", "p_back", ("internal",))
    ]
    assert differences(now, [APP, DB], SEEN) == [], "made by Docker Compose: no digests of ours"
    plain = msgspec.structs.replace(now, volumes={"data": volume("data")})
    assert {d.name for d in differences(plain, [APP, DB], seen)} == {"p_back", "p_data"}
    assert {d.name for d in differences(plain, [APP], seen)} == {"p_back"}


def test_a_network_is_made_anew_between_the_stop_and_the_start_of_its_containers() -> None:
    app, db = SEEN.containers
    plan = planned(declared(internal=True), SEEN, anew_networks=("p_back",))
    for c in (app, db):
        assert order(plan, f"stop:{c.id}", f"disconnect:{c.id}:p_back")
        assert order(plan, f"disconnect:{c.id}:p_back", "remove-network:p_back")
        assert order(plan, "network:p_back", f"create:{c.name}")
        assert order(plan, f"start:{c.name}", f"remove:{c.id}")
    assert order(plan, "remove-network:p_back", "network:p_back")
    assert order(plan, f"stop:{app.id}", f"stop:{db.id}"), "dependants first"
    assert plan["create:p-app-1"].cause == "network p_back is made anew"


def test_a_volume_is_made_anew_after_its_containers_and_their_other_volumes_stay() -> None:
    app, db = SEEN.containers
    plan = planned(
        declared(),
        SEEN,
        anew_volumes={"p_data": (db.id,)},
        inherited={db.id: {"/scratch": "f" * 64}},
    )
    for first, second in (
        (f"remove:{db.id}", "remove-volume:p_data"),
        ("remove-volume:p_data", "volume:p_data"),
        ("volume:p_data", "create:p-db-1"),
    ):
        assert order(plan, first, second)
    create, removal = plan["create:p-db-1"], plan[f"remove:{db.id}"]
    assert isinstance(create, op.CreateContainer)
    assert isinstance(removal, op.RemoveContainer)
    assert create.inherits == {"/scratch": "f" * 64}
    assert not removal.volumes
    assert app in plan.kept
