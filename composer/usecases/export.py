"""``export``: the files of a container as a tar archive."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from composer.errors import ComposerError
from composer.printable import printable
from composer.usecases.containers import running_replica
from composer.usecases.context import Context


def export(ctx: Context, service: str, *, output: str | None, index: int | None = None) -> int:
    """Write the files of a container of ``service`` to ``output``, or to standard output.

    Returns the exit code. A file is there when it is whole, and for its owner only.
    """
    container = running_replica(ctx, service, index)
    if not output and sys.stdout.isatty():
        raise ComposerError(
            "an archive is nothing for a terminal", hint="Name a file with --output, or use a pipe."
        )
    if ctx.settings.dry_run:
        target = output or "standard output"
        sys.stdout.write(f"Would export {printable(container.name)} to {printable(target)}\n")
        return 0
    if not output:
        ctx.engine.export(container.id, sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
        return 0
    _into_file(ctx, container.id, Path(output))
    ctx.report(f"Container {container.name}  Exported to {output}")
    return 0


def _into_file(ctx: Context, container: str, target: Path) -> None:
    if target.is_dir():
        raise ComposerError(f"cannot write {target}: it is a folder", hint="Name a file in it.")
    try:
        if target.exists() and not target.is_file():  # a device or pipe cannot be replaced
            with target.open("wb") as device:
                ctx.engine.export(container, device.write)
            return
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise ComposerError(f"cannot write {target}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            ctx.engine.export(container, file.write)
        Path(name).replace(target)
    except BaseException as error:
        with suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise ComposerError(f"cannot write {target}: {error.strerror}") from error
        raise
