"""``composer kube play``, ``down``, ``ps``, ``logs`` and ``import``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.kube_options import Access, Context, Kubeconfig, Namespace
from composer.cli.logs import lines
from composer.cli.up import images_of, recreate_of

Files = Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)]
FilesOrServices = Annotated[
    list[str] | None, typer.Argument(metavar="[FILE]...", show_default=False)
]
EngineOption = Annotated[
    str, typer.Option("--engine", help="podman hands the files to podman kube play")
]
Container = Annotated[
    list[str] | None,
    typer.Option("--container", "-c", metavar="SERVICE", help="Only the containers of this one"),
]
Cluster = Annotated[
    bool, typer.Option("--cluster", help="Of the project on a cluster; arguments are services")
]
LongNamespace = Annotated[
    str | None, typer.Option("--namespace", help="Namespace, instead of the project's name")
]
"""Not ``-n``, which is the number of lines of logs."""

ENGINES = ("composer", "podman")


def play(
    ctx: typer.Context,
    files: Files,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Do not follow the logs: run in the background")
    ] = False,
    start: Annotated[bool, typer.Option(help="Start what is made")] = True,
    scale: Annotated[
        list[str] | None,
        typer.Option("--scale", metavar="NAME=NUM", help="Number of replicas of a workload"),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all run or are ready; implies -d")
    ] = False,
    wait_timeout: Annotated[
        int | None, typer.Option("--wait-timeout", help="Seconds that --wait takes at most")
    ] = None,
    pull: opt.Pull = None,
    quiet_pull: opt.QuietPull = False,
    force_recreate: opt.ForceRecreate = False,
    no_recreate: opt.NoRecreate = False,
    remove_orphans: opt.RemoveOrphans = False,
    timeout: opt.Timeout = None,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="Show timestamps")] = False,
    no_color: opt.NoColor = False,
    no_log_prefix: opt.NoLogPrefix = False,
    engine: EngineOption = "composer",
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Run Kubernetes manifests on Podman: files, folders with files, or - for standard input.

    Example: composer kube play -d app.yaml
    """
    from composer.plan.intent import Up
    from composer.usecases import kube_play as run
    from composer.usecases.orphans import with_removal
    from composer.usecases.up import Attach, parse_scale

    _check_engine(engine)
    if engine == "podman" and (scale or wait or force_recreate or no_recreate):
        raise typer.BadParameter("--scale, --wait and --…-recreate are for composer's own play")
    background = detach or wait or not start
    intent = Up(
        scale=parse_scale(scale or ()),
        recreate=recreate_of(force_recreate, no_recreate),
        start=start,
        remove_orphans=remove_orphans,
        timeout=timeout,
        wait=wait,
        wait_timeout=wait_timeout,
        check_started=background and start,
    )
    attach = Attach(prefix=not no_log_prefix, color=not no_color, timestamps=timestamps)
    images = images_of(build=False, no_build=True, pull=pull, quiet=quiet_pull)
    with opt.session(ctx, dry_run=dry_run) as context:
        if engine == "podman":
            return run.play_by_podman(context, files, start=start)
        shown = None if background else attach
        return run.play(context, files, images, with_removal(context, intent), shown, yes=yes)


def down(
    ctx: typer.Context,
    files: Files,
    force: Annotated[
        bool, typer.Option("--force", "-v", help="Remove the volumes of claims as well")
    ] = False,
    remove_orphans: opt.RemoveOrphans = False,
    timeout: opt.Timeout = None,
    engine: EngineOption = "composer",
    dry_run: opt.DryRun = False,
) -> int:
    """Stop and remove what play made of Kubernetes manifests.

    Example: composer kube down --force app.yaml
    """
    from composer.plan.intent import Down
    from composer.usecases import kube_play as run
    from composer.usecases.orphans import with_removal

    _check_engine(engine)
    intent = Down(volumes=force, remove_orphans=remove_orphans, timeout=timeout)
    with opt.session(ctx, dry_run=dry_run) as context:
        if engine == "podman":
            return run.down_by_podman(context, files, force=force)
        return run.down(context, files, with_removal(context, intent))


def ps(
    ctx: typer.Context,
    files: FilesOrServices = None,
    all: Annotated[bool, typer.Option("--all", "-a", help="Stopped containers as well")] = False,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    container: Container = None,
    cluster: Cluster = False,
    kube_context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: Namespace = None,
) -> int:
    """List the containers of Kubernetes manifests that were played, or of the project on a cluster.

    Example: composer kube ps app.yaml
    """
    access = _access(cluster, kube_context, kubeconfig, namespace)
    with opt.session(ctx) as context:
        if cluster:
            from composer.usecases import kube_look

            services = (*(files or ()), *(container or ()))
            wanted = kube_look.PsOptions(services, all, format, quiet)
            return kube_look.cluster_ps(context, access, wanted)
        from composer.usecases.kube_play import look_at
        from composer.usecases.look import PsOptions
        from composer.usecases.look import ps as run_ps

        look_at(context, files or ())
        options = PsOptions(services=tuple(container or ()), all=all, format=format, quiet=quiet)
        return run_ps(context, options)


def logs(
    ctx: typer.Context,
    files: FilesOrServices = None,
    follow: opt.Follow = False,
    since: opt.Since = None,
    until: opt.Until = None,
    tail: opt.Tail = "all",
    timestamps: opt.Timestamps = False,
    no_color: opt.NoColor = False,
    no_log_prefix: opt.NoLogPrefix = False,
    container: Container = None,
    cluster: Cluster = False,
    kube_context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: LongNamespace = None,
) -> int:
    """Show the output of Kubernetes manifests that were played, or of the project on a cluster.

    Example: composer kube logs -f app.yaml
    """
    from composer.usecases.logs import LogOptions
    from composer.usecases.logs import logs as run_logs

    access = _access(cluster, kube_context, kubeconfig, namespace)
    services = (*((files or ()) if cluster else ()), *(container or ()))
    options = LogOptions(
        services,
        follow=follow,
        since=since,
        until=until,
        tail=lines(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
    )
    with opt.session(ctx) as context:
        if cluster:
            from composer.usecases.kube_look import cluster_logs

            return cluster_logs(context, access, options)
        from composer.usecases.kube_play import look_at

        look_at(context, files or ())
        return run_logs(context, options)


def import_(
    ctx: typer.Context,
    files: Files,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE|-", help="The Compose file")
    ] = "-",
) -> int:
    """Write the Compose file that means what Kubernetes manifests do.

    Example: composer kube import app.yaml -o compose.yaml
    """
    from composer.usecases.kube_import import import_manifests

    with opt.session(ctx) as context:
        return import_manifests(context, files, output)


def _check_engine(engine: str) -> None:
    if engine not in ENGINES:
        raise typer.BadParameter(f"{engine!r} is none of {', '.join(ENGINES)}")


def _access(
    cluster: bool, context: str | None, kubeconfig: str | None, namespace: str | None
) -> Access:
    """Which cluster is meant. Raises ``BadParameter`` if one is named, and none is to be used."""
    access = Access(context, kubeconfig, namespace)
    if access != Access() and not cluster:
        raise typer.BadParameter("--context, --kubeconfig and --namespace are for --cluster")
    return access
