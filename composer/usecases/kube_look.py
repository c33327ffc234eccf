"""``kube ps`` and ``logs`` with ``--cluster``: the pods of the project on a cluster."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from composer.kube.cluster import namespaces
from composer.kube.cluster.belongings import Place
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.pods import Member, members
from composer.kube.cluster.program import Access
from composer.kube.names import dns_label
from composer.printable import printable
from composer.usecases.containers import check_known
from composer.usecases.context import Context
from composer.usecases.kube_place import cluster
from composer.usecases.logs import LogOptions, check_times, stream_printer


class PsOptions(NamedTuple):
    """The flags of ``kube ps --cluster``. ``format`` is ``table``, ``json`` or a template."""

    services: tuple[str, ...] = ()
    all: bool = False
    """Also what has done its work."""
    format: str = "table"
    quiet: bool = False
    """Only names of pods."""


def cluster_ps(ctx: Context, access: Access, options: PsOptions) -> int:
    """List the containers of the pods. Returns the exit code. Raises ``ComposerError``."""
    with cluster(ctx, access, ctx.project_name) as place:
        found = _members(ctx, place)
    names = _named(ctx, options.services, {member.name for member in found})
    shown = [
        member
        for member in found
        if (options.all or not member.finished) and (not names or member.name in names)
    ]
    if options.quiet:
        pods = dict.fromkeys(member.pod for member in shown)
        sys.stdout.write("".join(f"{printable(pod)}\n" for pod in pods))
        return 0
    from composer.ui.cluster import formatted

    sys.stdout.write(formatted(shown, time.time(), options.format))
    return 0


def cluster_logs(ctx: Context, access: Access, options: LogOptions) -> int:
    """Show the logs of the project's pods. Returns the exit code. Raises ``ComposerError``."""
    from composer.kube.cluster.logs import ClusterLogs, as_container
    from composer.logs import Selection, show

    check_times({"--since": options.since, "--until": options.until})
    project = ctx.project_name
    with cluster(ctx, access, project) as place:
        found = _members(ctx, place)
        names = _named(ctx, options.services, {member.name for member in found})
        show(
            ClusterLogs(place, project),
            [as_container(member, project) for member in found if member.state != "created"],
            stream_printer(ctx, color=options.color),
            selection=Selection(project, names),
            follow=options.follow,
            since=options.since,
            until=options.until,
            tail=options.tail,
            timestamps=options.timestamps,
            prefix=options.prefix,
        )
    return 0


def _members(ctx: Context, place: Place) -> list[Member]:
    """The containers of the project's pods; without any, a missing namespace is told of."""
    found = members(place)
    if not found:
        try:
            missing = namespaces.find(place) is None
        except ClusterError as error:  # it is being deleted
            ctx.warn(error.message)
        else:
            if missing:
                ctx.warn(f"there is no namespace {place.namespace}")
    return found


def _named(ctx: Context, services: Sequence[str], present: set[str]) -> set[str]:
    """The containers of ``services``. Raises ``ComposerError`` for what is no service."""
    unknown = [name for name in services if dns_label(name) not in present]
    if unknown:
        check_known(ctx, unknown)
    return {dns_label(name) for name in services}
