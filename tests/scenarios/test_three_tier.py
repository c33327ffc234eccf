"""A developer brings a three-tier application up, uses it, changes it, and takes it down.

The file is the sample of the same name; each test starts from the application as it runs.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.recorder import recording
from tests.scenarios.steps import Scenario, fetch_ready, free_port, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

PS_KEYS = frozenset(
    (
        *("Command", "CreatedAt", "ExitCode", "Health", "ID", "Image", "Labels", "LocalVolumes"),
        *("Mounts", "Name", "Names", "Networks", "Ports", "Project", "Publishers", "RunningFor"),
        *("Service", "Size", "State", "Status"),
    )
)
"""What Docker Compose prints for each container."""


@pytest.fixture(scope="module")
def app(shared: ScenarioOf) -> Scenario:
    """The application, running and answering."""
    scenario = shared("three-tier")
    scenario.env["WEB_PORT"] = str(free_port())
    scenario.ok("up", "-d", "--build")
    fetch_ready(port(scenario), "/api")
    return scenario


@pytest.fixture
def one(app: Scenario) -> Scenario:
    """The application with one replica of app, whatever the test before did."""
    app.ok("up", "-d", "--scale", "app=1")
    fetch_ready(port(app), "/api")
    return app


@pytest.fixture
def three(one: Scenario) -> Scenario:
    """The application with three replicas of app."""
    one.ok("up", "-d", "--scale", "app=3")
    return one


def port(scenario: Scenario) -> int:
    return int(scenario.env["WEB_PORT"])


def knows(scenario: Scenario, container: str, name: str, addresses: set[str]) -> None:
    """``name`` has just ``addresses`` for a container, once the name server has read of them."""

    def as_expected() -> bool:
        return scenario.addresses(container, name) == addresses

    wait_until(as_expected, 10, what=f"{name} at {addresses}")


def visit(scenario: Scenario) -> dict[str, object]:
    answer = json.loads(fetch_ready(port(scenario), "/api"))
    assert isinstance(answer, dict)
    return answer


def test_dependencies_must_start_before_dependants(app: Scenario) -> None:
    begin = {name: started(app.container(name)) for name in ("db", "redis", "app", "web")}
    assert max(begin["db"], begin["redis"]) < begin["app"] < begin["web"]


def test_ps_must_show_four_running_containers_with_dockers_keys(one: Scenario) -> None:
    shown = [json.loads(line) for line in one.ok("ps", "--format", "json").splitlines()]
    assert {line["Service"]: line["State"] for line in shown} == dict.fromkeys(
        ("web", "app", "db", "redis"), "running"
    )
    assert all(set(line) >= PS_KEYS for line in shown)
    ids = set(one.ids())
    assert all(any(full.startswith(line["ID"]) for full in ids) for line in shown)
    (web,) = (line for line in shown if line["Service"] == "web")
    published = {each["PublishedPort"]: each["TargetPort"] for each in web["Publishers"]}
    assert published == {port(one): 80}


def test_each_visit_must_be_counted_and_written(one: Scenario) -> None:
    first, second = visit(one), visit(one)
    assert second["visits"] == int(str(first["visits"])) + 1
    assert second["rows"] == int(str(first["rows"])) + 1
    assert str(one.container("app")["Config"]["Hostname"]) == second["host"]
    assert "<h1>Three tiers</h1>" in fetch_ready(port(one))


def test_exec_must_reach_the_names_of_both_networks(one: Scenario) -> None:
    for name in ("db", "redis", "web"):
        answer = one.ok("exec", "-T", "app", "getent", "hosts", name)
        (address,) = {line.split()[0] for line in answer.splitlines()}
        own = one.container(name)["NetworkSettings"]["Networks"].values()
        assert address in {network["IPAddress"] for network in own}


def test_exec_must_pass_on_the_exit_code_of_its_command(one: Scenario) -> None:
    assert one.run("exec", "-T", "app", "sh", "-c", "exit 7").returncode == 7


def test_web_must_not_resolve_what_is_on_backend_alone(one: Scenario) -> None:
    for name in ("db", "redis"):
        assert one.run("exec", "-T", "web", "getent", "hosts", name).returncode == 2


def test_internal_network_must_have_no_way_out(one: Scenario) -> None:
    def default_routes(service: str) -> list[str]:
        table = one.ok("exec", "-T", service, "cat", "/proc/net/route").splitlines()[1:]
        return [line for line in table if line.split()[1] == "00000000"]

    assert default_routes("db") == []
    assert default_routes("redis") == []
    assert default_routes("web") != []


def test_names_must_resolve_after_a_neighbour_was_restarted(one: Scenario) -> None:
    one.ok("restart", "db")
    app = one.container("app")["Id"]
    (network,) = one.container("db")["NetworkSettings"]["Networks"].values()
    knows(one, app, "db", {network["IPAddress"]})
    visit(one)


def test_names_must_resolve_after_a_neighbour_was_recreated(one: Scenario) -> None:
    before = one.ids("db")
    one.ok("up", "-d", "--force-recreate", "--no-deps", "db")
    assert one.ids("db") != before
    app = one.container("app")["Id"]
    (network,) = one.container("db")["NetworkSettings"]["Networks"].values()
    knows(one, app, "db", {network["IPAddress"]})
    assert one.addresses(app, "redis")
    visit(one)


def test_names_must_resolve_however_often_neighbours_come_and_go(one: Scenario) -> None:
    """A bridge gets another hardware address then, of which all others on it have to know."""
    app = one.container("app")["Id"]
    for service in ("redis", "redis", "db", "redis"):
        one.ok("restart", service)
        for name in ("db", "redis", "web"):
            what = f"{name} after a restart of {service}"
            wait_until(lambda name=name: one.addresses(app, name), 10, what=what)  # type: ignore[misc]
    major, minor, *_ = one.testbed.api.get("/version")["Version"].split(".")
    if not one.testbed.rootless and (int(major), int(minor)) < (4, 8):
        assert set(_announcements(one).values()) == {"1"}


def _announcements(scenario: Scenario) -> dict[str, str]:
    """Whether the bridge of each network announces a new address."""
    found = {}
    for name in ("frontend", "backend"):
        network = scenario.testbed.api.get(f"/networks/{scenario.name}_{name}/json")
        bridge = network["network_interface"]
        setting = Path(f"/proc/sys/net/ipv4/conf/{bridge}/arp_notify")
        found[bridge] = setting.read_text().strip()
    return found


def test_scaling_up_must_touch_no_other_container(one: Scenario) -> None:
    before = {container["Id"]: started(container) for container in one.containers()}
    one.ok("up", "-d", "--scale", "app=3")
    after = {container["Id"]: started(container) for container in one.containers()}
    assert len(after) == 6
    assert before.items() <= after.items()
    names = [container["Name"] for container in one.containers("app")]
    assert names == [f"{one.name}-app-{number}" for number in (1, 2, 3)]


def test_a_scaled_name_must_answer_with_all_addresses(three: Scenario) -> None:
    frontend = f"{three.name}_frontend"
    replicas = {
        container["NetworkSettings"]["Networks"][frontend]["IPAddress"]
        for container in three.containers("app")
    }
    assert len(replicas) == 3
    knows(three, three.container("web")["Id"], "app", replicas)
    for container in three.containers("app"):
        # It is on the backend, too, with the others: their addresses there may come as well.
        own = container["Id"]
        wait_until(lambda own=own: three.addresses(own, "app") >= replicas, 10, what="all of app")  # type: ignore[misc]
        assert three.addresses(container["Id"], "db")
        assert three.addresses(container["Id"], "redis")


def test_the_proxy_must_use_all_replicas(three: Scenario) -> None:
    wanted = {str(container["Config"]["Hostname"]) for container in three.containers("app")}
    seen: set[str] = set()

    def all_seen() -> bool:
        seen.add(str(visit(three)["host"]))
        return seen == wanted

    wait_until(all_seen, what=f"answers of {wanted}")


def test_scaling_down_must_remove_the_newest(three: Scenario) -> None:
    first, *_ = three.ids("app")
    others = three.ids("web", "db", "redis")
    three.ok("up", "-d", "--scale", "app=1")
    assert three.ids("app") == [first]
    assert three.ids("web", "db", "redis") == others


def test_scale_must_do_the_same_as_up_with_scale(one: Scenario) -> None:
    first = one.ids("app")
    one.ok("scale", "app=2")
    assert one.ids("app")[:1] == first
    assert len(one.ids("app")) == 2


def test_a_second_up_must_make_no_changing_call(one: Scenario) -> None:
    before = {container["Id"]: started(container) for container in one.containers()}
    with recording(one.folder, one.testbed.socket) as recorder:
        done = one.run("up", "-d", env={"CONTAINER_HOST": recorder.url})
    assert done.returncode == 0, done.stderr
    assert recorder.requests, "nothing went through the recorder"
    assert recorder.changes == []
    after = {container["Id"]: started(container) for container in one.containers()}
    assert before == after
    said = done.stdout + done.stderr
    assert all(f"{one.name}-{service}-1" in said for service in ("web", "app", "db", "redis"))
    assert "running" in said.lower()


def test_a_changed_variable_must_recreate_its_service_alone(one: Scenario) -> None:
    app, others = one.ids("app"), one.ids("web", "db", "redis")
    one.ok("up", "-d", env={"GREETING": "Servus"})
    assert one.ids("app") != app
    assert len(one.ids("app")) == 1
    assert one.ids("web", "db", "redis") == others
    wait_until(lambda: visit(one)["greeting"] == "Servus", what="the new greeting")


def test_stop_and_start_must_keep_the_containers(one: Scenario) -> None:
    before = one.ids()
    one.ok("stop", "app")
    assert one.states()["app-1"] == "exited"
    one.ok("start", "app")
    assert one.states()["app-1"] == "running"
    assert one.ids() == before


def test_down_must_keep_volumes_and_down_v_must_remove_them(
    scenario_of_three_tier: Scenario,
) -> None:
    app = scenario_of_three_tier
    app.ok("up", "-d", "--build")
    assert visit(app)["visits"] == 1
    app.ok("down")
    assert app.containers() == []
    assert app.resources("network") == set()
    assert app.resources("volume") == {"pgdata", "redis-data"}
    app.ok("up", "-d")
    again = visit(app)
    assert (again["visits"], again["rows"]) == (2, 2)
    app.ok("down", "-v")
    assert app.containers() == []
    assert app.resources("network") == set()
    assert app.resources("volume") == set()


@pytest.fixture
def scenario_of_three_tier(scenario: ScenarioOf) -> Scenario:
    """The sample, not yet running."""
    made = scenario("three-tier")
    made.env["WEB_PORT"] = str(free_port())
    return made


def test_a_dry_run_must_change_nothing_and_give_causes(scenario_of_three_tier: Scenario) -> None:
    fresh = scenario_of_three_tier
    with recording(fresh.folder, fresh.testbed.socket) as recorder:
        env = {"CONTAINER_HOST": recorder.url}
        done = fresh.run("up", "-d", "--dry-run", env=env)
        first = fresh.run("--dry-run", "up", "-d", env=env)
    assert done.returncode == 0, done.stderr
    assert first.returncode == 0, first.stderr
    assert recorder.requests, "nothing went through the recorder"
    assert recorder.changes == []
    assert fresh.containers() == []
    assert fresh.resources("network") == fresh.resources("volume") == set()
    plan = done.stdout + done.stderr
    for subject in ("web-1", "app-1", "db-1", "redis-1", "frontend", "backend", "pgdata"):
        assert subject in plan
    assert "not there" in plan


def test_graph_must_show_services_internal_networks_and_volumes(
    scenario_of_three_tier: Scenario,
) -> None:
    fresh = scenario_of_three_tier
    for arguments in ((), ("--format", "mermaid"), ("--format", "dot")):
        drawn = fresh.ok("graph", *arguments)
        for part in ("web", "app", "db", "redis", "frontend", "backend", "internal", "pgdata"):
            assert part in drawn, arguments
