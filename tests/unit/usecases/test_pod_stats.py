"""What a pod uses, from what its containers use."""

from __future__ import annotations

from typing import Any

from composer.state import Container, PodState, Usage
from composer.ui.pods import Whole
from composer.usecases.pod_stats import summed

POD = PodState(id="pod", name="p-web-1")


def member(name: str, *networks: str) -> Container:
    return Container(id=name, name=name, status="running", networks=networks)


def used(name: str, **said: Any) -> Usage:
    return Usage(id=name, name=name, memory_limit=1000, **said)


USED = {
    "a": used("a", cpu=1.5, at=10.0, memory=100, received=7, sent=3, processes=2, read=5),
    "b": used("b", cpu=0.5, at=11.0, memory=20, received=7, sent=4, processes=1, written=6),
    "infra": used("infra", cpu=0.1, at=9.0, memory=1, received=6, sent=3, processes=1),
}


def test_what_is_each_containers_own_is_added_up() -> None:
    infra = member("infra", "p_default")
    found = summed(Whole(POD, (member("a"), member("b")), infra), USED, 0)
    assert (found.id, found.cpu, found.memory, found.processes) == ("pod", 2.1, 121, 4)
    assert (found.read, found.written, found.memory_limit) == (5, 6, 1000)


def test_a_network_that_all_share_counts_once() -> None:
    infra = member("infra", "p_default")
    found = summed(Whole(POD, (member("a"), member("b")), infra), USED, 0)
    assert (found.received, found.sent) == (7, 4)


def test_networks_of_their_own_are_added_up_and_the_pods_limit_counts() -> None:
    found = summed(Whole(POD, (member("a"), member("b")), None), USED, 500)
    assert (found.received, found.sent, found.memory_limit) == (14, 7, 500)


def test_what_has_ended_meanwhile_uses_nothing() -> None:
    assert summed(Whole(POD, (member("gone"),), None), USED, 0).memory == 0
