"""The typed project."""

from __future__ import annotations

from pathlib import Path

from composer.spec.model import Attachment, Mount, Port, Ulimit
from tests.unit.spec.projects import project

TEXT = """\
x-top: {a: 1}
services:
  web:
    image: nginx
    command: run it
    mem_limit: 64m
    cpus: 0.5
    stop_grace_period: 1m30s
    healthcheck: {test: curl x, interval: 5s, retries: 3}
    ports: ["8080:80"]
    volumes: ["data:/data", "./src:/src:ro"]
    networks: {front: {aliases: [w]}, back: }
    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
    environment: {A: 1, MISSING: }
    depends_on: {db: {condition: service_healthy, restart: true}}
    deploy: {replicas: 3, resources: {limits: {memory: 64m, cpus: "0.5"}}}
    x-podman: {no_hosts: true}
    build: {context: ., ulimits: {nproc: 7}, shm_size: 1k}
  db: {image: db, init: false}
  debug: {image: debug, profiles: [debug]}
networks: {front: , back: {internal: true}, unused: }
volumes: {data: {x-v: 1}}
secrets: {s: {environment: TOKEN}}
"""


def test_the_parts_of_a_service(tmp_path: Path) -> None:
    web = project(tmp_path, TEXT).services["web"]
    assert web.name == "web"
    assert web.command == ("run", "it")
    assert web.mem_limit == 64 * 1024 * 1024
    assert web.stop_grace_period is not None
    assert web.stop_grace_period.seconds == 90
    assert web.healthcheck is not None
    assert web.healthcheck.test == ("CMD-SHELL", "curl x")
    assert web.healthcheck.interval == 5_000_000_000
    assert web.ports == (Port(target=80, published="8080"),)
    assert web.volumes[0].source == "data"
    assert web.volumes[1] == Mount(
        type="bind",
        source=f"{tmp_path}/src",
        target="/src",
        read_only=True,
        bind=web.volumes[1].bind,
    )
    assert web.volumes[1].bind is not None
    assert web.volumes[1].bind.create_host_path
    assert web.networks == {"front": Attachment(aliases=("w",)), "back": None}
    assert web.ulimits == {"nproc": Ulimit(soft=5, hard=5), "nofile": Ulimit(soft=1, hard=2)}
    assert web.environment == {"A": "1", "MISSING": None}
    assert web.depends_on["db"].condition == "service_healthy"
    assert web.depends_on["db"].restart
    assert web.replicas == 3
    assert web.extensions == {"x-podman": {"no_hosts": True}}
    assert web.build is not None
    assert web.build.ulimits == {"nproc": Ulimit(soft=7, hard=7)}
    assert web.build.shm_size == 1024


def test_a_false_that_was_said_is_kept(tmp_path: Path) -> None:
    assert project(tmp_path, TEXT).services["db"].init is False


def test_inactive_services_are_kept_apart(tmp_path: Path) -> None:
    loaded = project(tmp_path, TEXT)
    assert sorted(loaded.services) == ["db", "web"]
    assert loaded.disabled_services["debug"].image == "debug"
    active = project(tmp_path, TEXT, profiles=("debug",))
    assert "debug" in active.services
    assert active.disabled_services == {}
    named = project(tmp_path, TEXT, services=("debug",))
    assert "debug" in named.services


def test_resources_have_their_names_and_only_used_ones_are_there(tmp_path: Path) -> None:
    loaded = project(tmp_path, TEXT, project_name="p")
    assert {key: one.name for key, one in loaded.networks.items()} == {
        "front": "p_front",
        "back": "p_back",
        "default": "p_default",
    }
    assert loaded.networks["back"].internal
    assert loaded.volumes["data"].name == "p_data"
    assert loaded.volumes["data"].extensions == {"x-v": 1}
    assert loaded.secrets == {}
    assert loaded.extensions == {"x-top": {"a": 1}}


def test_positions_lead_to_what_was_said(tmp_path: Path) -> None:
    loaded = project(tmp_path, TEXT)
    place = loaded.where("services.web.ports[0]")
    assert place is not None
    assert (place.line, place.column) == (10, 13)
    below = loaded.where("services.web.volumes[1].source")
    assert below is not None
    assert below.line == 11
    implied = loaded.where("services.db.networks.default")
    assert implied is not None
    assert implied.line == 19
