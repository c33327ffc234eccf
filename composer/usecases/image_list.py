"""``images``: the images that a project's containers were made of."""

from __future__ import annotations

import sys
import time

from composer.usecases.containers import project_containers
from composer.usecases.context import Context


def images(ctx: Context, services: tuple[str, ...], *, format: str, quiet: bool) -> int:
    """Print the images of the containers of ``services``, or of all. Returns the exit code.

    ``format`` is ``table``, ``json`` or a template. A service without containers has none, also one
    that does not exist; Docker Compose says nothing of that.
    """
    from composer.ui.images import formatted, rows

    found = project_containers(ctx, ctx.project_name)
    missing = [name for name in services if name not in {c.service for c in found}]
    if missing:
        ctx.warn(f"no containers of {', '.join(missing)}")
    shown = [c for c in found if not services or c.service in services]
    details = {identity: ctx.engine.image(identity) for identity in {c.image_id for c in shown}}
    listed = rows(shown, details)
    if quiet:
        ids = dict.fromkeys(row.ID.removeprefix("sha256:") for row in listed)
        sys.stdout.write("".join(f"{identity}\n" for identity in ids))
    else:
        sys.stdout.write(formatted(listed, time.time(), format))
    return 0
