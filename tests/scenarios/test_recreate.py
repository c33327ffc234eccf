"""``up`` replaces what changed, whatever it is that changed, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, service_of, started

pytestmark = pytest.mark.engine

ALL = {
    "text", "pictured", "told", "wired", "stored", "owner", "sharer", "watcher", "borrower",
    "follower",
}  # fmt: skip


@pytest.fixture
def bound(scenario: ScenarioOf) -> Scenario:
    """The project ``bound``, up, with an image of its own that can be changed."""
    work = scenario("bound")
    work.env |= {"PIN": "1234", "IMAGE": f"localhost/{work.name}:latest"}
    source = work.testbed.podman("create", "busybox:latest").stdout.strip()
    work.testbed.podman("commit", "-q", source, work.env["IMAGE"])
    work.testbed.podman("rm", source)
    work.ok("up", "-d")
    return work


def by_service(work: Scenario) -> dict[str, dict[str, Any]]:
    return {service_of(one): one for one in work.containers()}


def replaced(work: Scenario, *arguments: str, env: Mapping[str, str] | None = None) -> set[str]:
    """Run ``up`` with ``arguments``; the services whose container is another one afterwards.

    All of them have to run then, under their own names, and nothing else may be left.
    """
    before = by_service(work)
    work.env |= env or {}
    work.ok("up", "-d", *arguments)
    after = by_service(work)
    assert work.states() == {f"{name}-1": "running" for name in ALL}
    return {name for name in ALL if before[name]["Id"] != after[name]["Id"]}


def mounts(work: Scenario, service: str) -> dict[str, str]:
    return {one["Destination"]: one["Name"] for one in work.container(service)["Mounts"]}


def created(work: Scenario, volume: str) -> str:
    (found,) = [v for v in work.testbed.api.get("/volumes/json") if v["Name"] == volume]
    return str(found["CreatedAt"])


def test_up_must_replace_what_changed_and_nothing_else(bound: Scenario) -> None:
    assert replaced(bound) == set()
    assert replaced(bound, env={"VERSION": "two"}) == {"text"}
    (network,) = bound.container("text")["NetworkSettings"]["Networks"].values()
    assert {"text", f"{bound.name}-text-1"} <= set(network["Aliases"])
    assert not [alias for alias in network["Aliases"] if "unfinished" in alias]

    (bound.folder / "motd").write_text("good evening\n")
    assert replaced(bound) == {"told"}
    assert replaced(bound, env={"PIN": "4321"}) == {"told"}
    told = bound.container("told")["Id"]
    assert bound.inside(told, "cat", "/motd", "/run/secrets/pin").stdout == "good evening\n4321"
    assert "4321" not in str(bound.container("told"))

    bound.testbed.podman("commit", "-q", bound.container("text")["Id"], bound.env["IMAGE"])
    assert replaced(bound) == {"pictured"}

    follower = bound.container("follower")
    assert replaced(bound, env={"OWNER": "two"}) == {"owner", "sharer", "watcher", "borrower"}
    assert started(bound.container("follower")) > started(follower)
    owner = bound.container("owner")["Id"]
    assert bound.container("sharer")["HostConfig"]["NetworkMode"] == f"container:{owner}"
    assert bound.container("watcher")["HostConfig"]["PidMode"] == f"container:{owner}"
    assert replaced(bound) == set()


def test_a_network_that_differs_must_be_made_anew_with_its_containers_only(
    bound: Scenario,
) -> None:
    assert replaced(bound, env={"INTERNAL": "true"}) == {"wired"}
    side = {n["name"]: n for n in bound.testbed.api.get("/networks/json")}[f"{bound.name}_side"]
    assert side["internal"] is True

    stranger = f"{bound.name}-stranger"
    run = ("run", "-d", "--name", stranger, "--network", side["name"], "busybox", "sleep", "600")
    bound.testbed.podman(*run)
    done = bound.run("up", "-d", env={"INTERNAL": "false"})
    assert done.returncode == 0, done.stderr
    assert stranger in done.stderr, "who is in the way is named"
    assert "internal" in done.stderr
    kept = {n["name"]: n for n in bound.testbed.api.get("/networks/json")}[side["name"]]
    assert kept["id"] == side["id"]
    bound.testbed.podman("rm", "-f", "-t", "0", stranger)


def test_a_volume_that_differs_must_be_made_anew_only_when_its_loss_is_agreed_to(
    bound: Scenario,
) -> None:
    before, scratch = created(bound, f"{bound.name}_data"), mounts(bound, "stored")["/scratch"]
    ids = bound.ids()
    refused = bound.run("up", "-d", env={"KIND": "two"})
    assert refused.returncode == 1
    assert f"volume {bound.name}_data exists, but not as the file says (labels)" in refused.stderr
    assert "--yes" in refused.stderr
    assert "compose.yaml:" in refused.stderr
    assert bound.ids() == ids

    assert replaced(bound, "--yes", env={"KIND": "two"}) == {"stored"}
    assert created(bound, f"{bound.name}_data") != before
    assert mounts(bound, "stored")["/scratch"] == scratch, "its other volumes move along"
    assert replaced(bound) == set()


def test_flags_must_say_what_is_replaced(bound: Scenario) -> None:
    scratch = mounts(bound, "stored")["/scratch"]
    before = {volume["Name"] for volume in bound.testbed.api.get("/volumes/json")}
    assert replaced(bound, "--no-recreate", env={"VERSION": "two"}) == set()
    assert replaced(bound, "--force-recreate", "stored") == {"stored"}
    assert mounts(bound, "stored")["/scratch"] == scratch
    assert replaced(bound, "--force-recreate", "-V", "stored") == {"stored"}
    fresh = mounts(bound, "stored")["/scratch"]
    assert fresh != scratch
    left = {volume["Name"] for volume in bound.testbed.api.get("/volumes/json")}
    assert left == before - {scratch} | {fresh}
    assert replaced(bound, "--always-recreate-deps", "follower") >= {"owner"}
    assert replaced(bound, "--no-deps", "follower") == set()
    borrower = {"borrower"}  # it still has the volumes of the former owner
    assert replaced(bound) == {"text"} | borrower


def test_a_replacement_that_does_not_start_must_leave_the_way_back(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("up", "-d")
    (old,) = plain.ids("one")
    file = plain.folder / "compose.yaml"
    good = file.read_text()
    for broken in ("entrypoint: no-such-program", 'entrypoint: ["sh", "-c", "exit 3"]'):
        file.write_text(good.replace("init: true", broken, 1))
        for _ in range(2):
            failed = plain.run("up", "-d")
            assert failed.returncode == 1
            assert f"{old[:12]}_{plain.name}-one-1" in failed.stderr, "where the old one is"
            assert old in plain.ids("one")
    file.write_text(good)
    plain.ok("up", "-d")
    assert plain.ids("one") == [old]
    assert plain.states() == {"one-1": "running", "two-1": "running"}
