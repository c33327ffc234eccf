"""Reads Compose files: text to ``Project``, and ``Project`` to text.

``load_canonical`` goes as far as ``config`` prints; ``load`` builds the typed model on top, and
only then is msgspec imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from composer.spec.options import DEFAULTS, Options

if TYPE_CHECKING:
    from composer.spec.discovery import Discovery, discover
    from composer.spec.loading import Canonical, load_canonical
    from composer.spec.model import Project
    from composer.spec.naming import project_name
    from composer.spec.output import to_json, to_yaml
    from composer.spec.runnable import check_runnable

__all__ = [
    "Canonical",
    "Discovery",
    "Options",
    "Project",
    "check_runnable",
    "discover",
    "load",
    "load_canonical",
    "project_name",
    "to_json",
    "to_yaml",
]

_HOMES = {
    "Canonical": "loading",
    "Discovery": "discovery",
    "Project": "model",
    "check_runnable": "runnable",
    "discover": "discovery",
    "load_canonical": "loading",
    "project_name": "naming",
    "to_json": "output",
    "to_yaml": "output",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)


def load(options: Options = DEFAULTS) -> Project:
    """Load the project that ``options`` mean, typed and complete.

    Raises ``ComposerError``; ``FileError`` with all the problems of a file where one is at fault.
    """
    from composer.spec.loading import load_canonical
    from composer.spec.typed import build

    return build(load_canonical(options))
