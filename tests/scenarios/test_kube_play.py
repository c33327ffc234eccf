"""``kube play``: manifests of Kubernetes run on Podman as a Compose file does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, fetch_ready, free_port, number_of, started
from tests.testbed import CHECKOUT, wait_until

pytestmark = pytest.mark.engine

KUBE = CHECKOUT / "samples" / "kube"


def publish(work: Scenario, file: str, port: int) -> int:
    """Let the manifest publish another port of the host in the place of ``port``; that port."""
    path = work.folder / file
    found = free_port()
    text = path.read_text()
    assert f"port: {port}," in text
    path.write_text(text.replace(f"port: {port},", f"port: {found},"))
    return found


def nothing_is_left(work: Scenario) -> None:
    assert work.containers() == []
    assert work.pods() == {}
    assert work.infra() == []
    assert work.resources("network") == set()


@pytest.fixture(scope="module")
def web(shared: ScenarioOf) -> Iterator[tuple[Scenario, int]]:
    """The sample of two containers, and the port that it is reached at."""
    work = shared(str(KUBE / "web"))
    port = publish(work, "web.yaml", 8080)
    yield work, port
    work.ok("kube", "down", "web.yaml")
    nothing_is_left(work)


@pytest.fixture(scope="module")
def shop(shared: ScenarioOf) -> tuple[Scenario, int]:
    """The sample with init containers and probes, and the port that it is reached at."""
    work = shared(str(KUBE / "shop"))
    return work, publish(work, "shop.yaml", 8081)


# --- the two containers -------------------------------------------------------------------------


def test_containers_of_a_pod_must_reach_each_other_at_localhost(web: tuple[Scenario, int]) -> None:
    work, port = web
    work.ok("kube", "play", "-d", "--wait", "web.yaml")
    assert fetch_ready(port) == "hello from the pod\n"
    assert set(work.pods()) == {"web-1"}
    assert work.states() == {"app-1": "running", "proxy-1": "running"}
    assert work.inside(f"{work.name}-app-1", "cat", "/srv/app.js").stdout.count("$" + "{greeting}")


def test_playing_again_must_change_nothing(web: tuple[Scenario, int]) -> None:
    work, _ = web
    work.ok("kube", "play", "-d", "web.yaml")
    before = work.ids()
    work.ok("kube", "play", "-d", "web.yaml")
    assert work.ids() == before


def test_ps_and_logs_must_show_what_was_played(web: tuple[Scenario, int]) -> None:
    work, port = web
    work.ok("kube", "play", "-d", "web.yaml")
    fetch_ready(port)
    listed = [
        json.loads(x)
        for x in work.ok("kube", "ps", "web.yaml", "--format", "json").split("\n")
        if x
    ]
    assert {one["Service"] for one in listed} == {"app", "proxy"}
    assert work.ok("kube", "ps", "-q").split()  # -p names the project
    shown = work.ok("kube", "logs", "web.yaml", "-c", "proxy")
    assert "GET / HTTP" in shown
    assert "app-1" not in shown


def test_a_name_of_a_service_must_lead_to_the_pod(web: tuple[Scenario, int]) -> None:
    work, _ = web
    work.ok("kube", "play", "-d", "web.yaml")
    proxy = f"{work.name}-proxy-1"
    wait_until(lambda: work.addresses(proxy, "web"), 10, what="an address of web")
    assert work.addresses(proxy, "web") == work.addresses(proxy, "app")


def test_scaling_must_give_each_replica_a_pod_and_a_port(web: tuple[Scenario, int]) -> None:
    work, port = web
    done = work.run("kube", "play", "-d", "--wait", "--scale", "web=2", "web.yaml")
    assert done.returncode == 0, done.stderr
    assert f"each of 2 replicas has a port of its own: {port}-{port + 1}:80" in done.stderr
    assert set(work.pods()) == {"web-1", "web-2"}
    assert {number_of(one) for one in work.containers("app")} == {1, 2}
    assert fetch_ready(port) == fetch_ready(port + 1) == "hello from the pod\n"
    work.ok("kube", "play", "-d", "web.yaml")
    assert set(work.pods()) == {"web-1"}


def test_import_must_give_a_compose_file_that_runs(web: tuple[Scenario, int]) -> None:
    work, port = web
    work.ok("kube", "down", "web.yaml")
    work.ok("kube", "import", "web.yaml", "-o", "compose.yaml")
    work.ok("up", "-d", "--wait")
    assert fetch_ready(port) == "hello from the pod\n"
    work.ok("kube", "play", "-d", "web.yaml")
    work.ok("down")
    nothing_is_left(work)


# --- init containers, probes, claims --------------------------------------------------------------


def test_init_containers_must_end_one_after_the_other_before_the_others_start(
    shop: tuple[Scenario, int],
) -> None:
    work, port = shop
    work.ok("kube", "play", "-d", "--wait", "shop.yaml")
    assert fetch_ready(port) == "shop of default, token of 11 letters\n"
    pages, check, server = (work.container(name) for name in ("pages", "check", "web"))
    assert pages["State"]["ExitCode"] == check["State"]["ExitCode"] == 0
    assert pages["State"]["FinishedAt"] < started(check)
    assert check["State"]["FinishedAt"] < started(server)
    assert server["State"].get("Health", server["State"].get("Healthcheck"))["Status"] == "healthy"
    if not work.testbed.rootless:  # the tests' user has no control groups
        assert server["HostConfig"]["Memory"] == 128 * 2**20
        assert server["HostConfig"]["NanoCpus"] == 500_000_000


def test_a_secret_must_be_in_the_environment_and_nowhere_else(shop: tuple[Scenario, int]) -> None:
    work, _ = shop
    done = work.run("kube", "play", "-d", "shop.yaml")
    pages = work.container("pages")
    assert "TOKEN=open-sesame" in pages["Config"]["Env"]
    assert "open-sesame" not in json.dumps(pages["Config"]["Labels"])
    assert "open-sesame" not in done.stdout + done.stderr
    assert "open-sesame" not in work.ok("kube", "play", "--dry-run", "shop.yaml")


def test_a_job_must_end_and_find_a_stateful_set_by_the_name_of_its_service(
    shop: tuple[Scenario, int],
) -> None:
    work, _ = shop
    work.ok("kube", "play", "-d", "shop.yaml")
    store = f"{work.name}-store-1"

    def apples() -> str:
        return work.inside(store, "redis-cli", "get", "apples").stdout.strip()

    wait_until(lambda: apples() == "12", what="the work of the job")
    wait_until(lambda: work.states().get("fill-1") == "exited", what="the end of the job")
    assert work.inside(store, "hostname").stdout.strip() == "store-0"


def test_down_must_leave_the_claim_and_force_must_remove_it(shop: tuple[Scenario, int]) -> None:
    work, _ = shop
    work.ok("kube", "play", "-d", "shop.yaml")
    assert work.resources("volume") == {"data-1", "shop-site-1"}
    work.ok("kube", "down", "shop.yaml")
    nothing_is_left(work)
    assert work.resources("volume") == {"data-1"}
    work.ok("kube", "play", "-d", "shop.yaml")
    work.ok("kube", "down", "--force", "shop.yaml")
    nothing_is_left(work)
    assert work.resources("volume") == set()


def test_what_fails_its_liveness_probe_must_be_restarted_while_attached(
    shop: tuple[Scenario, int],
) -> None:
    work, port = shop
    with work.running("kube", "play", "shop.yaml") as process:
        fetch_ready(port)
        wait_until(lambda: work.states().get("web-1") == "running")
        server, store = work.container("web"), work.container("store")
        # One has a liveness probe beside another readiness probe, the other has nothing else.
        work.inside(server["Id"], "rm", "/usr/share/nginx/html/alive")
        work.inside(store["Id"], "sh", "-c", "mv $(command -v redis-cli) /tmp/gone")
        wait_until(lambda: started(work.container("web")) != started(server), what="web again")
        wait_until(lambda: started(work.container("store")) != started(store), what="store again")
        assert work.container("web")["Id"] == server["Id"]
        assert work.interrupt(process) == 130
    states = work.states()
    assert states["web-1"] == states["store-1"] == "exited"
    work.ok("kube", "down", "--force", "shop.yaml")


# --- much of what pods can say --------------------------------------------------------------------


def test_what_a_pod_says_must_be_so_inside_of_it(scenario: ScenarioOf) -> None:
    work = scenario("manifests")
    work.ok("kube", "play", "-d", "mixed.yaml")
    one, two = f"{work.name}-one-1", f"{work.name}-two-1"

    def said(container: str, line: str) -> str:
        return work.inside(container, "/bin/sh", "-c", line).stdout.strip()

    assert said(one, "id -u; id -g; id -G").split() == ["1000", "1000", "1000", "4242"]
    assert said(one, "hostname") == said(two, "hostname") == "mixer"
    assert said(one, "cat /deep/er/conf/a.txt; /deep/er/conf/run.sh").split() == ["A", "ran"]
    assert said(one, "wc -c < /deep/er/conf/raw") == "4"
    assert "far.away" in said(one, "cat /etc/hosts")
    assert said(one, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start") == "0"
    assert said(one, "touch /root/x && echo written") == ""
    said(one, "echo here > /memory/file")
    assert said(two, "cat /same/file; echo kept > /keep/sub/dir/file") == "here"
    assert said(one, "cat /keep/file") == "kept"
    assert said(two, "df -k /ram | tail -n 1").split()[1] == "4096"
    assert said(two, "grep -l sleep /proc/[0-9]*/cmdline | wc -l") != "1"  # it sees both
    inspected = work.container("one")
    assert inspected["Config"]["Labels"]["app"] == "mixed"
    assert inspected["Config"]["Annotations"]["note"] == "hello"
    assert inspected["EffectiveCaps"] in ([], None)
    work.ok("kube", "down", "mixed.yaml")
    nothing_is_left(work)
    assert work.resources("volume") == {"keep"}


def test_sidecars_and_replicas_of_a_stateful_set_must_come_in_order(scenario: ScenarioOf) -> None:
    work = scenario("manifests")
    work.ok("kube", "play", "-d", "--wait", "replicas.yaml")
    assert set(work.pods()) == {"db-1", "db-2"}
    assert work.resources("volume") == {"data-1", "data-2"}
    for number in (1, 2):
        (side, main) = (
            next(one for one in work.containers(name) if number_of(one) == number)
            for name in ("side", "main")
        )
        assert work.logs_of(main["Id"]).split() == ["prepared", "side"]
        assert started(side) < started(main)
    work.ok("kube", "down", "--force", "replicas.yaml")
    nothing_is_left(work)
    assert work.resources("volume") == set()


def test_waiting_must_go_on_while_a_job_is_tried_again(scenario: ScenarioOf) -> None:
    work = scenario("manifests")
    work.ok("kube", "play", "--wait", "job.yaml")
    wait_until(lambda: work.states() == {"again-1": "exited"}, 10, what="what is left of it")
    again = work.container("again")
    assert again["State"]["ExitCode"] == 0
    assert work.logs_of(again["Id"]).strip() == "done"
    work.ok("kube", "down", "job.yaml")
    # In the background nobody takes the first try for the last.
    work.ok("kube", "play", "-d", "job.yaml")
    work.ok("kube", "down", "job.yaml")


# --- by Podman itself -----------------------------------------------------------------------------


PODMANS = """\
apiVersion: v1
kind: Secret
metadata: {name: NAME-key}
stringData: {word: open-sesame}
---
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
    - name: c
      image: busybox:latest
      command: [/bin/sleep, "1000"]
      env: [{name: WORD, valueFrom: {secretKeyRef: {name: NAME-key, key: word}}}]
