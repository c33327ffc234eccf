"""``doctor`` must find what is broken on the real engine, and nothing where all is well."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario

pytestmark = pytest.mark.engine


def checks(work: Scenario, code: int) -> dict[str, dict[str, Any]]:
    done = work.run("doctor", "--format", "json")
    assert done.returncode == code, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["healthy"] is (code == 0)
    return {check["check"]: check for check in found["checks"]}


def test_the_doctor_must_tell_what_is_broken_and_the_command_that_mends_it(
    scenario: ScenarioOf,
) -> None:
    work = scenario("plain")
    found = checks(work, 0)
    assert found["version"]["status"] == found["names"]["status"] == "ok"
    assert found["file"]["message"].startswith(work.name)

    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()
        service = {"image": "busybox", "ports": [f"{server.getsockname()[1]}:80"]}
        project = {
            "services": {"web": service},
            "networks": {"default": {"external": True, "name": f"{work.name}-missing"}},
        }
        (work.folder / "compose.yaml").write_text(json.dumps(project))
        found = checks(work, 1)
        assert "taken by another program" in found["services.web.ports"]["message"]
        mended = found["networks.default"]["fix"]
        assert mended == f"podman network create {work.name}-missing"

    (work.folder / "compose.yaml").write_text("services: {web: {imge: busybox}}\n")
    found = checks(work, 1)
    assert "compose.yaml:1:" in found["file"]["message"]
    assert found["version"]["status"] == "ok"
    done = work.run("doctor", env={"CONTAINER_HOST": f"unix://{work.folder}/none.sock"})
    assert done.returncode == 1
    assert "no Podman listens" in done.stdout
    assert "Traceback" not in done.stderr
