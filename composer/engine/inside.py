"""Runs commands in running containers: probes, hooks, and the streams of a script."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from composer.engine.libpod import Libpod, decode, segment
from composer.engine.log_frames import LineReader

START = {"Detach": False, "Tty": False}
"""What a session is started with by one who takes its streams."""
_SETTLE = 5.0
"""Seconds that Podman has to note an exit code: it does so after the streams have ended."""
_POLL = 0.01


class _Created(msgspec.Struct):
    id: str = msgspec.field(name="Id")


class _Exec(msgspec.Struct):
    running: bool = msgspec.field(default=False, name="Running")
    exit_code: int = msgspec.field(default=-1, name="ExitCode")


class Settings(msgspec.Struct, frozen=True):
    """How a command runs; what is not said is as the container has it."""

    user: str | None = None
    working_dir: str | None = None
    environment: Mapping[str, str] = {}
    privileged: bool = False


def begin(
    libpod: Libpod,
    container: str,
    command: Sequence[str],
    settings: Settings,
    what: str,
    *,
    stdin: bool = False,
) -> str:
    """POST /libpod/containers/{name}/exec: the id of a session, which ``start`` starts."""
    body = {
        "Cmd": list(command),
        "AttachStdin": stdin,
        "AttachStdout": True,
        "AttachStderr": True,
        "Env": [f"{key}={text}" for key, text in settings.environment.items()],
        "Privileged": settings.privileged,
        "User": settings.user or "",
        "WorkingDir": settings.working_dir or "",
    }
    answer = libpod.call("POST", f"/containers/{segment(container)}/exec", body=body, what=what)
    identity: str = decode(answer.body, _Created).id
    return identity


def exit_code(libpod: Libpod, identity: str, what: str) -> int:
    """GET /libpod/exec/{id}/json: the exit code of a command whose streams have ended."""
    deadline = time.monotonic() + _SETTLE
    while True:
        known = libpod.get(f"/exec/{identity}/json", kind=_Exec, what=what)
        if not known.running or time.monotonic() > deadline:
            return known.exit_code
        time.sleep(_POLL)


def run_inside(
    libpod: Libpod,
    container: str,
    command: Sequence[str],
    settings: Settings,
    began: Callable[[str], None],
    output: Callable[[bytes], None] | None = None,
) -> int:
    """POST /libpod/containers/{name}/exec, POST /libpod/exec/{id}/start; the exit code.

    ``began`` is told the id of the exec session, ``output`` each line of both streams.
    """
    what = f"run {command[0] if command else 'nothing'} in {container}"
    identity = begin(libpod, container, command, settings, what)
    began(identity)
    reader = LineReader()
    with libpod.stream("POST", f"/exec/{identity}/start", body=START, what=what) as stream:
        while (data := stream.read()) != b"":
            if output is not None:
                for line in reader.feed(data or b""):
                    output(line.text)
    if output is not None:
        for line in reader.finish():
            output(line.text)
    return exit_code(libpod, identity, what)