"""


def test_podman_must_play_the_same_file(scenario: ScenarioOf) -> None:
    work = scenario(str(KUBE / "web"))
    (work.folder / "pod.yaml").write_text(PODMANS.replace("NAME", work.name))
    work.ok("kube", "play", "--engine", "podman", "pod.yaml")
    try:
        # Podman 4.3 does not read variables of Secrets by itself.
        assert (
            work.inside(f"{work.name}-c", "/bin/sh", "-c", "echo $WORD").stdout == "open-sesame\n"
        )
    finally:
        work.ok("kube", "down", "--engine", "podman", "pod.yaml")
        work.testbed.podman("secret", "rm", f"{work.name}-key", check=False)
    names = [one["Names"][0] for one in work.testbed.api.get("/containers/json?all=true")]
    assert f"{work.name}-c" not in names


# --- what is wrong --------------------------------------------------------------------------------

GOOD = """\
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: app
      image: busybox:latest
      command: [sleep, "1000"]
"""


def test_what_is_wrong_must_be_told_with_its_places_and_start_nothing(
    web: tuple[Scenario, int],
) -> None:
    work, _ = web
    work.run("kube", "down", "web.yaml")
    folder = work.folder / "wrong"
    folder.mkdir()
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yml").write_text(GOOD.replace("command:", "comand:"))
    done = work.run("kube", "play", "-d", "wrong")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "wrong/b.yml:4:3: " in done.stderr
    assert "there is a Pod/app already: wrong/a.yaml:4:3" in done.stderr
    assert "wrong/b.yml:9:7: Pod/app: spec.containers[0].comand: is unknown" in done.stderr
    nothing_is_left(work)
