"""What commands do not import, because it would cost start-up time."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"networkx", "podman", "rich", "importlib.metadata"}
ALL = (
    "composer.usecases.up",
    "composer.plan.up",
    "composer.plan.images",
    "composer.graph.sequence",
)


@pytest.mark.parametrize(
    "names",
    [
        (*ALL, "composer.scheduler", "composer.ui.progress", "composer.engine.podman_engine"),
        ("composer.usecases.down", "composer.plan.down", "composer.scheduler"),
        ("composer.usecases.lifecycle", "composer.plan.lifecycle", "composer.scheduler"),
        ("composer.usecases.look", "composer.ui.ps", "composer.engine.podman_engine"),
        ("composer.usecases.config",),
    ],
    ids=["up", "down", "stop", "ps", "config"],
)
def test_a_command_does_without_what_is_heavy(names: tuple[str, ...]) -> None:
    program = f"import sys, {', '.join(names)}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    assert not HEAVY.intersection(modules)
    assert not [name for name in modules if name.startswith("composer.kube")]
    # Whether systemd manages a project is one look for a file.
    known = {"composer.systemd", "composer.systemd.places", "composer.systemd.units"}
    assert {name for name in modules if name.startswith("composer.systemd")} <= known
