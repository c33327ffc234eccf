"""Runs lifecycle hooks: commands in running containers, and containers that run before others."""

from __future__ import annotations

import contextlib
import threading
from collections import deque

from composer.engine.api import Engine
from composer.errors import ComposerError, EngineError, Interrupted
from composer.plan import operations as op
from composer.plan.hooks import hook_environment, pre_start_project, service_of
from composer.printable import printable
from composer.scheduler.conditions import LAST_LINES, quoted
from composer.scheduler.events import EventSink, Notice
from composer.spec.model import Hook, Project
from composer.state import OneOff


class Hooks:
    """Runs the hooks of one project. What they write is emitted, line by line."""

    def __init__(
        self, engine: Engine, project: Project, emit: EventSink, stopped: threading.Event
    ) -> None:
        self._engine = engine
        self._project = project
        self._emit = emit
        self._stopped = stopped
        self.given_up: set[str] = set()
        """Names of containers that were stopped because a hook of theirs failed."""

    def post_start(self, o: op.RunPostStart) -> None:
        """Run a hook in a container that has started.

        Raises ``ComposerError`` when it fails. Its container is stopped then: left running it would
        pass for set up, and no later command would run the hook.
        """
        try:
            self._run(o, "post_start", service_of(self._project, o.service).post_start[o.index])
        except ComposerError as error:
            self.given_up.add(o.name)
            with contextlib.suppress(EngineError):
                self._engine.stop(o.container)
            advice = "The container was stopped; `composer up` starts it and runs the hook again."
            error.hint = f"{error.hint}\n  {advice}" if error.hint else advice
            raise

    def pre_stop(self, o: op.RunPreStop) -> None:
        """Run a hook in a container that is to stop, unless it has ended meanwhile.

        Raises ``ComposerError`` when it fails; its container goes on then.
        """
        try:
            self._run(o, "pre_stop", service_of(self._project, o.service).pre_stop[o.index])
        except ComposerError as error:
            if self._ended(o.container):
                return
            advice = (
                "The container was not stopped. Mend the hook, or end the container without it: "
                f"`composer kill {o.service}`."
            )
            error.hint = f"{error.hint}\n  {advice}" if error.hint else advice
            raise

    def pre_start(self, o: op.RunPreStart) -> None:
        """Run the hook's own container to its end, and remove it whatever that is.

        Raises ``ComposerError`` when it fails.
        """
        engine, last = self._engine, _Output(self._emit, o.name)
        # What a command that was cut short has left.
        engine.remove(o.name, force=True, volumes=True)
        project = pre_start_project(self._project, o)
        identity = engine.create_container(project, o.service, 0, name=o.name, oneoff=OneOff())
        try:
            engine.start(identity)
            for batch in engine.logs(identity, follow=True, stop=self._stopped.is_set):
                for line in batch:
                    last.line(line.text)
            code = engine.wait_exit(identity, self._stopped.is_set)
        finally:
            engine.remove(identity, force=True, volumes=True)
        if code is None:
            raise Interrupted
        if code:
            raise self._failed(o.service, "pre_start", o.index, code, last)

    def _run(self, o: op.RunHook, kind: str, hook: Hook) -> None:
        last = _Output(self._emit, o.name)
        code = self._engine.run_inside(
            o.container,
            hook.command,
            user=hook.user,
            workdir=hook.working_dir,
            env=hook_environment(self._project, hook.environment),
            privileged=hook.privileged,
            output=last.line,
        )
        if code:
            raise self._failed(o.service, kind, o.index, code, last)

    def _failed(
        self, service: str, kind: str, index: int, code: int, last: _Output
    ) -> ComposerError:
        path = f"services.{service}.{kind}[{index}]"
        return ComposerError(
            f"{path}: the hook ended with exit code {code} in container {last.name}",
            hint=quoted(last.lines),
            position=self._project.where(path),
        )

    def _ended(self, container: str) -> bool:
        try:
            return self._engine.inspect(container).status != "running"
        except EngineError as error:
            return error.status == 404


class _Output:
    """Shows the lines of one hook behind its container's name, and remembers the last ones."""

    def __init__(self, emit: EventSink, name: str) -> None:
        self.name = name
        self.lines: deque[str] = deque(maxlen=LAST_LINES)
        self._emit = emit

    def line(self, text: bytes) -> None:
        shown = printable(text.decode(errors="replace").rstrip("\r"))
        self.lines.append(shown)
        self._emit(Notice(f"{self.name} ->  | {shown}"))
