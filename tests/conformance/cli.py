"""The commands and flags of docker-compose, read from its ``--help``, and what composer lacks.

``python -m tests.conformance.cli`` prints what is lacking, and records the real program's commands
where it is installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conformance.oracle import find

RECORDED = Path(__file__).parent / "recorded-cli.json"

Flags = dict[str, bool]
"""By name with its dashes, whether a flag takes a value."""
Commands = dict[str, Flags]
"""The flags of each command; those of the program itself by an empty name."""

NO_MEANING = {
    "bridge": "it runs converters that are images of Docker's, and asks Docker Desktop for them",
    "publish": "it stores the Compose file in a registry in a form that Docker Compose alone reads",
    "build --check": "it is a check of BuildKit's; Podman's builds have none",
    "build --print": "it prints a file for BuildKit's bake, which Podman does not read",
}
"""Commands and flags that cannot mean anything on Podman, with the reason."""

_COMMAND = re.compile(r"^  ([a-z]+) {2,}\S", re.MULTILINE)
_FLAG = re.compile(r"^ +(?:(-\w), +)?(--[\w-]+)(?: (\w+))?(?: {2,}|$)", re.MULTILINE)


def of_docker_compose(program: str) -> Commands:
    """The commands of the real program, by asking each for help."""
    text = _help(program)
    commands = _COMMAND.findall(text.partition("Commands:")[2])
    return {"": _flags(text)} | {name: _flags(_help(program, name)) for name in sorted(commands)}


def _help(program: str, *command: str) -> str:
    done = subprocess.run([program, *command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def _flags(text: str) -> Flags:
    found: Flags = {}
    for short, name, kind in _FLAG.findall(text.partition("Options:")[2]):
        found |= {flag: bool(kind) for flag in (short, name) if flag}
    return found


def of_composer() -> Commands:
    """The commands of composer, with hidden ones."""
    import typer

    from composer.cli.app import app
    from composer.cli.commands import ALIASES

    root: Any = typer.main.get_command(app)
    names = [*root.list_commands(None), *ALIASES]
    commands = {name: root.get_command(None, name) for name in names}
    return {name: _options(command) for name, command in {"": root, **commands}.items()}


def _options(command: Any) -> Flags:
    return {
        flag: not param.is_flag
        for param in command.params
        if param.param_type_name == "option"
        for flag in param.opts
    }


def theirs() -> Commands:
    """The commands of docker-compose: asked for where it is installed, else as recorded."""
    program = find()
    if program is not None:
        return of_docker_compose(program)
    recorded: Commands = json.loads(RECORDED.read_text())
    return recorded


def lacking(wanted: Mapping[str, Flags], present: Mapping[str, Flags]) -> list[str]:
    """What of ``wanted`` is not ``present`` and could be, as ``COMMAND --FLAG``."""
    found = []
    for command, flags in wanted.items():
        if command not in present:
            found.append(command)
            continue
        for flag, takes_value in flags.items():
            name = f"{command} {flag}".strip()
            if flag not in present[command]:
                found.append(name)
            elif present[command][flag] != takes_value:
                found.append(f"{name} ({'with' if takes_value else 'without'} a value)")
    return [name for name in found if name not in NO_MEANING]


def main() -> int:
    """Record what the real program has, and print what composer lacks. Returns the exit code."""
    program = find()
    if program is not None:
        known = of_docker_compose(program)
        lines = [f"{json.dumps(name)}: {json.dumps(known[name])}" for name in known]
        RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    missing = lacking(theirs(), of_composer())
    sys.stdout.write("".join(f"{name}\n" for name in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
