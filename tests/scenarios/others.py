"""Other people's programs: where they are, and the folder that they find podman and us in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.testbed import CHECKOUT, Testbed

CLIENTS = CHECKOUT / ".clients"
"""Where `make clients` puts what is no Python package."""


def beside_python(name: str) -> str | None:
    """The path of a program that came with a package of the development environment."""
    found = Path(sys.executable).parent / name
    return str(found) if found.exists() else None


def podman_compose() -> str:
    """The real podman-compose; skips the test where it is not installed."""
    found = os.environ.get("COMPOSER_PODMAN_COMPOSE") or beside_python("podman-compose")
    if found is None:
        pytest.skip("podman-compose is not installed: pip install -e '.[dev]'")
    return found


def devcontainer() -> str:
    """The devcontainer program; skips the test where it is not installed."""
    found = shutil.which("devcontainer") or str(CLIENTS / "node_modules/.bin/devcontainer")
    if not Path(found).exists() or shutil.which("node") is None:
        pytest.skip("the devcontainer program is not installed: `make clients` (needs npm)")
    return found


def programs(folder: Path, testbed: Testbed, composer: str) -> Path:
    """A folder for ``PATH`` with a ``podman`` on the test engine, and composer under all names."""
    made = folder / "programs"
    made.mkdir()
    own = shutil.which("podman", path=testbed.environ()["PATH"])
    script = made / "podman"
    script.write_text(f'#!/bin/sh\nexec {own} --url unix://{testbed.socket} "$@"\n')
    script.chmod(0o755)
    for name in ("composer", "docker-compose", "podman-compose"):
        (made / name).symlink_to(composer)
    return made


def on_path(folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """``environ`` in which the programs of ``folder`` are found first."""
    return environ | {"PATH": f"{folder}{os.pathsep}{environ['PATH']}"}
