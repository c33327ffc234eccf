"""``composer build`` and ``pull``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.plan.intent import Build
from composer.usecases import images


def build(
    ctx: typer.Context,
    services: opt.Services = None,
    build_arg: Annotated[
        list[str] | None,
        typer.Option("--build-arg", metavar="KEY=VALUE", help="Build-time variable"),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Use no cached layers")] = False,
    pull: Annotated[
        bool, typer.Option("--pull", help="Look for newer versions of base images")
    ] = False,
    with_dependencies: Annotated[
        bool, typer.Option("--with-dependencies", help="Build what the services need as well")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no build output")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Build or rebuild the images of services."""
    intent = Build(
        services=tuple(services or ()),
        pull=pull,
        no_cache=no_cache,
        args=tuple(build_arg or ()),
        quiet=quiet,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return images.build(context, intent, dependencies=with_dependencies)


def pull(
    ctx: typer.Context,
    services: opt.Services = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="missing|always", help="When to pull")
    ] = None,
    ignore_buildable: Annotated[
        bool, typer.Option("--ignore-buildable", help="Pass over images that can be built")
    ] = False,
    ignore_pull_failures: Annotated[
        bool, typer.Option("--ignore-pull-failures", help="Go on when a pull fails")
    ] = False,
    include_deps: Annotated[
        bool, typer.Option("--include-deps", help="Pull for dependencies as well")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Pull the images of services."""
    if policy not in (None, "missing", "always"):
        raise typer.BadParameter(f"{policy!r} is none of missing, always", param_hint="--policy")
    with opt.session(ctx, dry_run=dry_run) as context:
        return images.pull(
            context,
            tuple(services or ()),
            policy=policy,
            ignore_buildable=ignore_buildable,
            ignore_failures=ignore_pull_failures,
            include_deps=include_deps,
            quiet=quiet,
        )
