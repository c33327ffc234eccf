"""Options that commands below ``kube`` share."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import typer

from composer.kube.cluster.program import Access
from composer.kube.generate.draft import Kind

KINDS = get_args(Kind)

KindOption = Annotated[
    str | None, typer.Option("--kind", help=f"Of all workloads: {', '.join(KINDS)}")
]
Context = Annotated[str | None, typer.Option("--context", help="Context of the kubeconfig")]
Kubeconfig = Annotated[str | None, typer.Option("--kubeconfig", metavar="FILE", help="kubeconfig")]
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="Namespace, instead of the project's name")
]

__all__ = ["KINDS", "Access", "Context", "KindOption", "Kubeconfig", "Namespace", "kind_of"]


def kind_of(said: str | None) -> Kind | None:
    """The kind that ``--kind`` says. Raises ``BadParameter``."""
    if said is not None and said not in KINDS:
        raise typer.BadParameter(f"{said!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    return cast("Kind | None", said)
