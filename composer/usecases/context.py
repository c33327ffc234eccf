"""What every command needs: its settings, the project, the engine, and a way to run plans."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from composer.background import Asked
from composer.errors import NoComposeFile
from composer.printable import printable_lines
from composer.spec import Options, load
from composer.spec.variables import own_variables
from composer.usecases.preferences import Preferences, preferences

if TYPE_CHECKING:
    from composer.engine.api import Engine
    from composer.plan.plan import Plan
    from composer.spec.conventions import Dialect
    from composer.spec.model import Project
    from composer.spec.options import Reader
    from composer.state import State
    from composer.ui.colour import Ansi
    from composer.ui.progress import Mode, Renderer


class Settings(NamedTuple):
    """The options that stand before the command."""

    files: tuple[str, ...] = ()
    project_name: str | None = None
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    project_directory: str | None = None
    ansi: Ansi | None = None
    progress: Mode | None = None
    parallel: int | None = None
    dry_run: bool = False
    dialect: Dialect = "docker"
    """Whose conventions count where files say nothing."""
    in_pod: str | None = None
    pod_args: str | None = None
    all_resources: bool = False
    compatibility: bool = False


class Context:
    """One run of the program. The project and the engine are looked for when they are needed."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self.settings = settings
        self.environ = environ
        self.on_plan: Callable[[Project, Plan], None] | None = None
        """Takes plans in the place of running them."""
        self.progress: Mode | None = None
        """Stands above the setting of that name when it is not None."""
        self.reader: Reader | None = None
        """Reads the files in the place of the reader of Compose files."""
        self._warned = 0
        """How many warnings of the engine were shown."""

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The program's own variables: the process's, then those of env files."""
        return own_variables(self.options())

    @cached_property
    def preferences(self) -> Preferences:
        """What options say, else the program's variables. Raises ``ComposerError``."""
        s = self.settings
        return preferences(
            self.environ,
            self.variables,
            ansi=s.ansi,
            progress=s.progress,
            parallel=s.parallel,
        )

    def options(self, services: Sequence[str] = ()) -> Options:
        """How the Compose files are to be read. Profiles of ``services`` become active."""
        s = self.settings
        return Options(
            files=s.files,
            project_directory=s.project_directory,
            project_name=s.project_name,
            profiles=s.profiles,
            env_files=s.env_files,
            environ=self.environ,
            services=tuple(services),
            dialect=s.dialect,
            in_pod=s.in_pod,
            pod_args=s.pod_args,
            all_resources=s.all_resources,
            compatibility=s.compatibility,
            reader=self.reader,
        )

    def project(self, services: Sequence[str] = ()) -> Project:
        """Read the project. Its warnings go to standard error. Raises ``ComposerError``."""
        project = load(self.options(services))
        for text in project.warnings:
            self.warn(text)
        return project

    def find_project(self, services: Sequence[str] = ()) -> tuple[Project | None, str]:
        """The project and its name; only the name when that is given and there is no file."""
        try:
            project = self.project(services)
        except NoComposeFile:
            if not self.settings.project_name and not self.variables.get("COMPOSE_PROJECT_NAME"):
                raise
            return None, self.project_name
        return project, project.name

    @cached_property
    def project_name(self) -> str:
        """The project's name, found without reading more of it than that takes."""
        from composer.spec import project_name

        return project_name(self.options())

    @cached_property
    def engine(self) -> Engine:
        """The connection to Podman. Raises ``EngineError`` if there is none."""
        from composer.engine.connect import connect

        return connect(self.environ)

    def observe_soon(self, name: str) -> Callable[[], State]:
        """Begin to look at project ``name``; the result of calling what is returned is its state.

        Looking waits for Podman, and importing what plans need takes as long: both at once.
        """
        return Asked(lambda: self.engine.observe(name)).answer

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock of the project; a dry run, which changes nothing, needs none."""
        if self.settings.dry_run:
            yield
            return
        from composer.usecases.lock import project_lock

        def waiting() -> None:
            self.warn(f"another command is changing project {name}: waiting for it to end")

        with project_lock(name, self.environ, waiting):
            yield

    def run(
        self, project: Project, plan: Plan, *, progress: Mode | None = None
    ) -> Mapping[str, Mapping[str, str]]:
        """Run ``plan`` and show its progress; with ``--dry-run`` print it instead.

        ``progress`` stands above the setting of that name. Returns the variables that providers
        have set, by service.

        Raises ``OperationsFailed`` and ``Interrupted``.
        """
        if self.on_plan is not None:
            self.on_plan(project, plan)
            return {}
        if self.settings.dry_run:
            from composer.ui.plan import to_text

            sys.stdout.write(to_text(plan))
            return {}
        from composer.scheduler import Scheduler
        from composer.scheduler.events import Finished, Warned

        with self.view(progress) as emit:
            for text in plan.warnings:
                emit(Warned(text))
            for container in plan.kept:
                status = container.status.capitalize()
                emit(Finished(container.id, "Container", container.name, status, 0.0))
            if not plan:
                return {}
            scheduler = Scheduler(self.engine, project, emit, parallel=self.preferences.parallel)
            try:
                scheduler.run(plan)
            finally:
                for text in self.engine.warnings[self._warned :]:
                    emit(Warned(text))
                self._warned = len(self.engine.warnings)
            return scheduler.provided

    def view(self, progress: Mode | None = None) -> Renderer:
        """What shows the progress of work. ``progress`` stands above the setting of that name."""
        from composer.ui.progress import renderer

        return renderer(
            progress or self.progress or self.preferences.progress,
            ansi=self.preferences.ansi,
            stream=sys.stdout if self.preferences.status_to_output else sys.stderr,
            environ=self.environ,
        )

    def say(self, text: str) -> None:
        """Write a line to standard error."""
        sys.stderr.write(printable_lines(text) + "\n")

    def report(self, text: str) -> None:
        """Write a line to standard error that says what was done, unless all is to be quiet."""
        if self.preferences.progress != "quiet":
            self.say(f" {text}")

    def warn(self, text: str) -> None:
        """Write a warning to standard error."""
        from composer.ui.colour import wants_colour
        from composer.ui.errors import warning

        colour = wants_colour(self.preferences.ansi, sys.stderr, self.environ)
        sys.stderr.write(warning(text, colour=colour) + "\n")

    def close(self) -> None:
        """Let go of the engine, if it was needed."""
        if "engine" in self.__dict__:
            self.engine.close()
