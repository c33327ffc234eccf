"""The pytest-docker plugin runs with composer as its compose command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import free_port

pytestmark = pytest.mark.engine

INNER = """
import urllib.request
import pytest

PORT = {port}

@pytest.fixture(scope="session")
def docker_compose_command():
    return "{program}"

@pytest.fixture(scope="session")
def docker_compose_file():
    return ["{folder}/compose.yaml"]

@pytest.fixture(scope="session")
def docker_compose_project_name():
    return "{name}"

def answers():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{{PORT}}/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False

def test_service(docker_services):
    docker_services.wait_until_responsive(answers, timeout=30, pause=0.1)
"""


def test_the_plugin_must_bring_services_up_and_take_them_down(scenario: ScenarioOf) -> None:
    page = scenario("scaling")
    port = free_port()
    inner = page.folder / "test_inner.py"
    text = INNER.format(port=port, program=page.program, folder=page.folder, name=page.name)
    inner.write_text(text)
    (page.folder / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(inner)],
        cwd=page.folder,
        env=page.environ({"PROXY_PORT": str(port)}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert page.containers() == []
    assert page.resources("network") == set()
