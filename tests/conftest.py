"""Fixtures: a real Podman of the tests' own, the program, a project that is cleaned up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tests import rootless, testbed
from tests.booted import Machine
from tests.testbed import Testbed

PodmanCall = Callable[..., subprocess.CompletedProcess[str]]


class ComposerCall(Protocol):
    """Runs the installed program in a folder and returns what it printed and its exit code."""

    def __call__(
        self,
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 120.0,
    ) -> subprocess.CompletedProcess[str]: ...


def pytest_configure() -> None:
    """Take Ctrl-C, also in the background of a script, where the shell has it ignored.

    Programs that are started would inherit that, and nothing could interrupt them.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    """The test engine, running and isolated, with all images; nothing of it runs afterwards."""
    if os.geteuid() != 0:
        pytest.skip("a Podman in namespaces of its own needs root")
    if rootless.asked_for() and (obstacle := rootless.obstacle()):
        pytest.skip(f"nobody can run Podman without rights here: {obstacle}")
    # Images are built in another process: once isolated, this one reaches no package registry.
    wanted = [["tests.testbed", "provide"]]
    if not rootless.asked_for() and any(map(_boots, request.session.items)):
        wanted.append(["tests.booted"])
    # Each waits for a package registry most of the time.
    making = [
        subprocess.Popen([sys.executable, "-m", *words], cwd=testbed.CHECKOUT) for words in wanted
    ]
    for words, process in zip(wanted, making, strict=True):
        assert process.wait(600) == 0, f"{' '.join(words)} failed"
    with Testbed() as running:
        yield running


def _boots(item: pytest.Item) -> bool:
    """Whether a test needs the machine of ``tests.booted``."""
    return "booted" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="module")
def booted(engine: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with systemd for the tests of a module: each leaves it as it was.

    Other modules have the engine for themselves.
    """
    if engine.rootless:
        pytest.skip("a machine is booted in a privileged container")
    machine = Machine(engine, tmp_path_factory.mktemp("booted"), "booted")
    try:
        machine.boot()
        yield machine
    finally:
        machine.remove()


@pytest.fixture(scope="session")
def engine_socket(engine: Testbed) -> str:
    """Path of the socket on which the test engine answers."""
    return engine.socket


@pytest.fixture(scope="session")
def engine_env(engine: Testbed) -> dict[str, str]:
    """The environment for programs that shall use the test engine and nothing else."""
    return engine.environ()


@pytest.fixture(scope="session")
def podman(engine: Testbed) -> PodmanCall:
    """Calls the podman program on the test engine, to observe what is there."""
    return engine.podman


@pytest.fixture(scope="session")
def composer_program() -> str:
    """Path of the program that users install."""
    beside = Path(sys.executable).parent / "composer"
    found = str(beside) if beside.exists() else shutil.which("composer")
    assert found, "the program is not installed: pip install -e ."
    return found


@pytest.fixture
def composer(composer_program: str, engine_env: dict[str, str]) -> ComposerCall:
    """Calls the installed program on the test engine."""

    def call(
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 120.0,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [composer_program, *arguments],
            cwd=cwd,
            env=engine_env | dict(env or {}),
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return call


@pytest.fixture
def project(engine: Testbed) -> Iterator[Callable[[], str]]:
    """Makes unique project names; all that carries them is removed after the test."""
    names: list[str] = []

    def new() -> str:
        names.append(unique_name())
        return names[-1]

    yield new
    for name in names:
        engine.remove_project(name)


def unique_name() -> str:
    """A name for a project that no other test has."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def wait_until() -> Callable[..., object]:
    """Waits for a condition: see ``tests.testbed.wait_until``."""
    return testbed.wait_until
