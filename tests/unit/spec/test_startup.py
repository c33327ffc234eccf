"""What loading a project does not import, because it would cost start-up time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.unit.spec.projects import write

PROGRAM = """
import sys
from composer.spec import Options, load_canonical, to_yaml
to_yaml(load_canonical(Options(files=(sys.argv[1],))).mapping)
print(*sorted(sys.modules))
"""
COSTLY = (
    "composer.spec.model",
    "msgspec",
    "podman",
    "networkx",
    "rich",
    "difflib",
    "dotenv",
    "composer.spec.dotenv",
)


TYPED = """
import sys
from composer.spec import Options, load
load(Options(files=(sys.argv[1],)))
print(*sorted(sys.modules))
"""
HEAVY = ("podman", "networkx", "rich", "typer", "importlib.metadata")


def modules(program: str, folder: Path) -> set[str]:
    """What is imported when ``program`` runs on a file."""
    text = "services: {a: {image: x, ports: ['80:80'], depends_on: [b]}, b: {image: y}}"
    command = [sys.executable, "-c", program, str(write(folder, text))]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_config_imports_nothing_costly(tmp_path: Path) -> None:
    assert not modules(PROGRAM, tmp_path).intersection((*COSTLY, *HEAVY))


def test_the_typed_project_imports_nothing_heavy(tmp_path: Path) -> None:
    assert not modules(TYPED, tmp_path).intersection(HEAVY)
