"""``config``: the project in canonical form, or lists taken from it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec import Canonical, Options, load, load_canonical, to_json, to_yaml
from composer.usecases.context import Context


class ConfigOptions(NamedTuple):
    """The flags of ``config``. ``listing`` is one of ``LISTINGS``, or empty for the model."""

    services: tuple[str, ...] = ()
    format: str | None = None
    listing: str = ""
    hash_of: str = ""
    """What ``--hash`` names: a service, several with commas, or ``*``."""
    quiet: bool = False
    output: str | None = None
    interpolate: bool = True
    normalize: bool = True
    resolve_paths: bool = True
    resolve_environment: bool = True
    consistency: bool = True
    digests: bool = False
    """``--resolve-image-digests``: images are pinned to their digests."""
    lock: bool = False
    """``--lock-image-digests``: of the services only their pinned images are printed."""


def config(ctx: Context, options: ConfigOptions) -> int:
    """Check the files and print what ``options`` ask for. Returns the exit code."""
    if options.listing:
        lines = LISTINGS[options.listing](ctx, options)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return 0
    canonical = _loaded(ctx, options, options.services, raw=not options.interpolate)
    model = canonical.selected(options.services) if options.interpolate else canonical.mapping
    if options.digests or options.lock:
        from composer.usecases.digests import pin_images

        pin_images(ctx, model.get("services", {}))
    if options.lock:
        model = {"services": _images_only(model.get("services", {}))}
    if options.format not in (None, "yaml", "json"):
        raise ComposerError(
            f"unsupported format {options.format!r}", hint="yaml and json are supported"
        )
    if not options.quiet:
        _write(_text(model, options), options.output)
    return 0


def _images_only(services: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {"image": service["image"]} if "image" in service else {}
        for name, service in services.items()
    }


def _text(model: dict[str, Any], options: ConfigOptions) -> str:
    # What was not interpolated still has its dollar signs as the file wrote them.
    escape = options.interpolate
    if options.format != "json":
        return to_yaml(model, escape=escape)
    return to_json(model, escape=escape, whole=options.interpolate and not options.lock)


def _loaded(
    ctx: Context, options: ConfigOptions, services: tuple[str, ...] = (), *, raw: bool = False
) -> Canonical:
    """The project as the flags want it. ``services`` are those whose profiles are active."""
    wanted: Options = ctx.options(services)._replace(
        interpolate=options.interpolate,
        normalize=options.normalize,
        resolve_paths=options.resolve_paths,
        resolve_environment=options.resolve_environment,
        consistency=options.consistency,
        raw=raw,
    )
    canonical = load_canonical(wanted)
    for text in canonical.warnings:
        ctx.warn(text)
    return canonical


def _write(text: str, output: str | None) -> None:
    if output is None:
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:  # the terminal has another encoding, or a variable has none
            sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        return
    try:
        Path(output).write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise ComposerError(f"cannot write {output}: {error.strerror}") from error


# --- what is listed instead of the model ----------------------------------------------------------


def _outlined(
    ctx: Context, options: ConfigOptions, services: tuple[str, ...] = (), *, raw: bool = False
) -> Canonical:
    """The project without what its services' env files say, which need not exist then."""
    return _loaded(ctx, options._replace(resolve_environment=False), services, raw=raw)


def _services(ctx: Context, options: ConfigOptions) -> list[str]:
    return list(_outlined(ctx, options, raw=not options.interpolate).mapping.get("services", {}))


def _volumes(ctx: Context, options: ConfigOptions) -> list[str]:
    return list(_outlined(ctx, options).mapping.get("volumes", {}))


def _networks(ctx: Context, options: ConfigOptions) -> list[str]:
    return list(_outlined(ctx, options).mapping.get("networks", {}))


def _models(ctx: Context, options: ConfigOptions) -> list[str]:
    models = _outlined(ctx, options).mapping.get("models", {}).values()
    return [model["model"] for model in models if model.get("model")]


def _hashes(ctx: Context, options: ConfigOptions) -> list[str]:
    project = load(ctx.options())
    services = project.services
    names = services if options.hash_of == "*" else sorted(options.hash_of.split(","))
    for name in names:
        if name not in services:
            disabled = ": its profile is not active" if name in project.disabled_services else ""
            raise ComposerError(f"no such service: {name}{disabled}")
    return [f"{name} {services[name].config_hash}" for name in names]


def _profiles(ctx: Context, options: ConfigOptions) -> list[str]:
    canonical = _outlined(ctx, options, options.services)
    everything = [*canonical.mapping.get("services", {}).values(), *canonical.disabled.values()]
    return sorted({profile for service in everything for profile in service.get("profiles", ())})


def _images(ctx: Context, options: ConfigOptions) -> list[str]:
    canonical = _outlined(ctx, options, options.services)
    services = canonical.selected(options.services).get("services", {})
    own = f"{canonical.name}{canonical.conventions.separator}"
    return [s.get("image") or f"{own}{name}" for name, s in services.items()]


def _variables(ctx: Context, options: ConfigOptions) -> list[str]:
    from composer.usecases.variables import listed

    tree = _outlined(ctx, options._replace(interpolate=False), raw=True).mapping
    return listed(tree, options.format)


def _environment(ctx: Context, options: ConfigOptions) -> list[str]:
    environment = _loaded(ctx, options, options.services).environment
    if options.quiet:
        return []
    return [f"{key}={value}" for key, value in sorted(environment.items())]


LISTINGS: dict[str, Callable[[Context, ConfigOptions], list[str]]] = {
    "services": _services,
    "volumes": _volumes,
    "networks": _networks,
    "models": _models,
    "hash": _hashes,
    "profiles": _profiles,
    "images": _images,
    "variables": _variables,
    "environment": _environment,
}
"""Flags that print lines in place of the model. When several are given, the first one counts."""
