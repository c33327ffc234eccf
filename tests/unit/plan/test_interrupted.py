"""What a command that was cut short has left: the next one goes on, goes back, or clears away."""

from __future__ import annotations

from composer.plan import operations as op
from composer.plan.plan import Plan
from tests.unit.projects import container, order, planned, project, service, state

OLD, NEW = service("app", environment={"A": "1"}), service("app", environment={"A": "2"})
ASIDE = "0" * 12 + "_p-app-1"


def ids(plan: Plan) -> set[str]:
    return {operation.id for operation in plan}


def removal(plan: Plan, identity: str) -> op.RemoveContainer:
    found = plan[f"remove:{identity}"]
    assert isinstance(found, op.RemoveContainer)
    return found


def test_a_swap_that_was_cut_short_is_finished_and_the_way_back_is_kept_until_then() -> None:
    stale = container(OLD, id="0" * 64, name=ASIDE)
    fresh = container(NEW, id="1" * 64, status="created")
    plan = planned(project(NEW), state(stale, fresh))
    assert ids(plan) == {f"stop:{stale.id}", f"remove:{stale.id}", "start:p-app-1"}
    assert order(plan, f"stop:{stale.id}", "start:p-app-1")
    assert order(plan, "start:p-app-1", f"remove:{stale.id}")


def test_an_unfinished_container_is_made_again() -> None:
    old = container(OLD, id="0" * 64)
    half = container(NEW, id="1" * 64, status="created", name="p-app-1.unfinished")
    plan = planned(project(NEW), state(old, half))
    assert order(plan, f"remove:{half.id}", "create:p-app-1")
    assert order(plan, "create:p-app-1", f"stop:{old.id}")
    assert removal(plan, half.id).volumes, "nobody used what is its own"


def test_an_unfinished_container_alone_is_no_replica() -> None:
    half = container(NEW, id="1" * 64, status="created", name="p-app-1.unfinished")
    plan = planned(project(NEW), state(half))
    assert order(plan, f"remove:{half.id}", "create:p-app-1")
    assert order(plan, "create:p-app-1", "start:p-app-1")


def test_with_the_former_file_the_old_container_comes_back() -> None:
    old = container(OLD, id="0" * 64, name=ASIDE, status="exited")
    failed = container(NEW, id="1" * 64, status="created")
    plan = planned(project(OLD), state(old, failed))
    assert order(plan, f"remove:{failed.id}", f"rename:{old.id}")
    assert order(plan, f"rename:{old.id}", "start:p-app-1")
    rename = plan[f"rename:{old.id}"]
    assert isinstance(rename, op.RenameContainer)
    assert rename.new_name == "p-app-1"


def test_a_replacement_that_does_not_start_is_replaced_by_the_next_file() -> None:
    newest = service("app", environment={"A": "3"})
    old = container(OLD, id="0" * 64, name=ASIDE, status="exited", started=1.0)
    failed = container(NEW, id="1" * 64, status="created")
    plan = planned(project(newest), state(old, failed))
    create = plan["create:p-app-1"]
    assert isinstance(create, op.CreateContainer)
    assert create.replaces == failed.id
    assert order(plan, "start:p-app-1", f"remove:{failed.id}")
    assert order(plan, "start:p-app-1", f"remove:{old.id}")
    assert not removal(plan, old.id).volumes


def test_of_two_that_match_the_one_in_place_is_kept() -> None:
    """``--force-recreate`` that was cut short before it removed the old one."""
    old = container(NEW, id="0" * 64, name=ASIDE, status="exited", created=1.0)
    fresh = container(NEW, id="1" * 64, status="created", created=2.0)
    plan = planned(project(NEW), state(old, fresh))
    assert order(plan, "start:p-app-1", f"remove:{old.id}")


def test_what_another_command_is_stopping_is_waited_for() -> None:
    plan = planned(project(NEW), state(container(NEW, id="1" * 64, status="stopping")))
    assert order(plan, f"stop:{'1' * 64}", "start:p-app-1")


