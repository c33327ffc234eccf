"""``kube import``: manifests of Kubernetes as a Compose file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from composer.errors import ComposerError
from composer.kube.read import Manifests, read_manifests
from composer.kube.read.text import compose_text
from composer.kube.read.texts import is_text
from composer.spec import load
from composer.usecases.context import Context

_FOR_THE_USER = 0o600
_FOR_ALL = 0o644


def import_manifests(ctx: Context, files: Sequence[str], output: str) -> int:
    """Write the Compose file that means what ``files`` do; ``-`` is standard output.

    What cannot be carried over stands in comments at its top. Returns the exit code. Raises
    ``ComposerError``, ``FileError`` for what is wrong in the files.
    """
    manifests = read_manifests(files)
    said = ctx.settings.project_name or ctx.variables.get("COMPOSE_PROJECT_NAME")
    name = said or manifests.name
    ctx.settings = ctx.settings._replace(
        files=tuple(source.path for source in manifests.sources),
        project_name=name or None,
    )
    ctx.reader = manifests.reader
    for key, config in (manifests.document.get("configs") or {}).items():
        if not is_text(config["content"]):
            raise ComposerError(
                f"{key} is no text, and a Compose file has no other",
                hint="Leave it out of the manifests, and mount it as a file.",
            )
    project = load(ctx.options())  # what cannot be loaded is of no use to anybody
    text = compose_text(project.name, manifests.document, manifests.warnings)
    if output == "-":
        sys.stdout.write(text)
    else:
        _write(Path(output), text, manifests)
        ctx.report(f"{output}: {len(project.services)} services of project {project.name}")
    for warning in manifests.warnings:
        ctx.warn(warning)
    if manifests.secret:
        ctx.warn("the Compose file holds the text of Secrets: keep it apart")
    return 0


def _write(path: Path, text: str, manifests: Manifests) -> None:
    """Write ``text``; a file with secrets is readable for its owner only."""
    mode = _FOR_THE_USER if manifests.secret else _FOR_ALL
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if manifests.secret:
                os.fchmod(file.fileno(), mode)
            file.write(text)
    except OSError as error:
        raise ComposerError(f"cannot write {path}: {error.strerror}") from error
