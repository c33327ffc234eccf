"""Entries of the name server that failed starts have left: which go, and which stay."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from composer.engine import name_entries
from composer.engine.libpod import Libpod
from composer.engine.name_entries import concerned, folder, forget
from composer.engine.transport import Response

FAILED, INFRA, RUNS, OTHER = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


class Podman:
    """A transport to a rootless Podman with two containers, one of them in a pod."""

    url = "unix:///nowhere"

    def __init__(self, run_root: Path) -> None:
        member = {"Id": FAILED, "Pod": "p", "State": {"Status": "created"}}
        self.answers: dict[str, Any] = {
            "/info": {"store": {"runRoot": str(run_root)}},
            "/containers/app/json": member,
            f"/containers/{FAILED}/json": member,
            f"/containers/{INFRA}/json": {"Id": INFRA, "State": {"Status": "created"}},
            f"/containers/{RUNS}/json": {"Id": RUNS, "State": {"Status": "running"}},
            "/pods/p/json": {"InfraContainerID": INFRA},
        }

    def request(self, method: str, path: str, body: bytes = b"", **_: Any) -> Response:
        found = self.answers.get(path.removeprefix("/v4.0.0/libpod"))
        status = 404 if found is None else 200
        return Response(status, json.dumps(found or {"cause": "no such container"}).encode())

    def stream(self, *_: object) -> Any:
        raise NotImplementedError

    def upload(self, *_: object) -> Response:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.fixture
def libpod(tmp_path: Path) -> Libpod:
    folder(str(tmp_path)).mkdir(parents=True)
    return Libpod(Podman(tmp_path))


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The signals that were sent to the name server, which is this process."""
    sent: list[tuple[int, int]] = []
    comm = Path(f"/proc/{os.getpid()}/comm").read_text().strip()
    monkeypatch.setattr(name_entries, "PROGRAM", comm)
    monkeypatch.setattr(name_entries, "folder", lambda root: Path(root, "networks/aardvark-dns"))
    monkeypatch.setattr(os, "kill", lambda process, number: sent.append((process, number)))
    (tmp_path / "networks/aardvark-dns/aardvark.pid").write_text(str(os.getpid()))
    return sent


def entries(root: Path, network: str, *containers: str) -> Path:
    file = root / "networks/aardvark-dns" / network
    lines = [f"{one} 10.1.0.{n} fd00::{n} {one[:3]}" for n, one in enumerate(containers, 2)]
    file.write_text("\n".join(["10.1.0.1,fd00::1", *lines, ""]))
    return file


HUP = [(os.getpid(), signal.SIGHUP)]


def test_what_did_not_start_goes_alone(
    libpod: Libpod, tmp_path: Path, told: list[tuple[int, int]]
) -> None:
    front = entries(tmp_path, "front", OTHER, FAILED, RUNS)
    back = entries(tmp_path, "back", INFRA)
    away = entries(tmp_path, "away", OTHER)
    before = away.read_text()
    forget(libpod, concerned(libpod, "app"))
    assert front.read_text().splitlines() == [
        "10.1.0.1,fd00::1",
        f"{OTHER} 10.1.0.2 fd00::2 ddd",
        f"{RUNS} 10.1.0.4 fd00::4 ccc",
    ]
    assert not back.exists(), "a network with nobody in it"
    assert away.read_text() == before
    assert told == HUP
    assert {file.name for file in front.parent.iterdir()} == {"front", "away", "aardvark.pid"}
    assert [file.name for file in front.parent.parent.iterdir()] == ["aardvark-dns"]


def test_what_runs_after_all_stays(
    libpod: Libpod, tmp_path: Path, told: list[tuple[int, int]]
) -> None:
    file = entries(tmp_path, "front", RUNS)
    before = file.read_text()
    forget(libpod, {RUNS})
    assert file.read_text() == before
    assert told == []


def test_what_is_gone_by_now_goes_too(
    libpod: Libpod, tmp_path: Path, told: list[tuple[int, int]]
) -> None:
    file = entries(tmp_path, "front", OTHER)
    forget(libpod, {OTHER})
    assert not file.exists()
    assert told == HUP


def test_another_process_with_the_number_of_the_name_server_is_left_alone(
    libpod: Libpod, tmp_path: Path, told: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_entries, "PROGRAM", "aardvark-dns")
    file = entries(tmp_path, "front", FAILED)
    forget(libpod, {FAILED})
    assert not file.exists()
    assert told == []


def test_no_entries_are_no_failure(tmp_path: Path) -> None:
    forget(Libpod(Podman(tmp_path)), {FAILED})


def test_a_container_that_is_not_there_concerns_nobody(libpod: Libpod) -> None:
    assert concerned(libpod, "nobody") == set()