def test_a_prepared_container_gives_its_ports_back_before_its_replacement_starts() -> None:
    old = container(OLD, id="0" * 64, status="initialized")
    plan = planned(project(NEW), state(old))
    stop = plan[f"stop:{old.id}"]
    assert isinstance(stop, op.StopContainer)
    assert stop.timeout == 0
    assert order(plan, stop.id, "start:p-app-1")


def test_a_container_in_the_namespace_of_one_that_is_gone_is_replaced() -> None:
    vpn, app = service("vpn"), service("app", network_mode="service:vpn")
    owner = container(vpn, id="2" * 64)
    bound = container(app, labels={"io.composer.parents": f"vpn={'3' * 64}"})
    plan = planned(project(vpn, app), state(owner, bound))
    assert (
        plan["create:p-app-1"].cause == "service vpn, which it is bound to, has another container"
    )
    same = container(app, labels={"io.composer.parents": f"vpn={owner.id}"})
    assert not planned(project(vpn, app), state(owner, same))
    assert "create:p-app-1" in planned(project(vpn, app), state(bound)), "its parent is made anew"


def test_sharers_of_a_namespace_follow_also_when_they_are_not_named() -> None:
    vpn = service("vpn", environment={"A": "2"})
    app = service("app", network_mode="service:vpn")
    owner = container(service("vpn", environment={"A": "1"}))
    sharer = container(app)
    plan = planned(project(vpn, app), state(owner, sharer), services=("vpn",))
    assert order(plan, f"remove:{sharer.id}", f"remove:{owner.id}")
    assert "create:p-app-1" not in planned(project(vpn, app), state(), services=("vpn",))


def test_a_container_that_lost_its_network_is_replaced() -> None:
    app = service("app", networks={"back": None})
    plan = planned(project(app), state(container(app, networks=()), networks=["p_back"]))
    assert plan["create:p-app-1"].cause == "it is not on network p_back"


def test_replicas_are_numbered_without_gaps() -> None:
    replicas = [container(NEW, number) for number in (2, 5)]
    plan = planned(project(NEW), state(*replicas), scale={"app": 2})
    assert {"create:p-app-1", f"remove:{replicas[1].id}"} <= ids(plan)
    assert [c.number for c in plan.kept] == [2]


def test_the_old_container_is_kept_until_the_new_one_is_seen_running() -> None:
    old, other = container(OLD), service("other")
    plan = planned(project(NEW, other), state(old), check_started=True)
    check = plan["check:p-app-1"]
    assert isinstance(check, op.CheckStarted)
    assert order(plan, "start:p-app-1", check.id)
    assert order(plan, check.id, f"remove:{old.id}")
    assert check.replaces == removal(plan, old.id).name
    assert plan["check-started"].containers == ("p-other-1",)  # type: ignore[attr-defined]


def test_the_way_back_stays_also_when_the_next_try_fails() -> None:
    stale = container(OLD, id="0" * 64, name=ASIDE, status="exited")
    fresh = container(NEW, id="1" * 64, status="exited")
    plan = planned(project(NEW), state(stale, fresh), check_started=True)
    assert order(plan, "check:p-app-1", f"remove:{stale.id}")


def test_what_is_being_removed_is_waited_for_and_made_again() -> None:
    going = container(NEW, id="1" * 64, status="removing")
    plan = planned(project(NEW), state(going))
    assert order(plan, f"remove:{going.id}", "create:p-app-1")


def test_a_sharer_restarts_when_the_owner_of_its_namespace_had_ended() -> None:
    vpn, app = service("vpn"), service("app", network_mode="service:vpn")
    plan = planned(project(vpn, app), state(container(vpn, status="exited"), container(app)))
    assert order(plan, "start:p-vpn-1", "restart:p-app-1")
