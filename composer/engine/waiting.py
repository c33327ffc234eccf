"""Waiting for a container's end, and running a command in it without a terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import msgspec

from composer.engine.detail import inspect
from composer.engine.libpod import Libpod, Query, segment
from composer.errors import EngineError

_POLL_SECONDS = 0.2
_ALIVE = ("running", "paused", "stopping", "restarting")


def wait_exit(libpod: Libpod, container: str, stop: Callable[[], bool]) -> int | None:
    """POST /libpod/containers/{name}/wait; the exit code, None when ``stop`` said so first.

    Podman answers with not a byte before the end, so that a thread of its own waits for it; when
    ``stop`` ends the wait, it is left behind. ``stop`` is asked five times a second.
    """
    while True:
        state = inspect(libpod, container).state
        if state.status not in _ALIVE:
            return state.exit_code
        question = _Wait(libpod, container)
        while not question.answered.wait(_POLL_SECONDS):
            if stop():
                return None
        code = question.code()
        # Podman 4.3 answers -1 for one that is already being removed; ask again for the truth.
        if code is not None:
            return code


class _Wait:
    """One question for a container's end, asked in a thread."""

    def __init__(self, libpod: Libpod, container: str) -> None:
        self.answered = threading.Event()
        self._answer = b""
        self._error: EngineError | None = None
        arguments = (libpod, container)
        threading.Thread(target=self._ask, args=arguments, daemon=True).start()

    def code(self) -> int | None:
        """The exit code, once it is answered; None when Podman knows none. Raises its error."""
        if self._error is not None:
            raise self._error
        text = self._answer.strip()
        return int(text) if text.isdigit() else None

    def _ask(self, libpod: Libpod, container: str) -> None:
        path = f"/containers/{segment(container)}/wait"
        query: Query = {"condition": ["stopped", "exited"], "interval": "50ms"}
        try:
            self._answer = libpod.call("POST", path, query, what=f"wait for {container}").body
        except EngineError as error:
            self._error = error
        finally:
            self.answered.set()


class _Created(msgspec.Struct):
    id: str = msgspec.field(name="Id")


class _Exec(msgspec.Struct):
    exit_code: int = msgspec.field(default=-1, name="ExitCode")


def probe(libpod: Libpod, container: str, command: Sequence[str]) -> bool:
    """Run ``command`` in a running container: POST …/exec, POST /exec/{id}/start."""
    what = f"probe {container}"
    body = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
    answer = libpod.call("POST", f"/containers/{segment(container)}/exec", body=body, what=what)
    identity = msgspec.json.decode(answer.body, type=_Created).id
    start = {"Detach": False, "Tty": False}
    with libpod.stream("POST", f"/exec/{identity}/start", body=start, what=what) as stream:
        while stream.read():
            pass
    return libpod.get(f"/exec/{identity}/json", kind=_Exec, what=what).exit_code == 0
