"""The manifests of every sample answer as the sample does, played by composer and by Podman itself.

Those that ``test_kube_generated`` plays by composer, and scales, are here by Podman alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import SAMPLES, Scenario, fetch_ready, free_port
from tests.testbed import Testbed, wait_until

pytestmark = pytest.mark.engine


@dataclass
class Played:
    """What runs, and is found by the names of services whoever has played it."""

    testbed: Testbed
    port: int

    def containers(self, service: str) -> list[str]:
        """The names of the containers of a service."""
        names = [one["Names"][0] for one in self.testbed.api.get("/containers/json?all=true")]
        return [n for n in names if n.endswith(f"-{service}") or f"-{service}-" in n]

    def said(self, service: str) -> str:
        """What the containers of a service have written."""
        told = [self.testbed.podman("logs", name, check=False) for name in self.containers(service)]
        return "".join(done.stdout + done.stderr for done in told)

    def asked(self, service: str, url: str) -> str:
        """What a container of a service gets from ``url``; empty if nothing."""
        words = ("wget", "-q", "-O", "-", url)
        return self.testbed.api.execute(self.containers(service)[0], *words).stdout

    def must_say(self, service: str, text: str) -> None:
        wait_until(lambda: text in self.said(service), what=f"{text!r} of {service}")


def scrapes(played: Played) -> None:
    played.must_say("scraper", "legacy_up 1")
    played.must_say("scraper", 'legacy_jobs_total{result="done"}')


def asks_the_database(played: Played) -> None:
    played.must_say("app", "apples from blue")


def waits(played: Played) -> None:
    played.must_say("client", "slow is ready")


def sells(played: Played) -> None:
    assert json.loads(fetch_ready(played.port, "/stock")) == {"apples": 2, "pears": 5}


def migrates(played: Played) -> None:
    played.must_say("app", "written by the migration")


def is_all(played: Played) -> None:
    assert played.containers("app")
    assert not played.containers("debug") + played.containers("load")


def balances(played: Played) -> None:
    assert fetch_ready(played.port).strip()


def talks(played: Played) -> None:
    def answer() -> str:
        return played.asked("counter", "http://localhost/")

    said = wait_until(answer, what="an answer over the socket")
    assert "over /sockets/backend.sock" in said
    played.must_say("worker", "settings: blue")


def forwards(played: Played) -> None:
    def forwarded() -> bool:
        played.asked("forwarder", "http://localhost/for-all")
        return "GET /for-all" in played.said("collector")

    wait_until(forwarded, what="the line in the collector")


def counts(played: Played) -> None:
    assert json.loads(fetch_ready(played.port, "/api"))["visits"] >= 1


ANSWERS: dict[str, Callable[[Played], None]] = {
    "adapter": scrapes,
    "ambassador": asks_the_database,
    "health-gated": waits,
    "microservices": sells,
    "migration": migrates,
    "profiles": is_all,
    "scaling": balances,
    "shared-ipc": talks,
    "sidecar": forwards,
    "three-tier": counts,
}


def prepared(scenario: ScenarioOf, name: str) -> tuple[Scenario, Played]:
    work = scenario(name)
    port = free_port()
    work.env |= {key: str(port) for key in ("PORT", "WEB_PORT", "PROXY_PORT")}
    work.env["CLIENTS"] = str(SAMPLES / "three-tier" / "app")
    return work, Played(work.testbed, port)


def test_every_sample_is_here() -> None:
    assert set(ANSWERS) == {path.name for path in SAMPLES.iterdir()}


SCALED = {"microservices", "three-tier"}


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - SCALED))
def test_composer_must_play_what_is_generated(scenario: ScenarioOf, name: str) -> None:
    work, played = prepared(scenario, name)
    work.ok("kube", "generate", "-o", "all.yaml")
    work.ok("kube", "play", "-d", "all.yaml")
    ANSWERS[name](played)


NOT_BY_PODMAN = {
    "migration": "an init container that fails is not run again",
    "scaling": "replicas have no name in common: Podman knows no Services",
}
"""Samples that Podman's own play cannot bring to life, and why."""

ABLE = (4, 4)
"""The first Podman whose play mounts single files of a volume, which most samples have, and gives
containers a ``PATH`` whose image has none, as the busybox of the others."""


@pytest.fixture
def podmans_own(engine: Testbed) -> Iterator[None]:
    """Take all away that Podman has played: it has no project's name."""
    yield
    engine.clear()
    engine.podman("secret", "rm", "--all")


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - NOT_BY_PODMAN.keys()))
@pytest.mark.usefixtures("podmans_own")
def test_podman_must_play_what_is_generated(scenario: ScenarioOf, name: str) -> None:
    work, played = prepared(scenario, name)
    version = work.testbed.api.get("/version")["Version"].split(".")
    if (int(version[0]), int(version[1])) < ABLE:
        pytest.skip("this Podman mounts no single files of volumes, and sets no PATH")
    work.ok("kube", "generate", "--kind", "pod", "--host-ports", "-o", "all.yaml")
    work.ok("build")
    work.ok("kube", "play", "--engine", "podman", "all.yaml")
    ANSWERS[name](played)
