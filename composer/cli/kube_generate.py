"""``composer kube generate``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.kube_options import KindOption, kind_of
from composer.usecases import kube_generate as run


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
    kind: KindOption = None,
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
    chosen = kind_of(kind)
    with opt.session(ctx) as context:
        return run.generate(
            context,
            chosen,
            host_ports=host_ports,
            output=run.Output(output, chart),
        )
