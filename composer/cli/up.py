"""``composer up``, ``create`` and ``scale``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from composer.cli import options as opt
from composer.errors import ComposerError

if TYPE_CHECKING:
    from composer.plan.intent import Images, Recreate

PULL_POLICIES = ("always", "missing", "never", "newer", "build", "policy")


def recreate_of(force: bool, never: bool) -> Recreate:
    """What ``--force-recreate`` and ``--no-recreate`` mean together."""
    if force and never:
        raise typer.BadParameter("--force-recreate and --no-recreate are incompatible")
    return "force" if force else "never" if never else "diverged"


def images_of(
    build: bool, no_build: bool, pull: str | None, quiet: bool, quiet_build: bool = False
) -> Images:
    from composer.plan.intent import Images

    if build and no_build:
        raise typer.BadParameter("--build and --no-build are incompatible")
    if pull is not None and pull not in PULL_POLICIES:
        raise typer.BadParameter(
            f"{pull!r} is none of {', '.join(PULL_POLICIES)}", param_hint="--pull"
        )
    return Images(
        build=build or pull == "build",
        no_build=no_build,
        pull=None if pull in ("policy", "build") else pull,
        quiet=quiet,
        quiet_build=quiet_build,
    )


def up(
    ctx: typer.Context,
    services: opt.Services = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Do not follow the logs: run in the background")
    ] = False,
    build: opt.BuildFlag = False,
    no_build: opt.NoBuild = False,
    pull: opt.Pull = None,
    quiet_pull: opt.QuietPull = False,
    quiet_build: Annotated[
        bool, typer.Option("--quiet-build", help="Do not show the output of builds")
    ] = False,
    build_arg: Annotated[list[str] | None, typer.Option("--build-arg", hidden=True)] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", hidden=True)] = False,
    force_recreate: opt.ForceRecreate = False,
    no_recreate: opt.NoRecreate = False,
    always_recreate_deps: Annotated[
        bool, typer.Option("--always-recreate-deps", help="Recreate dependencies as well")
    ] = False,
    renew_anon_volumes: Annotated[
        bool,
        typer.Option("--renew-anon-volumes", "-V", help="Do not carry over anonymous volumes"),
    ] = False,
    no_deps: opt.NoDeps = False,
    no_start: Annotated[bool, typer.Option("--no-start", help="Create, but do not start")] = False,
    remove_orphans: opt.RemoveOrphans = False,
    scale: opt.Scale = None,
    timeout: opt.Timeout = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until services run or are healthy; implies -d")
    ] = False,
    wait_timeout: Annotated[
        int | None, typer.Option("--wait-timeout", help="Seconds that --wait takes at most")
    ] = None,
    abort_on_container_exit: Annotated[
        bool,
        typer.Option("--abort-on-container-exit", help="Stop everything when a container exits"),
    ] = False,
    abort_on_container_failure: Annotated[
        bool,
        typer.Option("--abort-on-container-failure", help="Stop everything when a container fails"),
    ] = False,
    exit_code_from: Annotated[
        str | None,
        typer.Option(
            "--exit-code-from",
            metavar="SERVICE",
            help="Return this service's exit code; implies --abort-on-container-exit",
        ),
    ] = None,
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="SERVICE", help="Follow the logs of this service only"),
    ] = None,
    no_attach: Annotated[
        list[str] | None,
        typer.Option("--no-attach", metavar="SERVICE", help="Do not follow the logs of this one"),
    ] = None,
    attach_dependencies: Annotated[
        bool, typer.Option("--attach-dependencies", help="Follow the logs of dependencies as well")
    ] = False,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="Show timestamps")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours in logs")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="No names before the lines of logs")
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", "-w", help="Update containers while files change (develop.watch)"),
    ] = False,
    menu: Annotated[
        bool, typer.Option("--menu", help="Accepted; there is no menu of shortcuts")
    ] = False,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Create and start containers.

    Only what changed since the last time is recreated. Example: composer up -d --scale app=3
    """
    from msgspec.structs import replace

    from composer.plan.intent import Up
    from composer.usecases.orphans import with_removal
    from composer.usecases.up import Attach, parse_scale
    from composer.usecases.up import up as run_up

    aborts = abort_on_container_exit or abort_on_container_failure or exit_code_from is not None
    background = detach or wait or no_start
    if aborts and background:
        raise typer.BadParameter(
            "--abort-on-container-exit, --abort-on-container-failure and --exit-code-from "
            "are incompatible with running in the background (-d, --wait, --no-start)"
        )
    if watch and background:
        raise typer.BadParameter("--watch is incompatible with running in the background (-d …)")
    intent = Up(
        services=tuple(services or ()),
        no_deps=no_deps,
        scale=parse_scale(scale or ()),
        recreate=recreate_of(force_recreate, no_recreate),
        recreate_deps=always_recreate_deps,
        renew_anonymous_volumes=renew_anon_volumes,
        start=not no_start,
        remove_orphans=remove_orphans,
        timeout=timeout,
        wait=wait,
        wait_timeout=wait_timeout,
        # podman-compose says nothing of containers that die.
        check_started=background and not no_start and ctx.obj["dialect"] == "docker",
    )
    watching = None
    if not background:
        watching = Attach(
            services=tuple(attach or ()),
            excluded=tuple(no_attach or ()),
            dependencies=attach_dependencies,
            prefix=not no_log_prefix,
            color=not no_color,
            timestamps=timestamps,
            abort_on_exit=abort_on_container_exit or exit_code_from is not None,
            abort_on_failure=abort_on_container_failure,
            exit_code_from=exit_code_from,
            watch=watch,
        )
    images = images_of(build, no_build, pull, quiet_pull, quiet_build)
    images = replace(images, build_args=tuple(build_arg or ()), no_cache=no_cache)
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_up(context, images, with_removal(context, intent), watching, yes=yes)


def create(
    ctx: typer.Context,
    services: opt.Services = None,
    build: opt.BuildFlag = False,
    no_build: opt.NoBuild = False,
    pull: opt.Pull = None,
    quiet_pull: opt.QuietPull = False,
    force_recreate: opt.ForceRecreate = False,
    no_recreate: opt.NoRecreate = False,
    remove_orphans: opt.RemoveOrphans = False,
    scale: opt.Scale = None,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Create the containers of services without starting them. Example: composer create --build"""
    from composer.plan.intent import Up
    from composer.usecases.up import parse_scale
    from composer.usecases.up import up as run_up

    intent = Up(
        services=tuple(services or ()),
        scale=parse_scale(scale or ()),
        recreate=recreate_of(force_recreate, no_recreate),
        start=False,
        remove_orphans=remove_orphans,
    )
    images = images_of(build, no_build, pull, quiet_pull)
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_up(context, images, intent, yes=yes)


def scale(
    ctx: typer.Context,
    replicas: Annotated[list[str], typer.Argument(metavar="SERVICE=REPLICAS...")],
    no_deps: opt.NoDeps = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Change the number of replicas of services. Example: composer scale app=3"""
    from composer.plan.intent import Images, Up
    from composer.usecases.up import parse_scale
    from composer.usecases.up import up as run_up

    wanted = parse_scale(replicas)
    if not wanted:
        raise ComposerError("nothing to scale", hint="Name a service: composer scale app=3.")
    intent = Up(
        services=tuple(wanted),
        no_deps=no_deps,
        scale=wanted,
        recreate="never",
        check_started=True,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_up(context, Images(), intent)
