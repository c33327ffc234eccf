"""``composer build`` and ``pull``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.plan.intent import Build
from composer.spec.units import size
from composer.usecases import images

Ineffective = Annotated[str | None, typer.Option(hidden=True)]


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
    push: Annotated[
        bool, typer.Option("--push", help="Push the images when they are built")
    ] = False,
    ssh: Annotated[
        list[str] | None,
        typer.Option("--ssh", metavar="default|ID=PATH", help="SSH agent or key for builds"),
    ] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", "-m", help="Memory that builds may use, such as 1g")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no build output")] = False,
    builder: Ineffective = None,
    provenance: Ineffective = None,
    sbom: Ineffective = None,
    progress: Ineffective = None,
    parallel: opt.Deprecated = False,
    compress: opt.Deprecated = False,
    force_rm: opt.Deprecated = False,
    no_rm: opt.Deprecated = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Build or rebuild the images of services. Example: composer build --pull app"""
    intent = Build(
        services=tuple(services or ()),
        pull=pull,
        no_cache=no_cache,
        args=tuple(build_arg or ()),
        quiet=quiet,
        memory=_bytes(memory),
        push=push,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        for flag, value in {"builder": builder, "provenance": provenance, "sbom": sbom}.items():
            if value not in (None, "", "false"):
                context.warn(
                    f"--{flag} has no effect: it is for BuildKit, and Podman builds itself"
                )
        return images.build(context, intent, dependencies=with_dependencies, ssh=ssh or ())


def _bytes(memory: str | None) -> int | None:
    try:
        return None if memory is None else size(memory)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--memory") from error


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
    parallel: opt.Deprecated = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Pull the images of services. Example: composer pull --ignore-buildable"""
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
