"""Bridges are told to announce a new hardware address, where Podman's network stack does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from composer.engine import bridges
from composer.engine.bridges import Bridges
from composer.engine.libpod import Libpod
from composer.engine.transport import Response
from composer.state import Capabilities


class _Podman:
    """A transport to a Podman with these bridges."""

    url = "unix:///nowhere"

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.asked = 0

    def request(self, method: str, path: str, body: bytes = b"", **_: Any) -> Response:
        assert path.endswith("/networks/json")
        self.asked += 1
        networks = [{"driver": "bridge", "network_interface": name} for name in self.names]
        networks.append({"driver": "macvlan", "network_interface": "eth0"})
        return Response(200, json.dumps(networks).encode(), "4.3.1")

    def stream(self, *_: object) -> Any:
        raise NotImplementedError

    def upload(self, *_: object) -> Response:
        raise NotImplementedError

    def close(self) -> None: ...


class _Probe:
    def __init__(self, version: str, *, rootless: bool = False) -> None:
        self.able = Capabilities(version=version, rootless=rootless)

    def get(self) -> Capabilities:
        return self.able


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kernel's settings of three interfaces."""
    for name in ("podman1", "podman2", "eth0"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "arp_notify").write_text("0\n")
    monkeypatch.setattr(bridges, "_SETTINGS", tmp_path)
    return tmp_path


def told(settings: Path) -> set[str]:
    return {path.parent.name for path in settings.glob("*/arp_notify") if "1" in path.read_text()}


def attending(podman: _Podman, version: str = "4.3.1", *, local: bool = True) -> Bridges:
    return Bridges(Libpod(podman), _Probe(version), local=local)  # type: ignore[arg-type]


def test_bridges_alone_are_set_and_looked_for_once(settings: Path) -> None:
    podman = _Podman("podman1", "gone")
    own = attending(podman)
    own.attend()
    own.attend()
    assert told(settings) == {"podman1"}
    assert podman.asked == 1


def test_a_bridge_that_was_made_again_is_set_again(settings: Path) -> None:
    own = attending(_Podman("podman1"))
    own.attend()
    (settings / "podman1" / "arp_notify").write_text("0\n")
    own.attend()
    assert told(settings) == {"podman1"}


def test_a_new_network_is_looked_for(settings: Path) -> None:
    podman = _Podman("podman1")
    own = attending(podman)
    own.attend()
    podman.names.append("podman2")
    own.networks_changed()
    own.attend()
    assert told(settings) == {"podman1", "podman2"}


@pytest.mark.parametrize(("version", "local"), [("4.8.0", True), ("5.4.2", True), ("4.3.1", False)])
def test_nothing_is_set_where_bridges_keep_their_address_or_are_elsewhere(
    settings: Path, version: str, local: bool
) -> None:
    podman = _Podman("podman1")
    attending(podman, version, local=local).attend()
    assert told(settings) == set()
    assert podman.asked == 0


def test_without_rights_each_name_servers_network_is_entered_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its network ends with it, and the next one has another."""
    living, entered = [10], list[str]()
    monkeypatch.setattr(bridges, "_name_servers", lambda: iter(living))
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/nsenter")
    monkeypatch.setattr("subprocess.run", lambda command, **_: entered.append(command[1]))
    own = Bridges(Libpod(_Podman()), _Probe("4.3.1", rootless=True), local=True)  # type: ignore[arg-type]
    own.attend()
    own.attend()
    living[:] = [11]
    own.attend()
    assert entered == ["--target=10", "--target=11"]
