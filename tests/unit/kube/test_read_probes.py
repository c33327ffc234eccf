"""Probes as health checks, and the commands that they become, run by a real shell."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from composer.kube.read.cursor import Cursor
from composer.kube.read.probes import http_command
from composer.spec.model import Healthcheck
from composer.spec.podman import podman_extensions
from composer.spec.tree import Map
from tests.unit.kube.manifests import container, read, service


def check(folder: Path, said: str) -> Healthcheck:
    found = service(folder, container(said)).healthcheck
    assert found is not None
    return found


def test_kubernetes_own_times_are_said(tmp_path: Path) -> None:
    found = check(tmp_path, "readinessProbe: {exec: {command: [ok, now]}}")
    assert found.test == ("CMD", "ok", "now")
    assert found.interval is not None
    assert found.interval.seconds == 10
    assert found.timeout is not None
    assert found.timeout.seconds == 1
    assert found.retries is None or found.retries == 3
    assert found.start_period is None


def test_a_command_of_the_shell_stays_one(tmp_path: Path) -> None:
    found = check(tmp_path, 'readinessProbe: {exec: {command: [/bin/sh, -c, "a || b"]}}')
    assert found.test == ("CMD-SHELL", "a || b")


def test_the_startup_probe_gives_time(tmp_path: Path) -> None:
    said = (
        "readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 5, periodSeconds: 3}\n"
        "startupProbe: {tcpSocket: {port: 80}, periodSeconds: 2, failureThreshold: 30}\n"
    )
    found = check(tmp_path, said)
    assert found.start_period is not None
    assert found.start_period.seconds == 65
    assert found.interval is not None
    assert found.interval.seconds == 3


def test_a_port_is_looked_up_by_its_name(tmp_path: Path) -> None:
    said = "ports: [{containerPort: 5432, name: db}]\nreadinessProbe: {tcpSocket: {port: db}}"
    word, text = check(tmp_path, said).test
    assert word == "CMD-SHELL"
    assert text.startswith("nc -z 127.0.0.1 5432 ")
    assert ":1538 " in text


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("livenessProbe: {exec: {command: [a]}}", "restart"),
        ("readinessProbe: {exec: {command: [a]}}", None),
        (
            "readinessProbe: {exec: {command: [a]}}\nlivenessProbe: {exec: {command: [a]}}",
            "restart",
        ),
    ],
)
def test_what_fails_its_liveness_probe_is_restarted(
    tmp_path: Path, said: str, action: str | None
) -> None:
    found = podman_extensions(service(tmp_path, container(said)).extensions)
    assert found.get("on_unhealthy") == action


def test_another_liveness_probe_than_the_readiness_probe_is_kept_beside_it(tmp_path: Path) -> None:
    said = (
        "readinessProbe: {exec: {command: [ready]}}\n"
        "livenessProbe: {exec: {command: [alive]}, periodSeconds: 4, failureThreshold: 2}"
    )
    found = service(tmp_path, container(said))
    assert found.healthcheck is not None
    assert found.healthcheck.test == ("CMD", "ready")
    extension = podman_extensions(found.extensions)
    assert "on_unhealthy" not in extension
    assert extension["liveness"]["test"] == ["CMD", "alive"]
    assert extension["liveness"]["interval"] == "4s"
    assert extension["liveness"]["retries"] == 2


def test_grpc_is_warned_of(tmp_path: Path) -> None:
    said = "livenessProbe: {grpc: {port: 9}}"
    assert service(tmp_path, container(said)).healthcheck is None
    assert "composer asks nothing over gRPC" in read(tmp_path, container(said)).warnings[0]


# --- by a real shell ------------------------------------------------------------------------------


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/well?a=1&b=$c" and self.headers.get("X-Key") == 'a"b $HOME %s'
        self.send_response(204 if known else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _command(port: int, path: str) -> str:
    header = Map({"name": "X-Key", "value": 'a"b $HOME %s'}.items())
    said = Map({"port": port, "path": path, "httpHeaders": [header]}.items())
    nothing = Cursor(Map(), "c", None)
    return http_command(nothing, Cursor(said, "p", None), 5)


@pytest.mark.parametrize("program", ["curl", "wget", "bash"])
def test_http_is_asked_with_what_is_there(tmp_path: Path, port: int, program: str) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"there is no {program}")
    (tmp_path / program).symlink_to(found)
    for path, code in (("/well?a=1&b=$c", True), ("/ill", False)):
        done = subprocess.run(
            ["/bin/sh", "-c", _command(port, path)],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            timeout=20,
        )
        assert (done.returncode == 0) == code, done.stderr


def test_nothing_to_ask_with_is_not_well(tmp_path: Path, port: int) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", _command(port, "/well?a=1&b=$c")], env={"PATH": str(tmp_path)}
    )
    assert done.returncode == 1
