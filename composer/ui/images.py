"""What ``composer images`` prints, with Docker Compose's columns and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from composer.printable import printable_json
from composer.state import Container, ImageDetail, repository
from composer.ui.duration import ago
from composer.ui.size import human_size
from composer.ui.table import table

HEADER = ("CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED")
FIELDS = ("ContainerName", "Repository", "Tag", "Platform", "ID", "Size", "Created")
LEAST_WIDTH = 20
ID_LENGTH = 12
_HUB = ("docker.io/library/", "docker.io/", "index.docker.io/library/", "index.docker.io/")


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A container's image as ``docker compose images --format json`` shows it."""

    ID: str
    ContainerName: str
    Repository: str
    Tag: str
    Platform: str
    Size: int
    Created: str | None = None
    LastTagTime: str | None = None
    """Podman does not note it: the time at which the image was made."""


def rows(containers: Sequence[Container], images: Mapping[str, ImageDetail | None]) -> list[Row]:
    """One row for each container, by name. ``images`` are by id; None for one that is gone."""
    return [
        _row(container, images.get(container.image_id) or ImageDetail(id=container.image_id))
        for container in sorted(containers, key=lambda c: c.name)
    ]


def _row(container: Container, image: ImageDetail) -> Row:
    name, tag = familiar(container.image)
    return Row(
        ID=f"sha256:{image.id}",
        ContainerName=container.name,
        Repository=name,
        Tag=tag,
        Platform=image.platform,
        Size=image.size,
        Created=image.created or None,
        LastTagTime=image.created or None,
    )


def familiar(reference: str) -> tuple[str, str]:
    """Repository and tag as Docker shows them: without Docker Hub's address. Empty for an id."""
    name = repository(reference)
    _, _, tag = reference.partition("@")[0].removeprefix(name).partition(":")
    if reference.startswith("sha256:") or (not tag and "/" not in name and len(name) == 64):
        return "", ""
    hub = next((prefix for prefix in _HUB if name.startswith(prefix)), "")
    return name.removeprefix(hub), tag or ("" if "@" in reference else "latest")


def formatted(images: Sequence[Row], now: float, template: str) -> str:
    """The rows as a ``table``, as ``json`` (an array on a line), or through a template.

    ``now`` is in seconds since the epoch. Raises ``ComposerError`` for a template that cannot be
    read.
    """
    if template == "json":
        return printable_json(msgspec.json.encode(images).decode()) + "\n"
    if template == "table":
        return table(HEADER, [_cells(image, now) for image in images], least=LEAST_WIDTH)
    from composer.ui.template import show

    shown = [msgspec.structs.asdict(image) for image in images]
    return show(template, shown, dict(zip(FIELDS, HEADER, strict=True)))


def _cells(image: Row, now: float) -> tuple[str, ...]:
    return (
        image.ContainerName,
        image.Repository or "<none>",
        image.Tag or "<none>",
        image.Platform,
        image.ID.removeprefix("sha256:")[:ID_LENGTH],
        human_size(image.Size),
        _age(image.Created, now),
    )


def _age(created: str | None, now: float) -> str:
    """How long ago it was. Podman tells nanoseconds, of which a date keeps six digits."""
    return ago(datetime.fromisoformat(created).timestamp(), now) if created else "N/A"
