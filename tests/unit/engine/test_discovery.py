"""Which engine is meant by the environment and by Podman's own configuration."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from composer.engine.connect import connect
from composer.engine.discovery import Place, connections, demanded
from composer.engine.program import extra_arguments
from composer.errors import EngineError


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose home has a configuration of Podman."""
    (tmp_path / "containers").mkdir()
    return {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}


def configure(home: dict[str, str], text: str) -> None:
    Path(home["XDG_CONFIG_HOME"], "containers", "containers.conf").write_text(text)


TOML = """
[engine]
active_service = "far"
[engine.service_destinations.far]
uri = "ssh://me@far:22/run/podman/podman.sock"
identity = "/home/me/.ssh/id"
[engine.service_destinations.near]
uri = "unix:///run/near.sock"
"""


def test_nothing_is_demanded_by_default(home: dict[str, str]) -> None:
    assert demanded(home) is None


def test_container_host_comes_before_docker_host(home: dict[str, str]) -> None:
    home |= {"CONTAINER_HOST": "tcp://a:1", "DOCKER_HOST": "tcp://b:1"}
    assert demanded(home) == Place("tcp://a:1", "CONTAINER_HOST")


def test_the_key_of_an_address(home: dict[str, str]) -> None:
    home |= {"CONTAINER_HOST": "ssh://me@far", "CONTAINER_SSHKEY": "~/.ssh/far"}
    assert demanded(home) == Place("ssh://me@far", "CONTAINER_HOST", "~/.ssh/far")


def test_variables_come_before_connections(home: dict[str, str]) -> None:
    configure(home, TOML)
    home["DOCKER_HOST"] = "unix:///run/x.sock"
    found = demanded(home)
    assert found == Place("unix:///run/x.sock", "DOCKER_HOST")
    assert found.path == "/run/x.sock"


def test_a_plain_path_is_a_socket(home: dict[str, str]) -> None:
    home["CONTAINER_HOST"] = "/run/x.sock"
    assert demanded(home) == Place("unix:///run/x.sock", "CONTAINER_HOST")


def test_an_address_that_is_none(home: dict[str, str]) -> None:
    home["DOCKER_HOST"] = "npipe:////./pipe/docker"
    with pytest.raises(EngineError, match="is no address of an engine"):
        demanded(home)


def test_the_active_remote_connection(home: dict[str, str]) -> None:
    configure(home, TOML)
    found = demanded(home)
    assert found is not None
    assert found.url == "ssh://me@far:22/run/podman/podman.sock"
    assert found.identity == "/home/me/.ssh/id"


def test_an_active_local_connection_is_left_to_the_usual_sockets(home: dict[str, str]) -> None:
    configure(home, TOML.replace('"far"', '"near"'))
    assert demanded(home) is None


def test_a_named_connection(home: dict[str, str]) -> None:
    configure(home, TOML)
    found = demanded({**home, "CONTAINER_CONNECTION": "near"})
    assert found is not None
    assert found.url == "unix:///run/near.sock"
    assert demanded(home, "near") == found


def test_an_unknown_connection_lists_those_that_exist(home: dict[str, str]) -> None:
    configure(home, TOML)
    with pytest.raises(EngineError, match=r"no Podman connection 'nowhere' .*far, near"):
        demanded(home, "nowhere")


def test_the_json_file_wins(home: dict[str, str]) -> None:
    configure(home, TOML)
    destinations = {"far": {"URI": "tcp://other:1"}}
    path = Path(home["XDG_CONFIG_HOME"], "containers", "podman-connections.json")
    path.write_text(json.dumps({"Connection": {"Default": "far", "Connections": destinations}}))
    assert connections(home)["far"].url == "tcp://other:1"
    found = demanded(home)
    assert found is not None
    assert found.url == "tcp://other:1"


def test_a_broken_configuration_is_named(home: dict[str, str]) -> None:
    configure(home, "[engine\n")
    with pytest.raises(EngineError, match=r"containers\.conf cannot be read"):
        demanded(home)


def test_a_demanded_socket_without_listener(tmp_path: Path) -> None:
    path = tmp_path / "podman.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(EngineError) as caught:
        connect({"DOCKER_HOST": f"unix://{path}"})
    assert str(path) in caught.value.message
    assert "DOCKER_HOST" in caught.value.message
    assert "podman system service" in (caught.value.hint or "")
    assert caught.value.status == 0


def test_flags_for_podman() -> None:
    assert extra_arguments({}) == ()
    environ = {"COMPOSER_PODMAN_ARGS": "--root '/a b' --runroot /c"}
    assert extra_arguments(environ) == ("--root", "/a b", "--runroot", "/c")
