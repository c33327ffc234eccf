"""What ``composer ls`` prints: the projects of this engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from composer.printable import printable_json
from composer.state import CONFIG_FILES, Container
from composer.ui.ps import state
from composer.ui.table import table

HEADER = ("NAME", "STATUS", "CONFIG FILES")
LEAST_WIDTH = 20


class ProjectRow(msgspec.Struct, frozen=True):
    """A project with Docker Compose's keys: ``Status`` is such as ``exited(1), running(2)``."""

    Name: str
    Status: str
    ConfigFiles: str


def rows(containers: Iterable[Container], *, stopped: bool = False) -> list[ProjectRow]:
    """The projects that ``containers`` belong to, by name.

    Only containers that run count unless ``stopped`` (``ls --all``) is true.
    """
    projects: dict[str, list[Container]] = {}
    for container in containers:
        counts = (stopped or container.running) and not container.is_infra and not container.oneoff
        if container.project and counts:
            projects.setdefault(container.project, []).append(container)
    return [
        ProjectRow(name, _status(members), _files(members))
        for name, members in sorted(projects.items())
    ]


def formatted(projects: Sequence[ProjectRow], template: str) -> str:
    """The projects as ``--format`` says: ``table``, ``json`` or a template.

    Raises ``ComposerError`` for a template that cannot be read.
    """
    if template == "table":
        return to_table(projects)
    if template == "json":
        return to_json(projects)
    from composer.ui.template import show

    headings = dict(zip(ProjectRow.__struct_fields__, HEADER, strict=True))
    return show(template, [msgspec.structs.asdict(project) for project in projects], headings)


def to_table(projects: Sequence[ProjectRow]) -> str:
    """The table of ``ls``."""
    lines = [(project.Name, project.Status, project.ConfigFiles) for project in projects]
    return table(HEADER, lines, least=LEAST_WIDTH)


def to_json(projects: Sequence[ProjectRow]) -> str:
    """All projects as one JSON array on a line."""
    return printable_json(msgspec.json.encode(projects).decode()) + "\n"


def _status(members: Iterable[Container]) -> str:
    counted = Counter(map(state, members))
    return ", ".join(f"{word}({number})" for word, number in sorted(counted.items()))


def _files(members: Iterable[Container]) -> str:
    """The Compose files that made the containers; several sets when they differ."""
    files: dict[str, None] = {}
    for member in members:
        for file in member.labels.get(CONFIG_FILES, "").split(","):
            if file:
                files[file] = None
    return ",".join(files) or "N/A"
