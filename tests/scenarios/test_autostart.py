"""With no Podman socket anywhere the program starts the service itself, and it ends when idle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import machine
from tests.scenarios.steps import HERE
from tests.testbed import Testbed, clean_environ, store_options, wait_until

pytestmark = pytest.mark.engine


@pytest.fixture
def nowhere(engine: Testbed, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which no socket is to be found, with a store of its own."""
    settings = tmp_path / "containers.conf"
    volatile = engine.volatile / "alone"
    volatile.mkdir(mode=0o700)
    settings.write_text(machine.containers_conf(volatile / "tmp", engine.programs))
    options = store_options(tmp_path / "store", volatile)
    path = engine.environ()["PATH"]
    env = clean_environ() | {
        "PATH": path,
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(volatile),
        "CONTAINERS_CONF": str(settings),
        "COMPOSER_PODMAN_ARGS": " ".join(options),
    }
    # Half a minute of idleness is long in a test: the service is given less of it.
    hasty = tmp_path / "podman"
    own = shutil.which("podman", path=path) or "podman"
    hasty.write_text(f'#!/bin/bash\nexec {own} "${{@/#--time=30/--time=5}}"\n')
    hasty.chmod(0o755)
    env["COMPOSER_PODMAN"] = str(hasty)
    image = tmp_path / "busybox.tar"
    engine.podman("save", "-q", "-o", str(image), "docker.io/library/busybox:latest")
    subprocess.run([own, *options, "load", "-q", "-i", str(image)], env=env, check=True)
    yield env
    for number in services(tmp_path):
        os.kill(number, signal.SIGTERM)
    wait_until(lambda: not services(tmp_path), what="end of the service")
    subprocess.run([own, *options, "rm", "-fa", "-t", "0"], env=env, check=True)
    subprocess.run([own, *options, "network", "prune", "-f"], env=env, check=True)
    subprocess.run(["umount", "-l", str(tmp_path / "store" / "root" / "overlay")], check=False)


def services(store: Path) -> list[int]:
    """Process ids of Podman services that use ``store``."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "service" in command and any(str(store) in word for word in command):
            found.append(int(entry.name))
    return found


def test_everything_must_work_with_no_socket_and_the_service_must_end_when_idle(
    nowhere: dict[str, str], composer_program: str, tmp_path: Path
) -> None:
    assert not Path("/run/podman/podman.sock").exists()
    assert not [name for name in nowhere if name in ("CONTAINER_HOST", "DOCKER_HOST")]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [composer_program, "-p", "alone", *arguments],
            cwd=HERE / "plain",
            env=nowhere,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done

    run("up", "-d")
    shown = run("ps", "--format", "json").stdout
    assert shown.count('"running"') == 2
    assert services(tmp_path), "no service runs: what answered?"
    assert run("exec", "-T", "one", "echo", "reached").stdout.strip() == "reached"
    wait_until(lambda: not services(tmp_path), 60, what="end of the idle service")
    # Containers outlive the service; the next command starts another one.
    run("down", "-v")
    options = nowhere["COMPOSER_PODMAN_ARGS"].split()
    left = subprocess.run(
        ["podman", *options, "ps", "-aq"], env=nowhere, capture_output=True, text=True, check=True
    )
    assert left.stdout == ""
