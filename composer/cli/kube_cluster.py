"""``composer kube apply``, ``diff``, ``delete`` and ``scale``: the project on a cluster."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.kube_options import (
    Access,
    Context,
    KindOption,
    Kubeconfig,
    Namespace,
    kind_of,
)
from composer.usecases import kube_cluster as run
from composer.usecases.kube_push import Pushing

Registry = Annotated[
    str | None,
    typer.Option("--registry", metavar="HOST/PATH", help="Where the cluster gets built images"),
]
Force = Annotated[
    bool, typer.Option("--force-conflicts", help="Take over fields that others have set")
]
Prune = Annotated[bool, typer.Option(help="Delete what the project does not have any more")]
PruneVolumes = Annotated[
    bool, typer.Option("--prune-volumes", help="Prune claims of volumes as well: their data goes")
]
CreateNamespace = Annotated[bool, typer.Option(help="Make the namespace if there is none")]
Wait = Annotated[bool, typer.Option(help="Wait until it is done")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0, help="Seconds that waiting takes at most")
]
DryRun = Annotated[
    str | None,
    typer.Option("--dry-run", metavar="server", help="Ask the server, and change nothing"),
]


def apply(
    ctx: typer.Context,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: Namespace = None,
    kind: KindOption = None,
    push: Annotated[
        bool, typer.Option("--push", help="Build and push images first; see --registry")
    ] = False,
    registry: Registry = None,
    force_conflicts: Force = False,
    prune: Prune = True,
    prune_volumes: PruneVolumes = False,
    create_namespace: CreateNamespace = True,
    wait: Wait = True,
    timeout: Timeout = 300,
    dry_run: DryRun = None,
) -> int:
    """Bring the project to a cluster, and wait until it is up.

    Example: composer kube apply --push --registry registry.example.com/team
    """
    if dry_run not in (None, "server", "none"):
        raise typer.BadParameter(f"{dry_run!r} is none of server, none", param_hint="--dry-run")
    options = run.ApplyOptions(
        access=Access(context, kubeconfig, namespace),
        kind=kind_of(kind),
        pushing=Pushing(push, registry),
        force=force_conflicts,
        prune=prune,
        prune_volumes=prune_volumes,
        create_namespace=create_namespace,
        wait=wait,
        timeout=timeout,
        dry_run=dry_run == "server",
    )
    with opt.session(ctx) as session:
        return run.apply(session, options)


def diff(
    ctx: typer.Context,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: Namespace = None,
    kind: KindOption = None,
    registry: Registry = None,
    force_conflicts: Force = False,
    prune: Prune = True,
    prune_volumes: PruneVolumes = False,
) -> int:
    """Show what apply would change. The exit code is 1 if that is anything, 0 if not.

    Example: composer kube diff --context production
    """
    options = run.ApplyOptions(
        access=Access(context, kubeconfig, namespace),
        kind=kind_of(kind),
        pushing=Pushing(False, registry),
        force=force_conflicts,
        prune=prune,
        prune_volumes=prune_volumes,
    )
    with opt.session(ctx) as session:
        return run.diff(session, options)


def delete(
    ctx: typer.Context,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: Namespace = None,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Delete claims of volumes as well, with data")
    ] = False,
    yes: opt.Yes = False,
    wait: Wait = True,
    timeout: Timeout = 300,
    dry_run: opt.DryRun = False,
) -> int:
    """Take the project off a cluster; the namespace as well, if composer made it and it is empty.

    Example: composer kube delete --yes
    """
    with opt.session(ctx, dry_run=dry_run) as session:
        access = Access(context, kubeconfig, namespace)
        return run.delete(session, access, volumes=volumes, yes=yes, wait=wait, timeout=timeout)


def scale(
    ctx: typer.Context,
    services: Annotated[list[str], typer.Argument(metavar="SERVICE=NUM...", show_default=False)],
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    namespace: Namespace = None,
    wait: Wait = True,
    timeout: Timeout = 300,
    dry_run: opt.DryRun = False,
) -> int:
    """Change the number of replicas on a cluster, until the next apply.

    Example: composer kube scale web=3
    """
    wanted = dict(map(_replicas, services))
    with opt.session(ctx, dry_run=dry_run) as session:
        access = Access(context, kubeconfig, namespace)
        return run.scale(session, access, wanted, wait=wait, timeout=timeout)


def _replicas(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not number.isdecimal():
        raise typer.BadParameter(f"{text!r} is not SERVICE=NUM, such as web=3")
    return name, int(number)
