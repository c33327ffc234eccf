"""The rules of ``services.*.develop.watch``: what each says about a changed path."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec.model import Project, Service
from composer.watch.patterns import Patterns, ignore_file

ALWAYS_IGNORED = Patterns(
    (
        "**/.git",
        "**/.idea",
        "**/*___jb_old___",
        "**/*___jb_tmp___",
        "**/.#*",
        "**/#*#",
        "**/4913",
        "**/*~",
        "**/.*.swp",
        "**/.*.swx",
        "**/.*.swo",
        "**/.*.swn",
        "**/.*.kate-swp",
        "**/.goutputstream-*",
        "**/.DS_Store",
    )
)
"""Version control, and what editors write beside a file while they save it."""

SYNCING = ("sync", "sync+restart", "sync+exec")
RESTARTING = ("restart", "sync+restart")


class Rule(NamedTuple):
    """One entry of ``develop.watch``."""

    service: str
    number: int
    """Its place in the list, from 0."""
    action: str
    path: str
    """Absolute: a file, or a folder with all that is in it."""
    target: str
    """Where that is in containers."""
    include: Patterns | None
    ignore: Patterns
    context: str
    """The folder that ``.dockerignore`` is about; empty without a build."""
    not_of_context: Patterns
    exec: Mapping[str, Any]
    initial_sync: bool

    @property
    def syncs(self) -> bool:
        """Whether it copies files into containers."""
        return self.action in SYNCING

    def matches(self, path: str) -> bool:
        """Whether a change of ``path`` (absolute) is one that this rule is about."""
        relative = _below(self.path, path)
        if relative is None or ALWAYS_IGNORED.match(path.lstrip("/")):
            return False
        if self.include is not None and not self.include.match(relative):
            return False
        in_context = _below(self.context, path) if self.context else None
        if in_context and self.not_of_context.match(in_context):
            return False
        return not self.ignore.match(relative)

    def target_of(self, path: str) -> str:
        """Where ``path``, which the rule matches, is in containers."""
        return posixpath.normpath(posixpath.join(self.target, _below(self.path, path) or ""))


def _below(folder: str, path: str) -> str | None:
    """``path`` relative to ``folder``, empty for the folder itself; None if it is elsewhere."""
    if path == folder:
        return ""
    start = folder.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else None


def rules(
    project: Project, services: Sequence[str], warn: Callable[[str], None], *, build: bool = True
) -> list[Rule]:
    """The rules of ``services``; ``warn`` is told of those that cannot do anything.

    Without ``build`` nothing may be rebuilt. Raises ``ComposerError`` for rules that cannot be
    carried out, and when there are none.
    """
    found = [
        rule
        for name in services
        for rule in _of_service(project, project.services[name], warn, build=build)
    ]
    if not found:
        raise ComposerError(
            "none of the services has anything to watch",
            hint="say what to watch in a service's develop.watch section",
        )
    return found


def _of_service(
    project: Project, service: Service, warn: Callable[[str], None], *, build: bool
) -> list[Rule]:
    found = []
    context, not_of_context = _context(service)
    for index, entry in enumerate((service.develop or {}).get("watch") or ()):
        place = f"services.{service.name}.develop.watch[{index}]"
        action, path = entry["action"], posixpath.normpath(entry["path"])
        if action == "rebuild":
            _check_rebuild(project, service, place, build=build)
        if action in SYNCING and _is_bound(service, path):
            warn(f"{place}: {path} is in a bind mount already, so that it is not watched")
            continue
        found.append(
            Rule(
                service=service.name,
                number=index,
                action=action,
                path=path,
                target=entry.get("target") or "",
                include=Patterns(entry["include"]) if entry.get("include") else None,
                ignore=Patterns(entry.get("ignore") or ()),
                context=context,
                not_of_context=not_of_context,
                exec=entry.get("exec") or {},
                initial_sync=bool(entry.get("initial_sync") or entry.get("x-initialSync")),
            )
        )
    return found


def _context(service: Service) -> tuple[str, Patterns]:
    build = service.build
    if build is None or "://" in build.context or not Path(build.context).is_dir():
        return "", Patterns(())
    lines = ignore_file(Path(build.context), build.dockerfile)
    return posixpath.normpath(build.context), Patterns(lines)


def _check_rebuild(project: Project, service: Service, place: str, *, build: bool) -> None:
    position = project.where(place)
    if service.build is None:
        raise ComposerError(
            f"{place}: the service {service.name} cannot be rebuilt: it has no build section",
            hint="add a build section, or use another action (sync, restart)",
            position=position,
        )
    if not build:
        raise ComposerError(
            f"{place}: the action rebuild is incompatible with --no-build",
            hint="leave --no-build out",
            position=position,
        )


def _is_bound(service: Service, path: str) -> bool:
    """Whether containers see ``path`` through a bind mount."""
    sources = (mount.source for mount in service.volumes if mount.type == "bind")
    return any(_below(posixpath.normpath(s), path) is not None for s in sources if s)
