"""The project's name, found without parsing its files: many commands need nothing else of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from composer.errors import ComposerError
from composer.spec.discovery import (
    Discovery,
    Source,
    discover,
    explicit_name,
    normalise_name,
    read_source,
)
from composer.spec.files import is_missing
from composer.spec.options import Options
from composer.spec.scalars import plain
from composer.spec.template import TemplateError, substitute
from composer.spec.variables import own_variables


def project_name(options: Options) -> str:
    """The project's name, without loading the model where it can be told without.

    With ``-p`` or ``COMPOSE_PROJECT_NAME`` no file needs to exist. Raises ``ComposerError``.
    """
    explicit = explicit_name(options, own_variables(options))
    if explicit:
        for file in options.files:
            if file != "-" and is_missing(file):
                raise ComposerError(f"there is no file {file}", hint="correct the path after -f")
        return explicit
    discovery = discover(options)
    return name_of(options, discovery, cache(read_source))


def name_of(options: Options, discovery: Discovery, text: Callable[[Source], str]) -> str:
    """``-p``, then ``COMPOSE_PROJECT_NAME``, then the files' ``name``, then the folder's name.

    ``text`` reads a file.
    """
    explicit = explicit_name(options, discovery.environment)
    if explicit:
        return explicit
    said = ""
    for source in discovery.files:
        said = _said_name(text(source)) or said
    if said:
        try:
            said = substitute(said, discovery.environment.get) if options.interpolate else said
        except TemplateError as error:
            raise ComposerError(f"name: {error}") from None
        said = normalise_name(said) if options.normalize else said
    name = said or normalise_name(discovery.directory.rstrip("/").rpartition("/")[2])
    if not name:
        raise ComposerError(
            "project name must not be empty",
            hint="say one with -p, COMPOSE_PROJECT_NAME or a top-level name:",
        )
    return name


def _said_name(text: str) -> str:
    """The top-level ``name`` of a file, found without parsing all of it."""
    found = ""
    if "name" in text:
        for line in re.findall(r"""(?m)^(?:name ?|"name" ?|'name' ?):(.*)$""", text):
            found = line.split(" #")[0].strip()
            if found[:1] in ("'", '"') and found[-1:] == found[:1]:
                found = found[1:-1]
            elif not isinstance(plain(found) if found else None, str):
                found = ""
    return found
