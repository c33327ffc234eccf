"""Runs commands in running containers: probes and hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from composer.engine.libpod import Libpod, decode, segment
from composer.engine.log_frames import LineReader


class _Created(msgspec.Struct):
    id: str = msgspec.field(name="Id")


class _Exec(msgspec.Struct):
    exit_code: int = msgspec.field(default=-1, name="ExitCode")


class Settings(msgspec.Struct, frozen=True):
    """How a command runs; what is not said is as the container has it."""

    user: str | None = None
    working_dir: str | None = None
    environment: Mapping[str, str] = {}
    privileged: bool = False


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
    body = {
        "Cmd": list(command),
        "AttachStdout": True,
        "AttachStderr": True,
        "Env": [f"{key}={text}" for key, text in settings.environment.items()],
        "Privileged": settings.privileged,
        "User": settings.user or "",
        "WorkingDir": settings.working_dir or "",
    }
    answer = libpod.call("POST", f"/containers/{segment(container)}/exec", body=body, what=what)
    identity = decode(answer.body, _Created).id
    began(identity)
    reader = LineReader()
    start = {"Detach": False, "Tty": False}
    with libpod.stream("POST", f"/exec/{identity}/start", body=start, what=what) as stream:
        while (data := stream.read()) != b"":
            if output is not None:
                for line in reader.feed(data or b""):
                    output(line.text)
    if output is not None:
        for line in reader.finish():
            output(line.text)
    return libpod.get(f"/exec/{identity}/json", kind=_Exec, what=what).exit_code
