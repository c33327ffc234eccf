"""Helpers of the tests of ``composer.spec``: load text as a project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from composer.errors import ComposerError, FileError
from composer.spec import Canonical, Options, Project, load, load_canonical


def write(folder: Path, text: str, name: str = "compose.yaml") -> Path:
    """Write a file of a project and give its path."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def canonical(
    folder: Path, text: str, environ: Mapping[str, str] | None = None, **options: Any
) -> Canonical:
    """Load ``text`` as the Compose file of ``folder``."""
    file = write(folder, text)
    return load_canonical(Options(files=(str(file),), environ=environ or {}, **options))


def project(
    folder: Path, text: str, environ: Mapping[str, str] | None = None, **options: Any
) -> Project:
    """Load ``text`` as the typed project of ``folder``."""
    file = write(folder, text)
    return load(Options(files=(str(file),), environ=environ or {}, **options))


def services(folder: Path, text: str, **options: Any) -> Any:
    """The canonical services of ``text``."""
    return canonical(folder, text, **options).mapping["services"]


def problems(folder: Path, text: str, **options: Any) -> list[str]:
    """The messages, with their places relative to ``folder``, with which ``text`` is refused."""
    with pytest.raises(ComposerError) as caught:
        canonical(folder, text, **options)
    found = caught.value.problems if isinstance(caught.value, FileError) else [caught.value]
    return [str(problem).replace(f"{folder}/", "") for problem in found]
