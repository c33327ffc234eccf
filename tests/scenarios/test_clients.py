"""Programs that were written for Docker Compose or podman-compose run with composer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios import others
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port
from tests.testbed import Testbed

pytestmark = pytest.mark.engine


def environment(project: Scenario, folder: Path, **more: str) -> dict[str, str]:
    """The environment of a program that finds podman and composer on its ``PATH``."""
    made = others.programs(folder, project.testbed, project.program)
    docker = {"DOCKER_HOST": f"unix://{project.testbed.socket}"}
    return others.on_path(made, project.environ({**docker, **more}))


TESTCONTAINERS = """
from testcontainers.compose import DockerCompose

compose = DockerCompose(".", docker_command_path="composer", wait=False)
with compose:
    assert compose.get_service_port("app", 80) == {port}
    assert compose.exec_in_container(["echo", "said"], "app")[0] == "said\\n"
    assert "two" in "".join(compose.get_logs("app"))
    assert [c.Service for c in compose.get_containers(include_all=True)] == ["app", "longer"]
    print("all is well")
"""


def test_testcontainers_must_bring_a_project_up_and_take_it_away(
    scenario: ScenarioOf, tmp_path: Path
) -> None:
    pytest.importorskip("testcontainers.compose", reason="testcontainers is not installed")
    project = scenario("dropped_in")
    file = project.folder / "compose.yaml"
    stays = '["sleep", "1000"]\n    stop_signal: SIGKILL'
    file.write_text(file.read_text().replace('["false"]', stays))
    port = free_port()
    environ = environment(project, tmp_path, APP_PORT=str(port), COMPOSE_PROJECT_NAME=project.name)
    done = subprocess.run(
        [sys.executable, "-c", TESTCONTAINERS.format(port=port)],
        cwd=project.folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "all is well\n"
    assert project.containers() == []
    assert project.resources("network") == set()


def test_devcontainer_must_build_start_and_enter_a_container(
    scenario: ScenarioOf, tmp_path: Path
) -> None:
    program = others.devcontainer()
    project = scenario("developed")
    environ = environment(project, tmp_path, COMPOSE_PROJECT_NAME=project.name, HOME=str(tmp_path))
    where = ["--workspace-folder", str(project.folder)]
    tools = ["--docker-path", "podman", "--docker-compose-path", "composer"]

    def call(command: str, *more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [program, command, *where, *tools, *more],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    told = json.loads(call("up").stdout.splitlines()[-1])
    assert told["outcome"] == "success"
    assert told["composeProjectName"] == project.name
    developed = project.container("dev")
    assert developed["Id"] == told["containerId"]
    assert project.container("beside")["State"]["Status"] == "running"
    assert (project.folder / ".created").read_text() == "created\n"
    assert call("exec", "cat", "/usr/local/share/tool").stdout == "tool\n"
    # A second time it finds the container that is there.
    assert json.loads(call("up").stdout.splitlines()[-1])["containerId"] == developed["Id"]
    assert project.ids("dev") == [developed["Id"]]


def test_podman_compose_must_run_with_composer_as_its_provider(
    engine: Testbed, scenario: ScenarioOf, tmp_path: Path
) -> None:
    major, minor, *_ = engine.podman("version", "--format={{.Client.Version}}").stdout.split(".")
    if (int(major), int(minor)) < (4, 7):
        pytest.skip("`podman compose` came with Podman 4.7: `make test-matrix`")
    project = scenario("dropped_in")
    port = free_port()
    environ = environment(
        project,
        tmp_path,
        APP_PORT=str(port),
        COMPOSE_PROJECT_NAME=project.name,
        PODMAN_COMPOSE_PROVIDER=project.program,
    )

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["podman", "compose", *words],
            cwd=project.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert call("up", "-d", "app").returncode == 0
    assert project.container("app")["Name"] == f"{project.name}-app-1"
    assert call("exec", "-T", "app", "sh", "-c", "exit 3").returncode == 3
    assert call("port", "app", "80").stdout == f"127.0.0.1:{port}\n"
    assert call("down", "-v").returncode == 0
    assert project.containers() == []


SCRIPT = """
set -e
docker-compose up -d app
test "$(docker-compose port app 80)" = "127.0.0.1:$APP_PORT"
test "$(docker-compose version --short)" = 2.40.3
docker-compose exec -T app echo said by docker-compose
docker-compose down -v
podman-compose up -d app
test "$(podman-compose port app 80)" = "$APP_PORT"
podman exec "${COMPOSE_PROJECT_NAME}_app_1" echo said by podman
podman-compose exec -T app echo said by podman-compose
podman-compose down -v
if podman-compose ps -q | grep -q .; then exit 9; fi
"""


def test_scripts_must_run_with_the_names_of_others(scenario: ScenarioOf, tmp_path: Path) -> None:
    project = scenario("dropped_in")
    environ = environment(
        project, tmp_path, APP_PORT=str(free_port()), COMPOSE_PROJECT_NAME=project.name
    )
    done = subprocess.run(
        ["sh", "-c", SCRIPT],
        cwd=project.folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        *("said by docker-compose", "said by podman", "said by podman-compose")
    ]
    assert project.containers() == []
