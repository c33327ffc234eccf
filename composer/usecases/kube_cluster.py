"""``kube apply``, ``diff``, ``delete`` and ``scale``: the project on a cluster."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from composer.errors import ComposerError
from composer.kube.cluster import applying, belongings, deleting, namespaces, waiting
from composer.kube.cluster.api import Object
from composer.kube.cluster.applying import Outcome
from composer.kube.cluster.belongings import Item, Key, Place
from composer.kube.cluster.kinds import POD, WORKLOADS
from composer.kube.cluster.program import Access
from composer.kube.cluster.registry import keeping_ids, with_ids
from composer.kube.generate.draft import GenerateOptions, Kind
from composer.kube.names import dns_label
from composer.printable import printable
from composer.scheduler.events import EventSink, Finished, Planned, Started
from composer.usecases.context import Context
from composer.usecases.kube_place import cluster
from composer.usecases.kube_push import Pushing, images, warn_of_local

DIFFERENT = 1
"""Exit code of ``diff`` when there is a difference."""
TROUBLE = 2
"""Exit code of ``diff`` when it could not be found out."""


class ApplyOptions(NamedTuple):
    """The flags of ``kube apply``. ``timeout`` is in seconds."""

    access: Access = Access()
    kind: Kind | None = None
    pushing: Pushing = Pushing()
    force: bool = False
    prune: bool = True
    prune_volumes: bool = False
    create_namespace: bool = True
    wait: bool = True
    timeout: float = 300
    dry_run: bool = False


class _Change(NamedTuple):
    """What apply would do. ``present`` is what the project has now."""

    outcomes: Sequence[Outcome]
    pruned: Sequence[Key]
    present: Mapping[Key, Object]


def apply(ctx: Context, options: ApplyOptions) -> int:
    """Bring the project to a cluster and wait until it is up. Returns the exit code.

    The server is asked first what it would make of all of it: what it refuses then changes
    nothing. Raises ``ComposerError``.
    """
    dry_run = options.dry_run or ctx.settings.dry_run
    manifests = _manifests(ctx, options, dry_run=dry_run)
    with cluster(ctx, options.access, ctx.project_name) as place:
        items = belongings.items_of(place, manifests)
        namespace = namespaces.find(place)
        if namespace is None and not options.create_namespace:
            raise _no_namespace(place)
        if dry_run:
            _preview(ctx, place, items, options, missing=namespace is None)
            return 0
        with ctx.view() as emit:
            if namespace is None:
                _make_namespace(place, items, emit)
            try:
                change = _change(place, items, options)
            except BaseException:
                if namespace is None:
                    namespaces.remove(place)
                raise
            _carry_out(place, change, options, emit)
    return 0


def _manifests(ctx: Context, options: ApplyOptions, *, dry_run: bool = False) -> list[Object]:
    """The manifests of the project, whose images are pushed if that is asked for."""
    from composer.usecases.kube_generate import generated_manifests

    project = ctx.project()
    pushed = images(ctx, project, options.pushing, dry_run=dry_run)
    chosen = GenerateOptions(options.kind, images=pushed.names)
    generated = generated_manifests(project, chosen)
    for text in generated.warnings:
        ctx.warn(text)
    if options.pushing.registry is None:
        warn_of_local(ctx, project)
    return with_ids(generated.manifests, pushed.ids)


def _change(place: Place, items: Sequence[Item], options: ApplyOptions) -> _Change:
    present = belongings.belongings(place, {item.key.resource for item in items})
    if options.pushing.registry is not None:
        items = [
            item._replace(manifest=keeping_ids(item.manifest, present[item.key]))
            if item.key in present
            else item
            for item in items
        ]
    outcomes = applying.rehearse(place, items, present, force=options.force)
    pruned: Sequence[Key] = ()
    if options.prune:
        pruned = belongings.superfluous(present, items, volumes=options.prune_volumes)
    return _Change(outcomes, pruned, present)


def _carry_out(place: Place, change: _Change, options: ApplyOptions, emit: EventSink) -> None:
    emit(Planned(len(change.outcomes) + len(change.pruned)))
    applying.apply(place, change.outcomes, emit, force=options.force)
    applying.prune(place, change.pruned, emit)
    if options.wait:
        applied = [outcome.item.key for outcome in change.outcomes]
        keys = [key for key in applied if key.resource in WORKLOADS]
        waiting.wait_for(place, keys, emit, timeout=options.timeout)


def _make_namespace(place: Place, items: Sequence[Item], emit: EventSink) -> None:
    told = f"namespace/{place.namespace}", "Namespace", place.namespace
    begun = time.monotonic()
    emit(Started(*told, "Creating"))
    namespaces.make(place, pods=any(item.key.resource == POD for item in items))
    emit(Finished(*told, "Created", time.monotonic() - begun))


def _preview(
    ctx: Context, place: Place, items: Sequence[Item], options: ApplyOptions, *, missing: bool
) -> None:
    """Print what an apply would do, a line for each object, as kubectl does."""
    lines = []
    if missing:
        ctx.warn(
            f"namespace {place.namespace} does not exist yet: the cluster cannot check what "
            "would be in it"
        )
        lines = [(f"namespace/{place.namespace}", "created")]
        lines += [(str(item.key), "created") for item in items]
    else:
        change = _change(place, items, options)
        lines += [(str(outcome.item.key), outcome.word) for outcome in change.outcomes]
        lines += [(str(key), "pruned") for key in change.pruned]
    sys.stdout.write(
        "".join(f"{printable(name)} {word} (server dry run)\n" for name, word in lines)
    )


def _no_namespace(place: Place) -> ComposerError:
    return ComposerError(
        f"there is no namespace {place.namespace}",
        hint="Leave out --no-create-namespace, or name another with --namespace.",
    )


def diff(ctx: Context, options: ApplyOptions) -> int:
    """Print what ``apply`` would change. Returns 1 if that is anything, else 0.

    Raises ``ComposerError`` that ends the program with 2.
    """
    try:
        return _diff(ctx, options)
    except ComposerError as error:
        error.exit_code = max(error.exit_code, TROUBLE)
        raise


def _diff(ctx: Context, options: ApplyOptions) -> int:
    from composer.kube.cluster.differing import differences
    from composer.ui.colour import wants_colour
    from composer.ui.differences import coloured

    manifests = _manifests(ctx, options, dry_run=True)
    with cluster(ctx, options.access, ctx.project_name) as place:
        items = belongings.items_of(place, manifests)
        if namespaces.find(place) is None:
            new = [Outcome(item, "created", None, item.manifest) for item in items]
            change = _Change(new, (), {})
        else:
            change = _change(place, items, options)
        pruned = {key: change.present[key] for key in change.pruned}
        lines = list(differences(place, change.outcomes, pruned))
    colour = wants_colour(ctx.preferences.ansi, sys.stdout, ctx.environ)
    sys.stdout.write(coloured(lines, colour=colour))
    return DIFFERENT if lines else 0


def delete(
    ctx: Context, access: Access, *, volumes: bool, yes: bool, wait: bool, timeout: float
) -> int:
    """Take the project off the cluster. Returns the exit code. Raises ``ComposerError``."""
    with cluster(ctx, access, ctx.project_name) as place:
        if namespaces.find(place) is None:
            ctx.warn(f"nothing to delete: there is no namespace {place.namespace}")
            return 0
        found = deleting.of_project(place, volumes=volumes)
        if ctx.settings.dry_run:
            sys.stdout.write("".join(f"{printable(str(key))} deleted (dry run)\n" for key in found))
            return 0
        if found and not yes and not _agreed(place, list(map(str, found))):
            return 0
        if not found:
            ctx.warn(f"nothing to delete: {ctx.project_name} has nothing in {place.namespace}")
        with ctx.view() as emit:
            emit(Planned(len(found)))
            deleting.delete_all(place, list(found), emit)
            if wait:
                deleting.await_end(place, list(found), emit, timeout=timeout)
        gone, why = deleting.end_namespace(place) if wait else (False, "")
        if gone:
            ctx.report(f"Namespace {place.namespace}  Deleted")
        elif why:
            ctx.say(f"namespace {place.namespace} stays: {why}")
    return 0


def _agreed(place: Place, names: Sequence[str]) -> bool:
    """Whether the user agrees to a deletion. Raises ``ComposerError`` without a terminal."""
    if not sys.stdin.isatty():
        raise ComposerError(
            f"not deleting {', '.join(names)} without being asked on a terminal",
            hint="Use `composer kube delete --yes`.",
        )
    listed = printable(", ".join(names))
    sys.stderr.write(f"Going to delete in namespace {place.namespace}: {listed}\n")
    sys.stderr.write("Are you sure? [yN] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def scale(
    ctx: Context, access: Access, wanted: Mapping[str, int], *, wait: bool, timeout: float
) -> int:
    """Change the number of replicas of services (by name). Returns the exit code.

    Raises ``ComposerError`` for a service that the project does not have, or that cannot be
    scaled: nothing is changed then.
    """
    from composer.graph.selection import check_names
    from composer.kube.cluster import scaling

    check_names(ctx.project(list(wanted)), list(wanted))
    with cluster(ctx, access, ctx.project_name) as place:
        found = {name: scaling.find(place, dns_label(name)) for name in wanted}
        if ctx.settings.dry_run:
            lines = [
                f"{one.key} {one.replicas} → {wanted[n]} (dry run)" for n, one in found.items()
            ]
            sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
            return 0
        with ctx.view() as emit:
            for name, one in found.items():
                scaling.scale(place, one.key, wanted[name])
            if wait:
                keys = list(dict.fromkeys(one.key for one in found.values()))
                waiting.wait_for(place, keys, emit, timeout=timeout)
        for name, one in found.items():
            _tell_of_scale(ctx, name, one.key, one.others, one.autoscaler)
    ctx.say("The next apply brings back the numbers of the file: change them there to keep these.")
    return 0


def _tell_of_scale(
    ctx: Context, name: str, key: Key, others: Sequence[str], autoscaler: str
) -> None:
    if others:
        ctx.say(f"{name} is in the same pods as {', '.join(others)}: all of it is scaled")
    if autoscaler:
        ctx.warn(f"the autoscaler {autoscaler} decides about the replicas of {key}")
