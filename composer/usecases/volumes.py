"""``volumes``: the volumes of a project."""

from __future__ import annotations

import sys

from composer.printable import printable
from composer.state import PODMAN_PROJECT, PROJECT
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context


def volumes(ctx: Context, services: tuple[str, ...], *, format: str, quiet: bool) -> int:
    """Print the project's volumes, or those that containers of ``services`` use.

    ``format`` is ``table``, ``json`` or a template. Returns the exit code.
    """
    name = ctx.project_name
    found = [
        volume
        for volume in ctx.engine.list_volumes()
        if name in (volume.labels.get(PROJECT), volume.labels.get(PODMAN_PROJECT))
    ]
    if services:
        check_services(ctx, services, project_containers(ctx, name))
        label = [f"{PROJECT}={name}"]
        found = [
            volume
            for volume in found
            # The list of containers says where volumes are mounted, not which ones.
            if any(
                container.service in services
                for container in ctx.engine.containers({"label": label, "volume": [volume.name]})
            )
        ]
    found.sort(key=lambda volume: volume.name)
    if quiet:
        sys.stdout.write("".join(f"{printable(volume.name)}\n" for volume in found))
    else:
        from composer.ui.volumes import formatted

        sys.stdout.write(formatted(found, format))
    return 0
