"""``composer config``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt


def config(
    ctx: typer.Context,
    services: opt.Services = None,
    format: Annotated[
        str | None, typer.Option("--format", help="yaml or json; table for --variables")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only check the files")] = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file")
    ] = None,
    list_services: Annotated[bool, typer.Option("--services", help="Names of services")] = False,
    volumes: Annotated[bool, typer.Option("--volumes", help="Names of volumes")] = False,
    networks: Annotated[bool, typer.Option("--networks", help="Names of networks")] = False,
    models: Annotated[bool, typer.Option("--models", help="Names of models")] = False,
    images: Annotated[bool, typer.Option("--images", help="Names of images")] = False,
    profiles: Annotated[bool, typer.Option("--profiles", help="Names of profiles")] = False,
    variables: Annotated[
        bool, typer.Option("--variables", help="Variables that the files mention, with defaults")
    ] = False,
    environment: Annotated[
        bool, typer.Option("--environment", help="Variables that interpolation sees")
    ] = False,
    hash: Annotated[
        str, typer.Option("--hash", metavar="SERVICE", help="Configuration hashes; * is all")
    ] = "",
    resolve_image_digests: Annotated[
        bool, typer.Option("--resolve-image-digests", help="Pin images to their digests")
    ] = False,
    lock_image_digests: Annotated[
        bool,
        typer.Option("--lock-image-digests", help="Print an override file that pins the images"),
    ] = False,
    no_interpolate: Annotated[
        bool, typer.Option("--no-interpolate", help="Leave variables as they are")
    ] = False,
    no_normalize: Annotated[
        bool, typer.Option("--no-normalize", help="Do not fill in defaults")
    ] = False,
    no_path_resolution: Annotated[
        bool, typer.Option("--no-path-resolution", help="Leave relative paths as they are")
    ] = False,
    no_env_resolution: Annotated[
        bool, typer.Option("--no-env-resolution", help="Do not read the services' env files")
    ] = False,
    no_consistency: Annotated[
        bool, typer.Option("--no-consistency", help="Do not check what the parts say of each other")
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Check the Compose files and print what they mean, in canonical form.

    Example: composer config --format json
    """
    from composer.usecases.config import LISTINGS, ConfigOptions
    from composer.usecases.config import config as run_config

    asked = {
        "services": list_services,
        "volumes": volumes,
        "networks": networks,
        "models": models,
        "hash": hash,
        "profiles": profiles,
        "images": images,
        "variables": variables,
        "environment": environment,
    }
    options = ConfigOptions(
        services=tuple(services or ()),
        format=format,
        listing=next((name for name in LISTINGS if asked[name]), ""),
        hash_of=hash,
        quiet=quiet,
        output=output,
        interpolate=not no_interpolate,
        normalize=not no_normalize,
        resolve_paths=not no_path_resolution,
        resolve_environment=not no_env_resolution,
        consistency=not no_consistency,
        digests=resolve_image_digests,
        lock=lock_image_digests,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_config(context, options)
