"""Which services a command means: those that it names, and what they need."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from composer.errors import ComposerError
from composer.graph.needs import depends_on
from composer.spec.model import Project


def check_names(project: Project, names: Sequence[str]) -> None:
    """Raise ``ComposerError`` if one of ``names`` is no service of the project."""
    known = [*project.services, *project.disabled_services]
    for name in names:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(sorted(known)) or "none"
        raise ComposerError(
            f"no such service: {name}", hint=f"This project's services: {listed}.{guess}"
        )


def select(project: Project, names: Sequence[str] = (), *, no_deps: bool = False) -> list[str]:
    """Service names that a command acts on, in the order of the file.

    ``names`` and all that they need (without that, if ``no_deps``); every service if ``names`` is
    empty. Raises ``ComposerError`` for a name that the project does not have.
    """
    check_names(project, names)
    if not names:
        return list(project.services)
    if no_deps:
        return [name for name in project.services if name in names]
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in project.services:
            found.add(name)
            waiting.extend(depends_on(project.services[name]))
    return [name for name in project.services if name in found]
