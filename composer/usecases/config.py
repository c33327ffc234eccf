"""``config``: the project in canonical form, or lists taken from it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec import load, load_canonical, to_json, to_yaml
from composer.usecases.context import Context


class ConfigOptions(NamedTuple):
    """The flags of ``config``. ``listing`` is one of ``LISTINGS``, or empty for the model."""

    services: tuple[str, ...] = ()
    format: str = "yaml"
    listing: str = ""
    hash_of: str | None = None
    """``--hash``: a service, several with commas, or ``*``."""
    quiet: bool = False
    output: str | None = None
    interpolate: bool = True
    normalize: bool = True
    resolve_paths: bool = True
    resolve_environment: bool = True
    consistency: bool = True


def _images(model: Mapping[str, Any]) -> list[str]:
    services = model.get("services", {})
    project = model.get("name", "")
    return [s.get("image") or f"{project}-{name}" for name, s in services.items()]


def _profiles(model: Mapping[str, Any]) -> list[str]:
    services = model.get("services", {}).values()
    return sorted({profile for service in services for profile in service.get("profiles", ())})


LISTINGS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "services": lambda model: list(model.get("services", {})),
    "volumes": lambda model: list(model.get("volumes", {})),
    "networks": lambda model: list(model.get("networks", {})),
    "images": _images,
    "profiles": _profiles,
}
"""What ``--services``, ``--volumes`` … print, a line each."""


def config(ctx: Context, options: ConfigOptions) -> int:
    """Check the files and print what ``options`` ask for. Returns the exit code."""
    if options.hash_of is not None:
        _write(_hashes(ctx, options.hash_of), options)
        return 0
    wanted = ctx.options(options.services)._replace(
        interpolate=options.interpolate,
        normalize=options.normalize,
        resolve_paths=options.resolve_paths,
        resolve_environment=options.resolve_environment,
        consistency=options.consistency,
    )
    if options.listing == "profiles":
        wanted = wanted._replace(profiles=("*",))
    if options.listing == "environment":
        canonical = load_canonical(wanted)
        lines = [f"{key}={value}" for key, value in sorted(canonical.environment.items())]
        _write("".join(f"{line}\n" for line in lines), options)
        return 0
    canonical = load_canonical(wanted)
    for text in canonical.warnings:
        ctx.warn(text)
    if options.quiet:
        return 0
    model = canonical.selected(options.services)
    if options.listing:
        lines = LISTINGS[options.listing](model)
        _write("".join(f"{line}\n" for line in lines), options)
        return 0
    render = to_json if options.format == "json" else to_yaml
    # What was not interpolated still has its dollar signs as the file wrote them.
    _write(render(model, escape=options.interpolate), options)
    return 0


def _hashes(ctx: Context, names: str) -> str:
    project = load(ctx.options())
    wanted = list(project.services) if names == "*" else names.split(",")
    for name in wanted:
        if name not in project.services:
            raise ComposerError(f"no such service: {name}")
    return "".join(f"{name} {project.services[name].config_hash}\n" for name in wanted)


def _write(text: str, options: ConfigOptions) -> None:
    if options.output is None:
        sys.stdout.write(text)
        return
    try:
        Path(options.output).write_text(text)
    except OSError as error:
        raise ComposerError(f"cannot write {options.output}: {error.strerror}") from error
