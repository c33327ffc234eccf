"""The engine under test, and a workbench that makes small projects and leaves nothing behind."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from composer.engine.connect import connect
from composer.engine.podman_engine import PodmanEngine
from composer.spec.model import Network, Project, Service, Volume
from tests.testbed import Testbed, wait_until

BUSYBOX = "docker.io/library/busybox:latest"
DEBIAN = "docker.io/library/debian:bookworm-slim"
SLEEP = ("sleep", "300")


class Workbench:
    """Makes the containers of one project with the engine under test."""

    def __init__(self, engine: PodmanEngine, testbed: Testbed) -> None:
        self.engine = engine
        self.testbed = testbed
        self.name = f"it-{uuid.uuid4().hex[:8]}"

    def project(
        self,
        *services: Service,
        networks: dict[str, bool] | None = None,
        volumes: tuple[str, ...] = (),
        **more: Any,
    ) -> Project:
        """A project; ``networks`` says by key which are internal. Networks and volumes are made."""
        project = Project(
            name=self.name,
            working_dir="/",
            services={service.name: service for service in services},
            networks={
                key: Network(key=key, name=f"{self.name}_{key}", internal=internal)
                for key, internal in (networks or {}).items()
            },
            volumes={key: Volume(key=key, name=f"{self.name}_{key}") for key in volumes},
            **more,
        )
        for key in project.networks:
            self.engine.create_network(project, key)
        for key in volumes:
            self.engine.create_volume(project, key)
        return project

    def up(self, project: Project, service: str, number: int = 1, **more: Any) -> str:
        """Create and start one replica; its id."""
        name = f"{project.name}-{service}-{number}"
        container = self.engine.create_container(project, service, number, name=name, **more)
        self.engine.start(container)
        return container

    def run(self, container: str, *command: str) -> str:
        """What a command in the container prints; it has to succeed."""
        done = self.fails(container, *command)
        assert done.returncode == 0, (command, done.stderr)
        return done.stdout

    def fails(self, container: str, *command: str) -> subprocess.CompletedProcess[str]:
        """The outcome of a command that may fail."""
        return self.testbed.api.execute(container, *command)


@pytest.fixture(scope="session")
def podman_engine(engine_env: dict[str, str]) -> Iterator[PodmanEngine]:
    """The engine under test, as the environment says."""
    connected = connect(engine_env)
    yield connected
    connected.close()


@pytest.fixture
def bench(podman_engine: PodmanEngine, engine: Testbed) -> Iterator[Workbench]:
    """A workbench for one test."""
    made = Workbench(podman_engine, engine)
    yield made
    engine.remove_project(made.name)


def service(name: str, *networks: str, image: str = BUSYBOX, **more: Any) -> Service:
    """A service that sleeps, on ``networks``."""
    more.setdefault("command", SLEEP)
    more.setdefault("stop_signal", "SIGKILL")
    more.setdefault("networks", dict.fromkeys(networks))
    more.setdefault("config_hash", "1")
    return Service(name=name, image=image, **more)


__all__ = ["BUSYBOX", "DEBIAN", "SLEEP", "Workbench", "service", "wait_until"]
