"""Loads a project in a process of its own that may use only so much memory and time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

MEMORY = 200 * 2**20
"""The bytes of address space that the process may have."""

SECONDS = 10
"""Of a processor's time. A project takes at most 2; the rest is for slow machines."""

WAIT = 120
"""Seconds on the clock after which it is given up."""


class Outcome(NamedTuple):
    """``text`` is the YAML that ``config`` would print, or the error's message."""

    loaded: bool
    text: str


def load_limited(
    folder: Path, *files: str, environ: Mapping[str, str] | None = None, stdin: int | None = None
) -> Outcome:
    """Load ``files`` of the project in ``folder``, or those that are found there.

    Fails if anything but a result or a ``ComposerError`` comes out, or a limit is reached.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, __file__, json.dumps(dict(environ or {})), *files],
        cwd=folder,
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=WAIT,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    loaded, _, text = done.stdout.partition("\n")
    return Outcome(loaded == "loaded", text)


def main() -> None:
    """What the process does. A ``MemoryError`` of ours is not caught: it would hide the limit."""
    from composer.errors import ComposerError
    from composer.spec import Options, load_canonical, to_json, to_yaml

    environ, *files = sys.argv[1:]
    try:
        options = Options(files=tuple(files), environ=json.loads(environ), project_name="p")
        mapping = load_canonical(options).mapping
        to_json(mapping)
        text = f"loaded\n{to_yaml(mapping)}"
    except ComposerError as error:
        text = f"refused\n{error}"
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[3])
    main()
