"""``watch`` and ``up --watch``: containers follow the files that they are made from."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from composer.errors import ComposerError, EngineError
from composer.graph.selection import check_names, select
from composer.plan.intent import Images, Lifecycle, Up
from composer.printable import printable
from composer.spec.model import Project
from composer.state import Container, State
from composer.usecases import managed
from composer.usecases.containers import project_containers
from composer.usecases.context import Context
from composer.usecases.orphans import with_silence
from composer.usecases.up import check_scale, converge, served
from composer.watch.batch import Work, initial_work, work_for
from composer.watch.rules import Rule, rules

AT_ONCE = 500
"""Paths that one call of ``rm`` removes: a command line has a limit."""


class WatchOptions(NamedTuple):
    """The flags of ``watch``."""

    up: bool = True
    prune: bool = True
    """Images that a rebuild leaves without a name are removed."""
    quiet: bool = False


def watch(ctx: Context, services: tuple[str, ...], options: WatchOptions) -> int:
    """Bring the project up and carry out its ``develop.watch`` rules until Ctrl-C."""
    project = ctx.project(services)
    check_names(project, services)
    managed.refuse(ctx, project.name)
    selected = select(project, services)
    found = rules(project, selected, ctx.warn)
    if options.up:
        intent = with_silence(project, Up(services=services, check_started=True))
        project = _brought_up(ctx, project, intent, quiet=options.quiet)
    if not ctx.settings.dry_run:
        ctx.progress = "plain"
        Watching(ctx, project, found, options).run(threading.Event())
    return 0


def watching_of(
    ctx: Context, project: Project, services: Sequence[str], *, build: bool
) -> Watching:
    """What follows the files of ``services`` and of what they need, for ``up --watch``.

    Raises ``ComposerError`` when there is nothing to follow.
    """
    found = rules(project, select(project, services), ctx.warn, build=build)
    return Watching(ctx, project, found, WatchOptions())


def _brought_up(ctx: Context, project: Project, intent: Up, *, quiet: bool) -> Project:
    check_scale(project, intent)
    project = served(ctx, project, intent)
    with ctx.lock(project.name):
        converge(
            ctx, _built_anew(project), Images(quiet=quiet, quiet_build=quiet), intent, yes=False
        )
    return project


def _built_anew(project: Project) -> Project:
    """``project``, in which what is watched and has a build section is built at the start."""
    services = {
        name: msgspec.structs.replace(service, pull_policy="build")
        if service.build is not None and service.develop
        else service
        for name, service in project.services.items()
    }
    return msgspec.structs.replace(project, services=services)


class Watching:
    """Carries out what the rules say of each batch of changes. A failure ends nothing."""

    def __init__(
        self, ctx: Context, project: Project, found: Sequence[Rule], options: WatchOptions
    ) -> None:
        self._ctx = ctx
        self._project = project
        self._rules = found
        self._options = options

    def run(self, stop: threading.Event) -> None:
        """Go on until ``stop`` is set. Raises ``ComposerError`` when files cannot be watched."""
        from composer.watch.changes import Changes

        changes = Changes(sorted({rule.path for rule in self._rules}), stop)
        self._carry_out(initial_work(self._rules))
        self._ctx.say("Watch enabled")
        for paths in changes.batches():
            self._carry_out(work_for(self._rules, paths))

    def _carry_out(self, work: Work) -> None:
        if not work:
            return
        steps = (self._rebuild, self._sync, self._restart, self._run_commands)
        for step in steps:
            try:
                step(work)
            except ComposerError as error:
                self._tell(error)

    def _tell(self, error: ComposerError) -> None:
        import sys

        from composer.ui.colour import wants_colour
        from composer.ui.errors import print_error

        colour = wants_colour(self._ctx.preferences.ansi, sys.stderr, self._ctx.environ)
        print_error(error, sys.stderr, colour=colour)

    def _containers(self, service: str) -> list[Container]:
        found = project_containers(self._ctx, self._project.name)
        return [c for c in found if c.service == service and not c.oneoff]

    # --- steps ---------------------------------------------------------------------------------

    def _rebuild(self, work: Work) -> None:
        if not work.rebuild:
            return
        ctx, services = self._ctx, tuple(work.rebuild)
        ctx.say(f"Rebuilding {', '.join(services)}: files have changed")
        before = ctx.engine.observe(self._project.name)
        images = Images(build=True, quiet=self._options.quiet, quiet_build=self._options.quiet)
        intent = Up(services=services, no_deps=True, recreate="force", ignore_orphans=True)
        with ctx.lock(self._project.name):
            converge(ctx, self._project, images, intent, yes=True)
        if self._options.prune:
            self._prune(before, services)
        # What was copied into the former containers went with them.
        again = initial_work([rule for rule in self._rules if rule.service in services])
        for service, copies in again.copies.items():
            work.copies[service] = copies | work.copies.get(service, {})

    def _prune(self, before: State, services: Sequence[str]) -> None:
        """Remove the images that ``services`` ran of, if these have no names any more."""
        old = {c.image_id for c in before.containers if c.service in services and c.image_id}
        now = self._ctx.engine.observe(self._project.name)
        for image in old:
            if image in now.images and not now.images[image].names:
                try:
                    self._ctx.engine.remove_image(f"sha256:{image}")
                except EngineError:
                    # Another container has it, or another image is built on it.
                    continue

    def _sync(self, work: Work) -> None:
        for service in dict.fromkeys((*work.copies, *work.deletions)):
            copies = work.copies.get(service, {})
            deletions = work.deletions.get(service, [])
            counted = f"{len(copies)} changed, {len(deletions)} removed"
            self._ctx.say(f"Syncing {service}: {counted}")
            for container in self._containers(service):
                try:
                    self._sync_one(container, copies, deletions)
                except ComposerError as error:
                    self._tell(error)

    def _sync_one(
        self, container: Container, copies: Mapping[str, str], deletions: Sequence[str]
    ) -> None:
        engine = self._ctx.engine
        gone = [path for path in deletions if path != "/"]
        if gone and container.status == "running":
            said: list[bytes] = []
            for start in range(0, len(gone), AT_ONCE):
                command = ["rm", "-rf", "--", *gone[start : start + AT_ONCE]]
                if engine.run_inside(container.id, command, user="0", output=said.append):
                    text = b"\n".join(said).decode(errors="replace")
                    raise ComposerError(
                        f"cannot remove files in {container.name}", hint=printable(text) or None
                    )
        if copies:
            engine.copy_in(container.id, copies)

    def _restart(self, work: Work) -> None:
        services = tuple(name for name in work.restart if name not in work.rebuild)
        if not services:
            return
        from composer.plan.lifecycle import plan_lifecycle

        with self._ctx.lock(self._project.name):
            state = self._ctx.engine.observe(self._project.name)
            intent = Lifecycle(action="restart", services=services)
            plan = plan_lifecycle(self._project, state, intent)
            self._ctx.run(self._project, plan)

    def _run_commands(self, work: Work) -> None:
        from composer.plan.hooks import hook_environment

        for rule in work.commands:
            said = rule.exec
            for container in self._containers(rule.service):
                if container.status != "running":
                    continue

                def show(line: bytes, name: str = container.name) -> None:
                    self._ctx.say(f"{name} ->  | {line.decode(errors='replace')}")

                code = self._ctx.engine.run_inside(
                    container.id,
                    said.get("command") or (),
                    user=said.get("user") or None,
                    workdir=said.get("working_dir") or None,
                    env=hook_environment(self._project, said.get("environment") or {}),
                    privileged=bool(said.get("privileged")),
                    output=show,
                )
                if code:
                    place = f"services.{rule.service}.develop.watch[{rule.number}].exec"
                    raise ComposerError(
                        f"{place}: the command ended with exit code {code} in {container.name}",
                        position=self._project.where(place),
                    )
