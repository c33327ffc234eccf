"""``up`` without ``-d``: follows the logs, and stops what it started when asked to."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Sequence
from typing import NamedTuple

from composer.engine.api import Engine
from composer.errors import ComposerError, Interrupted
from composer.graph.selection import check_names, select
from composer.logs import Exit, Selection, show
from composer.plan.intent import Lifecycle, Up
from composer.plan.lifecycle import plan_lifecycle
from composer.scheduler.checks import keep_alive, keep_checking
from composer.spec.model import Project
from composer.state import Container
from composer.usecases.context import Context
from composer.usecases.logs import stream_printer
from composer.usecases.up import Attach
from composer.usecases.watch import Watching


class _Ended(NamedTuple):
    """The followed containers have all ended; ``error`` if following them failed."""

    error: BaseException | None


def follow(
    ctx: Context,
    project: Project,
    intent: Up,
    attach: Attach,
    since: str,
    watching: Watching | None = None,
) -> int:
    """Follow the project's logs until its containers end, one of them aborts the rest, or Ctrl-C.

    ``since`` is the time (RFC 3339) from which on lines are shown. With ``watching`` files are
    followed, too, and the end of all containers is not the end. Returns the exit code: the one
    of the container that ended it all when ``attach`` says so, 130 after Ctrl-C, else 0.
    """
    if attach.exit_code_from is not None:
        check_names(project, [attach.exit_code_from])
    containers = [c for c in ctx.engine.observe(project.name).containers if not c.oneoff]
    session = _Session(ctx, project, attach, containers)
    session.check(containers)
    session.keep_alive(containers)
    shown = _shown(project, intent, attach)
    if shown:
        session.show(containers, shown, since)
    if not shown or attach.abort_on_exit or attach.abort_on_failure:
        session.watch([c for c in containers if c.service not in shown])
    if watching is not None:
        session.watch_files(watching)
    try:
        return session.wait()
    except KeyboardInterrupt:
        session.stop(intent.timeout)
        raise Interrupted from None


def _shown(project: Project, intent: Up, attach: Attach) -> list[str]:
    """The services whose logs are shown."""
    if attach.services:
        chosen = list(attach.services)
    elif attach.dependencies:
        chosen = select(project, intent.services)
    else:
        chosen = list(intent.services or project.services)
    check_names(project, [*chosen, *attach.excluded])
    silent = {name for name, s in project.services.items() if s.attach is False}
    return [name for name in chosen if name not in {*attach.excluded, *silent}]


class _Session:
    """Threads that follow containers, and the queue on which they say what ended."""

    def __init__(
        self, ctx: Context, project: Project, attach: Attach, containers: Sequence[Container]
    ) -> None:
        self._ctx = ctx
        self._engine: Engine = ctx.engine
        self._project = project
        self._attach = attach
        self._events: queue.SimpleQueue[Exit | _Ended] = queue.SimpleQueue()
        self._done = threading.Event()
        self._services = {c.id: c.service for c in containers}
        self._printing: threading.Thread | None = None
        self._watched = 0
        self._unwatched = threading.Event()
        self._watching: threading.Thread | None = None

    def watch_files(self, watching: Watching) -> None:
        """Carry out what changed files ask for, in a thread of its own."""
        # A live view would be torn by lines of logs.
        self._ctx.progress = "plain"

        def run() -> None:
            try:
                watching.run(self._unwatched)
            except BaseException as failure:
                self._events.put(_Ended(failure))

        self._watching = threading.Thread(target=run, daemon=True)
        self._watching.start()

    def show(self, containers: list[Container], services: list[str], since: str) -> None:
        """Print the logs of ``services`` in a thread of its own."""

        def run() -> None:
            error: BaseException | None = None
            try:
                show(
                    self._engine,
                    containers,
                    stream_printer(self._ctx, color=self._attach.color),
                    selection=Selection(self._project.name, services),
                    follow=True,
                    since=since,
                    timestamps=self._attach.timestamps,
                    prefix=self._attach.prefix,
                    bracketed=self._ctx.settings.dialect == "podman",
                    stop=self._done.is_set,
                    on_exit=self._events.put,
                    lasting=self._attach.watch,
                )
            except BaseException as failure:
                error = failure
            self._events.put(_Ended(error))

        self._printing = threading.Thread(target=run, daemon=True)
        self._printing.start()

    def watch(self, containers: Sequence[Container]) -> None:
        """Wait for the end of ``containers``, which are not shown, each in a thread of its own."""

        def run(container: Container) -> None:
            try:
                code = self._engine.wait_exit(container.id, self._done.is_set)
            except BaseException as failure:
                self._events.put(_Ended(failure))
                return
            if code is not None:
                self._events.put(Exit(container.id, container.name, code))

        self._watched = len(containers)
        for container in containers:
            threading.Thread(target=run, args=(container,), daemon=True).start()

    def check(self, containers: Sequence[Container]) -> None:
        """Run health checks where Podman does not, until the end: those of ``containers``, and of
        what is started later."""
        if self._engine.capabilities().systemd:
            return
        checked: set[str] = set()

        def begin(container: str) -> None:
            if container not in checked:
                checked.add(container)
                arguments = (self._engine, container, self._done)
                threading.Thread(target=keep_checking, args=arguments, daemon=True).start()

        def watch() -> None:
            with contextlib.suppress(ComposerError):
                for event in self._engine.events(self._project.name, self._done.is_set):
                    if event.action == "start":
                        begin(event.id)

        for container in containers:
            if container.health:
                begin(container.id)
        threading.Thread(target=watch, daemon=True).start()

    def keep_alive(self, containers: Sequence[Container]) -> None:
        """Restart those of ``containers`` that have a check for it (``x-podman.liveness``), when it
        fails. Podman has but one check of a container."""
        for container in containers:
            service = self._project.services.get(container.service)
            check = service.liveness if service is not None else None
            if check is not None:
                arguments = (self._engine, container.id, check, self._done)
                threading.Thread(target=keep_alive, args=arguments, daemon=True).start()

    def wait(self) -> int:
        """Return the exit code when everything has ended, or after stopping what has not."""
        while True:
            event = self._events.get()
            if isinstance(event, _Ended):
                if event.error is not None:
                    raise event.error
                return 0
            if self._aborts(event):
                return self._abort(event)
            if self._printing is None:
                self._watched -= 1
                if not self._watched and not self._attach.watch:
                    return 0

    def _aborts(self, event: Exit) -> bool:
        wanted = self._attach.exit_code_from
        failed = event.exit_code != 0
        if wanted is not None and self._services.get(event.id) == wanted:
            return True
        return self._attach.abort_on_exit or (self._attach.abort_on_failure and failed)

    def _abort(self, event: Exit) -> int:
        """Stop everything because of ``event``. The wanted service may end only now."""
        self._ctx.say(f"Aborting: {event.name} exited with code {event.exit_code}")
        self.stop(None)
        wanted = self._attach.exit_code_from
        if wanted is None or self._services.get(event.id) == wanted:
            return event.exit_code
        codes = [
            self._engine.inspect(container).exit_code
            for container, service in self._services.items()
            if service == wanted
        ]
        return next((code for code in codes if code), 0)

    def stop(self, timeout: float | None) -> None:
        """Stop the project gracefully; Ctrl-C kills what still runs."""
        self._unwatched.set()
        try:
            if self._watching is not None:
                # What it is about to start would not be stopped.
                self._watching.join()
            self._ctx.say("Gracefully stopping... (press Ctrl+C again to force)")
            self._run("stop", timeout)
        except (KeyboardInterrupt, Interrupted):
            self._run("kill", timeout)
        if self._printing is not None:
            self._printing.join(timeout=2)
        self._done.set()
        sys.stdout.flush()

    def _run(self, action: str, timeout: float | None) -> None:
        state = self._engine.observe(self._project.name)
        intent = Lifecycle(action="kill" if action == "kill" else "stop", timeout=timeout)
        plan = plan_lifecycle(self._project, state, intent)
        self._ctx.run(self._project, plan, progress="plain")
