"""``wait``: until containers have ended."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Sequence

from composer.errors import ComposerError
from composer.plan.intent import Down
from composer.state import Container
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context


def wait(ctx: Context, services: tuple[str, ...], *, down_project: bool) -> int:
    """Wait until all running containers of ``services`` have ended, and print how each did.

    With ``down_project`` until the first has; then the project goes down. Returns the exit code of
    the container that was waited for last.
    """
    name = ctx.project_name
    found = project_containers(ctx, name)
    check_services(ctx, services, found)
    waiting = [c for c in found if c.running and c.service in services]
    if not waiting:
        raise ComposerError(
            f"no containers for project {name!r}: none of {', '.join(services)} runs",
            hint="Start them with `composer up -d`.",
        )
    if ctx.settings.dry_run:
        ctx.say(f"Would wait for {', '.join(c.name for c in waiting)}")
        return 0
    code = _ends(ctx, waiting, first=down_project)
    if down_project:
        from composer.usecases.down import down

        down(ctx, Down(remove_orphans=True))
    return code


def _ends(ctx: Context, containers: Sequence[Container], *, first: bool) -> int:
    """The exit code of the last of ``containers`` to end, or of the first one."""
    ended: queue.SimpleQueue[tuple[str, int | BaseException | None]] = queue.SimpleQueue()
    stopped = threading.Event()

    def follow(container: Container) -> None:
        try:
            ended.put((container.id, ctx.engine.wait_exit(container.id, stopped.is_set)))
        except BaseException as error:
            ended.put((container.id, error))

    for container in containers:
        threading.Thread(target=follow, args=(container,), daemon=True).start()
    code = 0
    try:
        for _ in containers[:1] if first else containers:
            identity, result = ended.get()
            if isinstance(result, BaseException):
                raise result
            code = result or 0
            sys.stdout.write(f'container "{identity}" exited with status code {code}\n')
            sys.stdout.flush()
    finally:
        stopped.set()
    return code
