"""Waits for what a dependant needs: a healthy container, a finished one, a running one.

Podman's own health timers need systemd. Where that is missing nobody runs the checks, so the
waiting side does: it counts one check an interval, as Podman would, and between them tries the
check's command often, so that a dependant starts soon after its dependency is ready. Those tries go
through ``probe`` and are never counted as failures.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence

from composer.engine.api import Engine
from composer.errors import ComposerError, EngineError, Interrupted
from composer.printable import printable
from composer.state import Detail

SHORTEST_PAUSE = 0.05
"""Seconds between two tries of a check's command, at first."""
PAUSE_GROWTH = 0.01
"""The pause as a part of the time waited so far: what takes long is asked less often."""
RESTART_GRACE = 10.0
"""Seconds that a container with a restart policy may be down before the wait ends."""
RETRY_GRACE = 2.0
"""Seconds in which Podman starts one again that has failed, and has tries left."""
LAST_LINES = 10


class Waiter:
    """Waits for conditions of containers of one engine. ``stopped`` ends every wait."""

    def __init__(
        self,
        engine: Engine,
        stopped: threading.Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._stopped = stopped
        self._clock = clock
        self._reports: list[threading.Thread] = []

    def healthy(self, name: str, timeout: float | None = None) -> None:
        """Return when the container is healthy.

        ``timeout`` is in seconds. Raises ``ComposerError`` when it exits, turns unhealthy, has no
        check or takes too long, ``Interrupted`` when stopped.
        """
        detail = self._engine.inspect(name)
        if not detail.has_healthcheck:
            raise ComposerError(
                f"container {name} has no healthcheck, but a service waits for it to be healthy",
                hint="Give its service a `healthcheck`, or use `condition: service_started`.",
            )
        self._drive(name, detail, timeout)

    def running_or_healthy(self, name: str, timeout: float | None = None) -> None:
        """Return when the container is healthy, or running if it has no check (``--wait``)."""
        detail = self._engine.inspect(name)
        if detail.has_healthcheck:
            self._drive(name, detail, timeout)
        elif detail.status != "running":
            raise self._died(name, detail)

    def completed(self, name: str, timeout: float | None = None) -> None:
        """Return when the container has exited with 0. Raises ``ComposerError`` otherwise."""
        deadline = None if timeout is None else self._clock() + timeout

        def late() -> bool:
            return deadline is not None and self._clock() > deadline

        while True:
            code = self._engine.wait_exit(name, lambda: self._stopped.is_set() or late())
            if code is None:
                if self._stopped.is_set():
                    raise Interrupted
                raise ComposerError(f"container {name} did not finish within {timeout:g} s")
            if code == 0:
                return
            if self._comes_again(name):
                continue
            raise ComposerError(
                f"container {name} did not complete successfully: exit code {code}",
                hint=self._last_lines(name),
            )

    def _comes_again(self, name: str) -> bool:
        """Whether the engine tries a container again that has failed; it needs a moment for it."""
        deadline = self._clock() + RETRY_GRACE
        while True:
            detail = self._engine.inspect(name)
            if detail.restart_policy != "on-failure" or self._clock() > deadline:
                return False
            if detail.status == "running" or detail.exit_code == 0:
                return True
            if self._stopped.wait(SHORTEST_PAUSE):
                raise Interrupted

    def _drive(self, name: str, detail: Detail, timeout: float | None) -> None:
        begun = self._clock()
        interval = max(detail.health_config.get("Interval", 0) / 1e9, SHORTEST_PAUSE)
        command = probe_command(detail.health_config.get("Test") or [])
        timers = self._engine.capabilities().systemd
        counted = begun + interval
        down_since: float | None = None
        # Where nobody ran checks meanwhile, what was found unhealthy long ago may be well again.
        stale = not timers
        while True:
            if detail.status != "running":
                down_since = down_since or self._clock()
                self._check_alive(name, detail, self._clock() - down_since)
            elif detail.health == "healthy":
                return
            elif detail.health == "unhealthy" and not stale:
                raise self._unhealthy(name)
            else:
                down_since = None
                if self._passes(name, command):
                    self._report(name)
                    return
                if not timers and self._clock() >= counted:
                    counted = self._clock() + interval
                    self._count(name)
            stale = False
            waited = self._clock() - begun
            if timeout is not None and waited > timeout:
                raise ComposerError(f"container {name} was not healthy within {timeout:g} s")
            if self._stopped.wait(min(interval, max(SHORTEST_PAUSE, waited * PAUSE_GROWTH))):
                raise Interrupted
            detail = self._engine.inspect(name)

    def _passes(self, name: str, command: Sequence[str]) -> bool:
        """Try the check's command.

        One that cannot be run, as in a container that just ended, fails: the next look tells more.
        """
        try:
            return self._engine.probe(name, command)
        except EngineError:
            return False

    def _count(self, name: str) -> None:
        """Run a check that counts. Raises ``ComposerError`` when the container is unhealthy now."""
        with contextlib.suppress(EngineError):
            result = self._engine.run_healthcheck(name)
            if result.status == "unhealthy":
                raise self._unhealthy(name, result.output)

    def _report(self, name: str) -> None:
        """Let Podman count a check that passes, so that everyone sees the state.

        Nobody waits for it: what depends on the container starts meanwhile.
        """

        def report() -> None:
            with contextlib.suppress(EngineError):
                self._engine.run_healthcheck(name)

        thread = threading.Thread(target=report, daemon=True)
        self._reports.append(thread)
        thread.start()

    def close(self) -> None:
        """Return when all passed checks are reported."""
        for thread in self._reports:
            thread.join()

    def _check_alive(self, name: str, detail: Detail, down: float) -> None:
        """Raise unless the engine will start the container again by itself."""
        starting = detail.status in ("created", "initialized", "configured")
        restarts = detail.restart_policy not in ("", "no")
        if not starting and (not restarts or down > RESTART_GRACE):
            raise self._died(name, detail)

    def _unhealthy(self, name: str, said: str = "") -> ComposerError:
        """The error for an unhealthy container; ``said`` is what its check wrote last."""
        lines = [printable(line) for line in said.splitlines()[-LAST_LINES:]]
        check = "Its check said: " + "\n    ".join(lines) if lines else None
        parts = [part for part in (check, self._last_lines(name)) if part]
        return ComposerError(f"container {name} is unhealthy", hint="\n  ".join(parts) or None)

    def _died(self, name: str, detail: Detail) -> ComposerError:
        return died(self._engine, name, detail.exit_code)

    def _last_lines(self, name: str) -> str | None:
        return last_lines(self._engine, name)


def probe_command(test: Sequence[str]) -> list[str]:
    """The command of a healthcheck's ``test`` (``CMD``, ``CMD-SHELL``, or a bare command)."""
    match list(test):
        case ["CMD-SHELL", *rest]:
            return ["/bin/sh", "-c", " ".join(rest)]
        case ["CMD", *rest]:
            return rest
        case rest:
            return rest


def died(engine: Engine, name: str, exit_code: int) -> ComposerError:
    """The error for a container that should run, but exited."""
    return ComposerError(
        f"container {name} exited with code {exit_code}", hint=last_lines(engine, name)
    )


def last_lines(engine: Engine, name: str) -> str | None:
    """What the container wrote last, for an error message, or None if it wrote nothing.

    Control characters are shown escaped: the text comes from a container.
    """
    try:
        batches = list(engine.logs(name, tail=LAST_LINES))
    except EngineError:
        return None
    return quoted([line.text.decode(errors="replace") for batch in batches for line in batch])


def quoted(lines: Sequence[str]) -> str | None:
    """The last of ``lines`` that a container wrote, for an error message; None without any."""
    if not lines:
        return None
    shown = "\n".join(f"    {printable(line)}" for line in list(lines)[-LAST_LINES:])
    return f"Its last output:\n{shown}"
