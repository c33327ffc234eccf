"""Probes of a waiting command leave no processes behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.engine.connect import connect
from tests.conftest import PodmanCall
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def monitors(container: str) -> list[str]:
    """Command lines of the monitors of commands that run, or ran, in ``container``."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            text = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "--exec-process-spec" in text and container in text:
            found.append(text)
    return found


def test_closing_the_engine_ends_the_monitors_of_its_probes(
    engine_socket: str, podman: PodmanCall
) -> None:
    identity = podman("run", "-d", "busybox", "sleep", "100").stdout.strip()
    try:
        engine = connect({"CONTAINER_HOST": f"unix://{engine_socket}"})
        assert engine.probe(identity, ["true"])
        assert not engine.probe(identity, ["false"])
        assert monitors(identity), "without this, the test shows nothing"
        engine.close()
        wait_until(lambda: not monitors(identity), 10, what="the end of the monitors")
    finally:
        podman("rm", "-f", "-t", "0", identity)
