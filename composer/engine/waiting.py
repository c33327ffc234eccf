"""Waiting for a container's end, checking its health, and running a probe in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from composer.engine.detail import inspect
from composer.engine.libpod import Libpod, Query, segment
from composer.state import HealthResult

_POLL_SECONDS = 0.2
_ALIVE = ("running", "paused", "stopping", "restarting")


def wait_exit(libpod: Libpod, container: str, stop: Callable[[], bool]) -> int | None:
    """POST /libpod/containers/{name}/wait; the exit code, None when ``stop`` said so first.

    ``stop`` is asked five times a second.
    """
    path = f"/containers/{segment(container)}/wait"
    query: Query = {"condition": ["stopped", "exited"], "interval": "50ms"}
    while True:
        state = inspect(libpod, container).state
        if state.status not in _ALIVE:
            return state.exit_code
        with libpod.stream("POST", path, query, what=f"wait for {container}") as answer:
            while (data := answer.read(_POLL_SECONDS)) is None:
                if stop():
                    return None
        # Podman 4.3 answers -1 for one that is already being removed; ask again for the truth.
        if data.strip().isdigit():
            return int(data)


class _Health(msgspec.Struct, rename="pascal"):
    status: str = ""


def run_healthcheck(libpod: Libpod, container: str) -> HealthResult:
    """GET /libpod/containers/{name}/healthcheck.

    The answer tells how this run ended; what the engine makes of it (retries, start period) is in
    the container.
    """
    path = f"/containers/{segment(container)}/healthcheck"
    passed = libpod.get(path, kind=_Health, what=f"check {container}").status == "healthy"
    counted = inspect(libpod, container).state.health
    last = counted.log[-1].output.strip() if counted and counted.log else ""
    return HealthResult(status=counted.status if counted else "", passed=passed, output=last)


class _Created(msgspec.Struct):
    id: str = msgspec.field(name="Id")


class _Exec(msgspec.Struct):
    exit_code: int = msgspec.field(default=-1, name="ExitCode")


def probe(
    libpod: Libpod, container: str, command: Sequence[str], began: Callable[[str], None]
) -> bool:
    """Run ``command`` in a running container: POST …/exec, POST /exec/{id}/start.

    ``began`` is told the id of the exec session.
    """
    what = f"probe {container}"
    body = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
    answer = libpod.call("POST", f"/containers/{segment(container)}/exec", body=body, what=what)
    identity = msgspec.json.decode(answer.body, type=_Created).id
    began(identity)
    start = {"Detach": False, "Tty": False}
    with libpod.stream("POST", f"/exec/{identity}/start", body=start, what=what) as stream:
        while stream.read() != b"":
            pass
    return libpod.get(f"/exec/{identity}/json", kind=_Exec, what=what).exit_code == 0
