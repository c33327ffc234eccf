"""Pods of a Compose file: groups of services that share localhost, made and scaled together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, fetch, fetch_ready, service_of
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(shared: ScenarioOf) -> Iterator[Scenario]:
    """The project with one pod."""
    scenario = shared("pods")
    yield scenario
    scenario.ok("down", "-v")
    assert scenario.pods() == {}
    assert scenario.infra() == []
    assert scenario.containers() == []
    assert scenario.resources("network") == set()


@pytest.fixture
def up(running: Scenario) -> Scenario:
    """The project up, as its file says, whatever the test before did."""
    running.ok("up", "-d")
    return running


def web(up: Scenario, number: int = 1) -> str:
    return f"{up.name}-web-{number}"


def page(up: Scenario, container: str, url: str) -> str:
    return up.inside(container, "wget", "-qO-", url).stdout.strip()


def knows(up: Scenario, container: str, name: str, count: int) -> None:
    """``name`` has so many addresses for a container, once the name server has read of them."""
    wait_until(lambda: len(up.addresses(container, name)) == count, 10, what=f"{count} of {name}")


def hosts_of(up: Scenario, number: int) -> str:
    """The host name of a pod, which its page shows."""
    return up.inside(web(up, number), "hostname").stdout.strip()


def published(up: Scenario, pod: str) -> int:
    ports = up.pods()[pod]["InfraConfig"]["PortBindings"]["80/tcp"]
    return int(ports[0]["HostPort"])


def test_members_must_share_what_their_pod_has(up: Scenario) -> None:
    side = f"{up.name}-side-1"
    assert page(up, side, "http://localhost") == hosts_of(up, 1)
    assert up.inside(side, "hostname").stdout.strip() == hosts_of(up, 1)
    assert "10.9.8.7" in up.inside(side, "cat", "/etc/hosts").stdout
    pod = up.pods()["web-pod-1"]
    assert pod["Labels"]["tier"] == "front"
    assert pod["memory_limit"] == 256 * 1024 * 1024
    members = {c["Name"] for c in pod["Containers"]} - set(up.infra())
    assert members == {f"{up.name}-{name}-1" for name in ("web", "side", "setup")}


def test_a_published_port_must_lead_into_the_pod(up: Scenario) -> None:
    assert fetch_ready(published(up, "web-pod-1")).strip() == hosts_of(up, 1)


def test_an_init_container_must_be_done_before_the_others_start(up: Scenario) -> None:
    setup = up.container("setup")
    assert setup["State"]["Status"] == "exited"
    assert setup["State"]["ExitCode"] == 0
    for name in ("web", "side"):
        assert setup["State"]["FinishedAt"] <= up.container(name)["State"]["StartedAt"]


def test_who_waits_for_a_pod_must_start_when_its_members_are_healthy(up: Scenario) -> None:
    assert up.container("client")["State"]["Status"] == "running"
    assert up.container("web")["State"]["Health"]["Status"] == "healthy"


def test_up_again_must_change_nothing(up: Scenario) -> None:
    before = {one["Id"]: one["State"]["StartedAt"] for one in up.containers()}
    up.ok("up", "-d")
    assert {one["Id"]: one["State"]["StartedAt"] for one in up.containers()} == before


def test_ps_must_show_members_with_their_pod_and_no_infra_container(up: Scenario) -> None:
    shown = up.ok("ps")
    assert "infra" not in shown.replace("web-pod-1-infra", "infra")
    (line,) = [line for line in shown.splitlines() if "-side-1" in line]
    assert f"{up.name}-web-pod-1" in line
    assert "Found orphan" not in up.run("up", "-d").stderr


def test_replicas_must_be_pods_of_their_own_that_share_names_and_nothing_else(
    up: Scenario,
) -> None:
    first = {one["Id"]: one["State"]["StartedAt"] for one in up.containers()}
    up.ok("up", "-d", "--scale", "side=3")
    assert set(up.pods()) == {"web-pod-1", "web-pod-2", "web-pod-3"}
    assert [c["Name"][-1] for c in up.containers("web")] == ["1", "2", "3"]
    names = {hosts_of(up, number) for number in (1, 2, 3)}
    assert len(names) == 3
    for number in (1, 2, 3):
        assert page(up, f"{up.name}-side-{number}", "http://localhost") == hosts_of(up, number)
        assert fetch_ready(published(up, f"web-pod-{number}")).strip() == hosts_of(up, number)
    (client,) = up.ids("client")
    for name in ("web", "side", "shop"):
        knows(up, client, name, 3)
    knows(up, client, web(up, 2), 1)
    up.ok("up", "-d", "--scale", "web=1")
    assert set(up.pods()) == {"web-pod-1"}
    assert {one["Id"]: one["State"]["StartedAt"] for one in up.containers()} == first
    assert up.infra() == [f"{up.name}-web-pod-1-infra"]


def test_different_counts_for_two_members_must_be_refused(up: Scenario) -> None:
    refused = up.run("up", "-d", "--scale", "web=3", "--scale", "side=2")
    assert refused.returncode == 1
    assert "pod web, which cannot have both 3 and 2 replicas" in refused.stderr


def test_a_changed_member_must_be_replaced_inside_its_pod(up: Scenario) -> None:
    pod, side = up.pods()["web-pod-1"]["Id"], up.container("side")
    old = up.container("web")
    up.ok("up", "-d", env={"COLOUR": "green"})
    new = up.container("web")
    assert new["Id"] != old["Id"]
    assert new["Pod"] == pod
    assert up.container("side")["Id"] == side["Id"]
    assert up.container("side")["State"]["StartedAt"] == side["State"]["StartedAt"]


def test_a_changed_pod_must_take_its_members_along_with_their_volumes(up: Scenario) -> None:
    up.ok("up", "-d", "--scale", "web=2")
    anonymous = [m for m in up.containers("web")[0]["Mounts"] if m["Destination"] == "/anonymous"]
    before = {one["Name"]: one["Id"] for one in up.containers("web", "side")}
    other = up.ids("client")
    up.ok("up", "-d", "--scale", "web=2", env={"TIER": "back"})
    after = {one["Name"]: one["Id"] for one in up.containers("web", "side")}
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert up.pods()["web-pod-1"]["Labels"]["tier"] == "back"
    assert up.ids("client") == other
    kept = [m for m in up.containers("web")[0]["Mounts"] if m["Destination"] == "/anonymous"]
    assert kept[0]["Name"] == anonymous[0]["Name"]


def test_stop_of_all_members_must_stop_the_pod_and_of_one_must_not(up: Scenario) -> None:
    port = published(up, "web-pod-1")
    up.ok("stop", "side")
    assert fetch(port)[0] == 200
    assert up.pods()["web-pod-1"]["State"] == "Degraded"
    up.ok("stop")
    assert up.pods()["web-pod-1"]["State"] in ("Exited", "Stopped")
    assert fetch(port)[0] == 0
    runs = up.logs_of(f"{up.name}-setup-1")
    written = up.ok("start")
    assert "infra" not in written
    assert fetch_ready(port).strip() == hosts_of(up, 1)
    assert page(up, f"{up.name}-side-1", "http://localhost") == hosts_of(up, 1)
    assert up.logs_of(f"{up.name}-setup-1") == runs


def test_restart_of_a_member_must_leave_the_others_running(up: Scenario) -> None:
    side, old = up.container("side"), up.container("web")
    up.ok("restart", "web")
    new = up.container("web")
    assert new["State"]["StartedAt"] > old["State"]["StartedAt"]
    assert up.container("side")["State"]["StartedAt"] == side["State"]["StartedAt"]
    assert fetch_ready(published(up, "web-pod-1")).strip() == hosts_of(up, 1)


def test_an_infra_container_that_died_must_be_mended_by_up(up: Scenario) -> None:
    (infra,) = up.infra()
    up.testbed.podman("kill", infra)
    wait_until(
        lambda: (
            up.testbed.podman("inspect", "-f", "{{.State.Status}}", infra).stdout.strip()
            == "exited"
        ),
        what="end of the infra container",
    )
    up.ok("up", "-d")
    assert fetch_ready(published(up, "web-pod-1")).strip() == hosts_of(up, 1)
    (client,) = up.ids("client")
    knows(up, client, "web", 1)
    assert page(up, f"{up.name}-side-1", "http://localhost") == hosts_of(up, 1)


def test_kill_and_rm_must_leave_no_pod(up: Scenario) -> None:
    up.ok("kill", "web", "side")
    assert up.pods()["web-pod-1"]["State"] in ("Exited", "Stopped")
    up.ok("rm", "-f", "web", "side", "setup")
    assert up.pods() == {}
    assert up.infra() == []
    up.ok("up", "-d")
    assert set(up.pods()) == {"web-pod-1"}


def test_exec_and_logs_must_work_with_members(up: Scenario) -> None:
    assert up.ok("exec", "-T", "side", "wget", "-qO-", "localhost").strip() == hosts_of(up, 1)
    (client,) = up.ids("client")
    assert up.inside(client, "true").returncode == 0
    assert "set up" in up.inside(web(up), "cat", f"/shared/{hosts_of(up, 1)}").stdout
    up.ok("logs", "web", "side")


def test_a_service_that_leaves_its_pod_must_take_its_place_outside(up: Scenario) -> None:
    file = up.folder / "compose.yaml"
    text = file.read_text()
    file.write_text(text.replace("    x-podman.pod: web\n", "    networks: [front]\n"))
    try:
        up.ok("up", "-d")
        assert not up.container("side")["Pod"]
        assert up.container("web")["Pod"]
    finally:
        file.write_text(text)
    up.ok("up", "-d")
    assert up.container("side")["Pod"] == up.container("web")["Pod"]


def test_a_file_without_pods_must_leave_none(up: Scenario) -> None:
    file = up.folder / "compose.yaml"
    text = file.read_text()
    start = text.index("x-podman:\n  pods:")
    plain = text[:start] + text[text.index("networks:\n  front:") :]
    lines = [line for line in plain.splitlines() if "x-podman" not in line]
    text_of_setup = "command: sh -c 'sleep 0.3; echo set up >> /shared/$$(hostname)'"
    file.write_text("\n".join(lines).replace(text_of_setup, "command: 'true'") + "\n")
    try:
        up.ok("up", "-d")
        assert up.pods() == {}
        assert up.infra() == []
        assert not any(one["Pod"] for one in up.containers())
    finally:
        file.write_text(text)
    up.ok("up", "-d")
    assert set(up.pods()) == {"web-pod-1"}
    assert all(one["Pod"] for one in up.containers("web", "side", "setup"))


def test_down_by_name_alone_must_leave_nothing(up: Scenario) -> None:
    up.ok("up", "-d", "--scale", "web=2")
    file = up.folder / "compose.yaml"
    text = file.read_text()
    file.unlink()
    try:
        up.ok("down", "-v")
        assert up.pods() == {}
        assert up.infra() == []
        assert up.containers() == []
    finally:
        file.write_text(text)


def test_a_member_that_crashes_must_follow_its_policy_and_stay_in_its_pod(
    scenario: ScenarioOf,
) -> None:
    crashes = scenario("crashes")
    crashes.ok("up", "-d")
    before = {service_of(one): one["Id"] for one in crashes.containers()}
    for one in before.values():
        crashes.inside(one, "sh", "-c", "kill -9 $(pidof sleep)")
    again = {"always-1": "running", "failing-1": "running", "never-1": "exited"}
    restarted = ("always", "failing")

    def settled() -> bool:
        counts = [crashes.container(name)["RestartCount"] for name in restarted]
        return all(counts) and crashes.states() == again

    wait_until(settled, what="restarts by policy")
    spaces = {crashes.inside(before[n], "readlink", "/proc/self/ns/net").stdout for n in restarted}
    assert len(spaces) == 1
    assert spaces != {""}
    assert crashes.container("never")["State"]["ExitCode"] == 137
    crashes.ok("up", "-d")
    assert set(crashes.states().values()) == {"running"}
    assert {service_of(one): one["Id"] for one in crashes.containers()} == before
