"""``kube play``, ``down``, ``ps`` and ``logs``: manifests of Kubernetes on Podman."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from composer.errors import ComposerError
from composer.plan.intent import Down, Images, Up
from composer.usecases.context import Context
from composer.usecases.up import Attach, up

if TYPE_CHECKING:
    from composer.kube.read import Manifests

_FORCED_DOWN = (4, 4)
"""The first Podman whose ``kube down`` can remove volumes."""


def take(
    ctx: Context, files: Sequence[str], scale: Mapping[str, int] | None = None, *, quiet: bool
) -> Manifests:
    """Let ``ctx`` be about the project that the manifests in ``files`` mean.

    Its name is the one that the user says, else that of the manifests. With ``quiet`` nothing is
    said of what has no effect. Raises ``ComposerError``, ``FileError`` for what is wrong in files.
    """
    from composer.kube.read import read_manifests

    if not files:
        raise ComposerError("no manifest is named", hint="Name a file, a folder, or - for input.")
    manifests = read_manifests(files, scale)
    said = ctx.settings.project_name or ctx.variables.get("COMPOSE_PROJECT_NAME")
    ctx.settings = ctx.settings._replace(
        files=tuple(source.path for source in manifests.sources),
        project_name=said or manifests.name or None,
    )
    ctx.reader = (manifests._replace(warnings=()) if quiet else manifests).reader
    return manifests


def play(
    ctx: Context,
    files: Sequence[str],
    images: Images,
    intent: Up,
    attach: Attach | None,
    *,
    yes: bool = False,
) -> int:
    """Bring up what the manifests in ``files`` ask for, as ``up`` does with a Compose file.

    Returns the exit code. Nothing is started if anything is wrong with the files.
    """
    from msgspec.structs import replace

    manifests = take(ctx, files, intent.scale, quiet=False)
    if attach is None and intent.start:
        for name, service in manifests.document["services"].items():
            if "liveness" in service.get("x-podman", ()):
                ctx.warn(
                    f"service {name}: its liveness probe is another than its readiness probe; "
                    "composer looks at it while it is attached only (without -d)"
                )
    return up(ctx, images, replace(intent, scale={}), attach, yes=yes)


def down(ctx: Context, files: Sequence[str], intent: Down) -> int:
    """Take away what ``play`` made of ``files``, with the volumes of pods; claims stay unless
    ``intent.volumes``. Returns the exit code."""
    from msgspec.structs import replace

    from composer.usecases.down import down as run_down

    take(ctx, files, quiet=True)
    return run_down(ctx, replace(intent, anonymous=True))


def look_at(ctx: Context, files: Sequence[str]) -> None:
    """Let ``ctx`` be about the project of ``files``; without any, about the one that is named.

    Raises ``ComposerError`` if there is neither.
    """
    if files or not (ctx.settings.project_name or ctx.variables.get("COMPOSE_PROJECT_NAME")):
        take(ctx, files, quiet=True)


def play_by_podman(ctx: Context, files: Sequence[str], *, start: bool = True) -> int:
    """Hand the manifests to ``podman kube play``; its exit code."""
    return _podman(ctx, ["play", *([] if start else ["--start=false"])], files)


def down_by_podman(ctx: Context, files: Sequence[str], *, force: bool) -> int:
    """Hand the manifests to ``podman kube down``; its exit code."""
    flags = []
    if force and ctx.engine.capabilities().release >= _FORCED_DOWN:
        flags = ["--force"]
    elif force:
        ctx.warn("Podman before 4.4 removes no volumes: use podman volume rm")
    return _podman(ctx, ["down", *flags], files)


def _podman(ctx: Context, words: Sequence[str], files: Sequence[str]) -> int:
    """Call ``podman kube WORDS FILE``; with ``--dry-run`` say so instead."""
    if ctx.settings.dry_run:
        sys.stdout.write(f"podman kube {' '.join((*words, *files))}\n")
        return 0
    with _one_file(ctx, files, tell="play" in words) as path:
        return ctx.engine.podman(["kube", *words, path])


@contextmanager
def _one_file(ctx: Context, names: Sequence[str], *, tell: bool) -> Iterator[str]:
    """The path of a file with all manifests: Podman takes one. It may hold secrets, and is for the
    user alone. With ``tell`` it is warned of what Podman does not do."""
    from composer.kube.read.files import sources, text_of
    from composer.kube.read.for_podman import FIRST_WITHOUT, Handed, for_podman

    found = sources(names)
    old = ctx.engine.capabilities().release < FIRST_WITHOUT
    if len(found) == 1 and found[0].path != "-" and not old:
        yield found[0].path
        return
    texts = [(source, text_of(source)) for source in found]
    handed = for_podman(texts) if old else Handed()
    if tell and handed.sub_path:
        ctx.warn(
            f"{handed.sub_path}: Podman before 4.4 knows no subPath, and mounts all of the volume; "
            "composer's own play does"
        )
    whole = handed.text
    if whole is None:
        whole = "\n---\n".join(text for _, text in texts)
    handle, path = tempfile.mkstemp(suffix=".yaml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(whole)
        yield path
    finally:
        Path(path).unlink()
