"""What ``composer volumes`` prints, with Docker Compose's columns, keys and templates."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.state import VolumeState
from composer.ui.template import show

NOT_KNOWN = "N/A"
HEADINGS = {
    "Driver": "DRIVER",
    "Name": "VOLUME NAME",
    "Availability": "AVAILABILITY",
    "Group": "GROUP",
    "Labels": "LABELS",
    "Links": "LINKS",
    "Mountpoint": "MOUNTPOINT",
    "Scope": "SCOPE",
    "Size": "SIZE",
    "Status": "STATUS",
}
FIELDS = ("Driver", "Name")


class Row(msgspec.Struct, frozen=True):
    """A volume as ``docker compose volumes --format json`` shows it, with its keys in its order."""

    Availability: str
    Driver: str
    Group: str
    Labels: str
    Links: str
    Mountpoint: str
    Name: str
    Scope: str
    Size: str
    Status: str


def formatted(volumes: Sequence[VolumeState], template: str) -> str:
    """The volumes as ``table``, ``json`` (one object a line) or through a template.

    Raises ``ComposerError`` for a template that cannot be read.
    """
    rows = [
        msgspec.structs.asdict(_row(volume))
        | {"Label": lambda name, labels=volume.labels: labels.get(name, "")}
        for volume in volumes
    ]
    return show(template, rows, HEADINGS, fields=FIELDS)


def _row(volume: VolumeState) -> Row:
    return Row(
        Availability=NOT_KNOWN,
        Driver=volume.driver,
        Group=NOT_KNOWN,
        Labels=",".join(f"{key}={value}" for key, value in sorted(volume.labels.items())),
        Links=NOT_KNOWN,
        Mountpoint=volume.mountpoint,
        Name=volume.name,
        Scope="local",
        Size=NOT_KNOWN,
        Status=NOT_KNOWN,
    )
