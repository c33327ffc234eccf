"""What secrets and configs hold: the text itself, and digests that tell when it changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from composer.errors import ComposerError
from composer.spec.model import FileObject, Project, Service

_ROUNDS = 20_000
"""Makes guessing a short secret by its digest slow. A digest takes a hundredth of a second."""


def content_of(project: Project, definition: FileObject) -> bytes | None:
    """The text of a secret or config; None when its variable or file is not there.

    Raises ``ComposerError`` for a file that cannot be read.
    """
    if definition.content is not None:
        return definition.content.encode(errors="surrogateescape")  # manifests have bytes, too
    if definition.environment is not None:
        value = project.environment.get(definition.environment)
        if value is None:
            value = os.environ.get(definition.environment)
        return None if value is None else value.encode()
    path = Path(definition.file or "")
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise ComposerError(
            f"{definition.key}: cannot read {path}: {error.strerror}",
            hint="Correct the path, or the file's permissions.",
        ) from error


def with_contents(project: Project, services: Iterable[str]) -> Project:
    """``project`` with the digests of all secrets and configs that ``services`` use."""
    chosen = [project.services[name] for name in services]
    digests = {}
    for kind, defined in (("secrets", project.secrets), ("configs", project.configs)):
        used = {reference.source for s in chosen for reference in getattr(s, kind)}
        for key in sorted(used):
            content = None
            # A file that only the engine may read is none of our business until it is copied.
            with contextlib.suppress(ComposerError):
                content = None if defined[key].external else content_of(project, defined[key])
            if content is not None:
                digests[f"{kind}.{key}"] = _digest(f"{project.name}.{kind}.{key}", content)
    return msgspec.structs.replace(project, contents=digests)


def contents_of(project: Project, service: Service) -> dict[str, str]:
    """The digests of what ``service`` uses (``configs.KEY``), as far as they are known."""
    names = [f"secrets.{reference.source}" for reference in service.secrets]
    names += [f"configs.{reference.source}" for reference in service.configs]
    return {name: project.contents[name] for name in sorted(names) if name in project.contents}


def _digest(name: str, content: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha256", content, name.encode(), _ROUNDS).hex()[:16]
