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


def test_config_imports_nothing_costly(tmp_path: Path) -> None:
    file = write(
        tmp_path, "services: {a: {image: x, ports: ['80:80'], depends_on: [b]}, b: {image: y}}"
    )
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)], capture_output=True, text=True, check=True
    )
    assert not set(result.stdout.split()).intersection(COSTLY)
