"""The samples with pods do what their READMEs say."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import SAMPLES, Scenario, fetch, fetch_ready, free_port, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def said(scenario: Scenario, service: str) -> list[str]:
    """The lines that the only container of a service has written."""
    return scenario.logs_of(scenario.container(service)["Id"]).splitlines()


def visit(port: int, path: str) -> None:
    """Ask for a page that there is not, as soon as somebody answers."""
    wait_until(lambda: fetch(port, path)[0] == 404, what=f"an answer for {path}")


def test_the_collector_must_get_the_lines_of_every_replica(scenario: ScenarioOf) -> None:
    app = scenario("sidecar")
    app.ok("up", "-d")
    listed = [json.loads(line) for line in app.ok("pod", "ls", "--format", "json").splitlines()]
    assert len(listed) == 3
    ports = {pod["Name"]: pod["Publishers"][0]["PublishedPort"] for pod in listed}
    for name, port in ports.items():
        visit(port, f"/for-{name}")

    def collected() -> bool:
        lines = said(app, "collector")
        return all(
            any(line.startswith(f"{name} ") and f"/for-{name} " in line for line in lines)
            for name in ports
        )

    wait_until(collected, what="a line of each replica in the collector")
    for forwarder in app.containers("forwarder"):
        assert app.inside(forwarder["Id"], "touch", "/logs/mine").returncode != 0
    app.ok("up", "-d", "--scale", "web=1")
    assert len(app.pods()) == 1
    assert len(app.containers("web", "forwarder")) == 2


def test_the_database_must_change_without_the_application(scenario: ScenarioOf) -> None:
    shop = scenario("ambassador")
    shop.ok("up", "-d")
    wait_until(lambda: "apples from blue" in said(shop, "app"), what="the first database")
    before = shop.container("app")
    shop.ok("up", "-d", env={"DATABASE": "green"})
    # What it says to its standard error while PgBouncer is replaced comes behind all else here.
    wait_until(lambda: "apples from green" in said(shop, "app"), 60, what="the second database")
    after = shop.container("app")
    assert (after["Id"], started(after)) == (before["Id"], started(before))
    address = next(iter(shop.addresses(shop.container("blue")["Id"], "app")))
    refused = shop.inside(shop.container("blue")["Id"], "pg_isready", "-h", address)
    assert refused.returncode == 2, "the ambassador has to be for its pod alone"


SAMPLE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>[a-z]+="[^"]*")\})? (?P<value>\d+)')


def scraped(lines: list[str]) -> list[dict[str, int]]:
    """The values by name and labels of each scrape. Fails on a line of another format."""
    found: list[dict[str, int]] = []
    for line in lines:
        if line.startswith("# HELP legacy_up "):
            found.append({})
        elif not line.startswith(("# HELP ", "# TYPE ")):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            found[-1][f"{sample['name']}/{sample['labels'] or ''}"] = int(sample["value"])
    return found[:-1]


def test_the_adapter_must_tell_in_prometheus_text_what_the_program_does(
    scenario: ScenarioOf,
) -> None:
    legacy = scenario("adapter")
    legacy.ok("up", "-d")

    done = 'legacy_jobs_total/result="done"'

    def progress() -> dict[str, int]:
        """The last scrape, once it tells of more jobs than the first one did."""
        found = scraped(said(legacy, "scraper"))
        return found[-1] if found and found[-1][done] > found[0][done] else {}

    last = wait_until(progress, what="more jobs")
    assert last["legacy_up/"] == 1
    assert {key.partition("/")[0] for key in last} == {
        "legacy_up",
        "legacy_jobs_total",
        "legacy_queue_length",
    }


def test_members_must_meet_in_memory_at_a_socket_and_by_signals(scenario: ScenarioOf) -> None:
    both = scenario("shared-ipc")
    port = free_port()
    both.env["PORT"] = str(port)
    both.ok("up", "-d")
    assert fetch_ready(port) == "request 1, over /sockets/backend.sock\n"
    assert fetch(port) == (200, "request 2, over /sockets/backend.sock\n")
    wait_until(lambda: "2" in said(both, "counter"), what="the count in another container")
    assert both.inside(both.container("worker")["Id"], "ls", "/dev/shm/requests").returncode != 0
    wait_until(lambda: "settings: blue" in said(both, "worker"), what="the first settings")
    (both.folder / "settings" / "colour").write_text("green\n")
    wait_until(lambda: "settings: green" in said(both, "worker"), what="the signal")
    both.ok("down", "-v", "-t", "1")
    assert not both.pods()


def post(port: int, path: str) -> tuple[str, dict[str, Any]]:
    """What a POST on the loopback gives: the pod that answered, and the answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["X-Pod"], json.load(answer)


def test_the_shop_must_work_once_the_one_command_has_ended(scenario: ScenarioOf) -> None:
    shop = scenario("microservices")
    port = free_port()
    shop.env |= {"PORT": str(port), "CLIENTS": str(SAMPLES / "three-tier" / "app")}
    shop.ok("up", "-d")
    begun = {one: started(shop.container(one)) for one in ("db", "orders", "orders-proxy")}
    gateway = started(shop.container("gateway"))
    assert begun["db"] < begun["orders"] < begun["orders-proxy"] < gateway
    assert json.loads(fetch(port, "/stock")[1]) == {"apples": 2, "pears": 5}
    names = {pod["Name"] for pod in shop.pods().values()}
    (orders,) = (name for name in names if "-orders-" in name)
    assert post(port, "/orders?item=apples") == (orders, {"id": 1})
    wait_until(lambda: fetch(port, "/mail")[1] == '["order 1: apples"]\n', what="the mail")
    assert json.loads(fetch(port, "/stock")[1])["apples"] == 1
    rows = [json.loads(line) for line in shop.ok("health", "--format", "json").splitlines()]
    assert {row["Health"] for row in rows} == {"healthy"}
    assert {row["Name"] for row in rows if row["Kind"] == "pod"} == names
    listening = shop.inside(shop.container("gateway")["Id"], "curl", "-s", "http://orders:3000/")
    assert listening.returncode == 7, "the service has to be for its pod alone"
    shop.ok("stop", "queue")
    failed = shop.run("health", "orders", "stock", "--format", "{{.Name}} {{.Health}}")
    assert failed.returncode == 1
    verdicts = dict(line.split() for line in failed.stdout.splitlines())
    assert verdicts[f"{shop.name}-stock-proxy-1"] == "healthy"
    assert verdicts[f"{shop.name}-orders-proxy-1"] == verdicts[orders] == "unhealthy"
    shop.ok("down", "-t", "1")
    assert not shop.pods()
