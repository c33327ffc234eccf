"""``use_api_socket``: the engine's socket and the user's logins in a container."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from composer.engine.api_socket import logins
from composer.engine.container_spec import container_spec
from composer.spec.model import Service
from tests.unit.engine.sample import context


@pytest.fixture
def login_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"auths": {"quay.io": {"auth": "c2VjcmV0"}, "empty": {}}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(file))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return file


def test_the_socket_is_mounted_and_logins_are_copied_in(login_file: Path) -> None:
    made = context(Service(name="app", image="x", use_api_socket=True))
    spec = container_spec(made)
    (mount,) = [m for m in spec["mounts"] if m["destination"] == "/var/run/docker.sock"]
    assert mount["source"] == made.around.socket
    assert spec["env"] == {"DOCKER_CONFIG": "/run/secrets/docker"}
    (file,) = made.files
    assert file.path == "/run/secrets/docker/config.json"
    assert json.loads(file.content) == {"auths": {"quay.io": {"auth": "c2VjcmV0"}}}
    assert "c2VjcmV0" not in json.dumps(spec)


def test_a_service_that_says_where_its_configuration_is_keeps_it(login_file: Path) -> None:
    said: dict[str, str | None] = {"DOCKER_CONFIG": "/mine"}
    spec = container_spec(
        context(Service(name="app", image="x", use_api_socket=True, environment=said))
    )
    assert spec["env"] == said


def test_a_socket_of_another_machine_is_warned_of(login_file: Path) -> None:
    made = context(Service(name="app", image="x", use_api_socket=True))
    made = replace(made, around=replace(made.around, socket="", local=False))
    spec = container_spec(made)
    assert "mounts" not in spec
    assert made.files == []
    assert any("use_api_socket" in text for text in made.warnings)


def test_files_that_cannot_be_read_are_passed_over(login_file: Path, tmp_path: Path) -> None:
    login_file.write_text("no json")
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text('{"auths": {"docker.io": {"auth": "x"}}}')
    environ = {"REGISTRY_AUTH_FILE": str(login_file), "HOME": str(tmp_path)}
    assert logins(environ)["docker.io"] == {"auth": "x"}
