"""``composer kube generate``."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import typer

from composer.cli import options as opt
from composer.kube.generate.draft import Kind
from composer.usecases import kube_generate as run

KINDS = get_args(Kind)


def generate(
    ctx: typer.Context,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR|-",
            help="A .yaml file; or a folder: a Kustomize base and an overlay",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help=f"Of all workloads: {', '.join(KINDS)}"),
    ] = None,
    chart: Annotated[
        bool, typer.Option("--chart", help="Write a Helm chart into the folder")
    ] = False,
    host_ports: Annotated[
        bool,
        typer.Option("--host-ports", help="Publish ports by the node, not by a Service"),
    ] = False,
) -> int:
    """Write Kubernetes manifests of the project.

    Example: composer kube generate -o k8s/
    """
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    with opt.session(ctx) as context:
        return run.generate(
            context,
            cast("Kind | None", kind),
            host_ports=host_ports,
            output=run.Output(output, chart),
        )
