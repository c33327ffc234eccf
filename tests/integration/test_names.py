"""Containers on several networks know the names of all of them, also after changes.

Each look-up is made by glibc (Debian's ``getent``), by busybox's ``nslookup``, which takes the
first "no such name" for the last word, and by busybox's own resolver.
"""

from __future__ import annotations

import re

import pytest

from composer.spec.model import Project
from tests.integration.conftest import DEBIAN, Workbench, service, wait_until

pytestmark = pytest.mark.engine

PINGS = ("NET_RAW",)
"""What ``ping`` needs, and newer Podmans do not give unasked."""


@pytest.fixture
def three_tiers(bench: Workbench) -> Project:
    """web on the frontend, app on both, db on the internal backend; glibc beside busybox."""
    project = bench.project(
        service("web", "front", cap_add=PINGS),
        service("app", "front", "back", cap_add=PINGS),
        service("glibc", "back", "front", image=DEBIAN),
        service("db", "back"),
        networks={"front": False, "back": True},
    )
    for name in ("app", "glibc", "db", "web"):
        bench.up(project, name)
    return project


def addresses(bench: Workbench, name: str) -> set[str]:
    """All addresses of a replica (``app-1``)."""
    return set(bench.engine.inspect(f"{bench.name}-{name}").addresses.values())


def looked_up(bench: Workbench, asker: str, name: str) -> set[str]:
    """What ``asker``'s resolver says about ``name``: nothing when it does not know it."""
    container = f"{bench.name}-{asker}"
    if asker.startswith("glibc"):
        found = bench.fails(container, "getent", "ahostsv4", name).stdout
        return {line.split()[0] for line in found.splitlines()}
    found = bench.fails(container, "nslookup", name).stdout
    return set(re.findall(r"^Address: (\S+)$", found, re.MULTILINE))


def knows(bench: Workbench, asker: str, name: str, expected: set[str]) -> None:
    """``asker`` comes to know exactly ``expected``; the name server may take a moment."""
    wait_until(
        lambda: looked_up(bench, asker, name) == expected,
        10,
        what=f"{asker} sees {name} at {expected}, not at {looked_up(bench, asker, name)}",
    )


def everybody_knows(bench: Workbench) -> None:
    for asker in ("app-1", "glibc-1"):
        for name in ("db", f"{bench.name}-db-1"):
            knows(bench, asker, name, addresses(bench, "db-1"))
        knows(bench, asker, "web", addresses(bench, "web-1"))


@pytest.mark.usefixtures("three_tiers")
class TestThreeTiers:
    def test_names_of_both_networks(self, bench: Workbench) -> None:
        everybody_knows(bench)
        bench.run(f"{bench.name}-app-1", "ping", "-c1", "-W2", "db")
        bench.run(f"{bench.name}-app-1", "ping", "-c1", "-W2", "web")

    def test_a_network_stays_closed_to_others(self, bench: Workbench) -> None:
        assert looked_up(bench, "web-1", "db") == set()
        assert bench.fails(f"{bench.name}-web-1", "ping", "-c1", "-W2", "db").returncode != 0

    def test_an_internal_network_leads_nowhere(self, bench: Workbench) -> None:
        assert "default" not in bench.run(f"{bench.name}-db-1", "ip", "route")
        assert "default" in bench.run(f"{bench.name}-app-1", "ip", "route")

    def test_after_a_neighbour_restarted(self, bench: Workbench) -> None:
        bench.engine.restart(f"{bench.name}-db-1")
        everybody_knows(bench)

    def test_after_a_neighbour_got_another_address(
        self, bench: Workbench, three_tiers: Project
    ) -> None:
        before = addresses(bench, "db-1")
        bench.engine.remove(f"{bench.name}-db-1", force=True)
        bench.up(three_tiers, "db", 2)
        bench.up(three_tiers, "db", 1)
        bench.engine.remove(f"{bench.name}-db-2", force=True)
        assert addresses(bench, "db-1") != before
        everybody_knows(bench)

    def test_after_it_restarted_itself(self, bench: Workbench) -> None:
        for name in ("app-1", "glibc-1"):
            bench.engine.restart(f"{bench.name}-{name}", timeout=0)
        everybody_knows(bench)

    def test_all_replicas_of_a_name(self, bench: Workbench, three_tiers: Project) -> None:
        for number in (2, 3):
            bench.up(three_tiers, "db", number)
        all_three = set().union(*(addresses(bench, f"db-{n}") for n in (1, 2, 3)))
        assert len(all_three) == 3
        for asker in ("app-1", "glibc-1"):
            knows(bench, asker, "db", all_three)
        bench.engine.remove(f"{bench.name}-db-3", force=True)
        for asker in ("app-1", "glibc-1"):
            knows(bench, asker, "db", addresses(bench, "db-1") | addresses(bench, "db-2"))

    def test_replicas_on_several_networks(self, bench: Workbench, three_tiers: Project) -> None:
        for number in (2, 3):
            bench.up(three_tiers, "app", number)
        front = f"{bench.name}_front"
        replicas = [bench.engine.inspect(f"{bench.name}-app-{n}") for n in (1, 2, 3)]
        knows(bench, "web-1", "app", {replica.addresses[front] for replica in replicas})
