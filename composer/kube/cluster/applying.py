"""Server-side apply: PATCH of whole manifests, whose fields then belong to composer.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from composer.errors import ComposerError
from composer.kube.cluster.api import APPLY, FIELD_MANAGER, Api, Object
from composer.kube.cluster.belongings import Item, Key, Place, content
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import JOB, POD, SERVICE_ACCOUNT, order
from composer.kube.cluster.parallel import each
from composer.kube.cluster.registry import image_ids
from composer.scheduler.events import EventSink, Failed, Finished, Started

Word = Literal["created", "configured", "unchanged", "replaced", "pruned"]
"""What is done to an object."""

_REPLACED = (JOB, POD)
"""Kinds whose objects do not change, and hold nothing: a changed one takes the place of the old."""
_POLL_SECONDS = 0.2
_GONE_SECONDS = 120.0
"""How long the end of what is replaced may take."""


class Outcome(NamedTuple):
    """What apply does to the object of a manifest: what it was, and what it becomes."""

    item: Item
    word: Word
    before: Object | None
    after: Object | None
    """None for what a dry run cannot tell: a new object in the place of the old."""


def rehearse(
    place: Place, items: Sequence[Item], present: Mapping[Key, Object], *, force: bool
) -> list[Outcome]:
    """What applying ``items`` would do, as the server tells it (``dryRun=All``).

    ``present`` is what the project has, ``force`` takes fields from their owners. Raises
    ``OperationsFailed`` with all that the server would refuse.
    """
    named = {item.key.name for item in items if item.key.resource == SERVICE_ACCOUNT}

    def try_out(item: Item) -> Outcome | None:
        before = present.get(item.key)
        if before is not None and item.key.resource == POD and _other_images(before, item):
            return Outcome(item, "replaced", before, None)
        try:
            after = patch(place, item, force=force, dry_run=True)
        except ClusterError as error:
            if error.immutable and item.key.resource in _REPLACED:
                return Outcome(item, "replaced", before, None)
            if any(f'serviceaccount "{name}" not found' in error.message for name in named):
                # It will be there by then: accounts come before pods.
                return Outcome(item, "created", before, None)
            raise
        return Outcome(item, word_for(before, after.status, after.body), before, after.body)

    return [outcome for outcome in each(items, try_out) if outcome is not None]


def _other_images(before: Object, item: Item) -> bool:
    """Whether a pod of its own is to have other images behind the same names.

    Only an annotation says so, which the server would take without making the pod anew.
    """
    ids = image_ids(before)
    return any(ids.get(name) != new for name, new in image_ids(item.manifest).items())


def word_for(before: Object | None, status: int, after: Object) -> Word:
    """What an apply that was answered with ``status`` and ``after`` did."""
    if status == 201:
        return "created"
    unchanged = before is not None and content(before) == content(after)
    return "unchanged" if unchanged else "configured"


def apply(
    place: Place,
    outcomes: Sequence[Outcome],
    emit: EventSink,
    *,
    force: bool,
) -> None:
    """Carry out what was rehearsed: what others refer to first, the rest of a kind at once.

    Raises ``OperationsFailed``.
    """

    def carry_out(outcome: Outcome) -> None:
        item = outcome.item
        told = str(item.key), item.key.resource.kind, item.key.name
        begun = time.monotonic()
        if outcome.word != "unchanged":
            emit(Started(*told, "Replacing" if outcome.word == "replaced" else "Applying"))
        try:
            if outcome.word == "replaced":
                delete(place, item.key)
                await_gone(place, item.key)
            answer = patch(place, item, force=force)
        except ComposerError as error:
            emit(Failed(*told, error))
            raise
        word = outcome.word
        if word != "replaced":
            word = word_for(outcome.before, answer.status, answer.body)
        emit(Finished(*told, word.capitalize(), time.monotonic() - begun))

    ordered = sorted(outcomes, key=lambda outcome: order(outcome.item.key.resource))
    for _, group in groupby(ordered, key=lambda outcome: order(outcome.item.key.resource)):
        each(list(group), carry_out)


class Patched(NamedTuple):
    """The answer to an apply: 201 for a new object, and the object."""

    status: int
    body: Object


def patch(place: Place, item: Item, *, force: bool, dry_run: bool = False) -> Patched:
    """PATCH one object with its manifest. Unknown fields are refused. Raises ``ClusterError``.

    What ``scale`` has set is composer's as well, and taken back without ``force``.
    """
    key = item.key
    metadata = {**item.manifest["metadata"]}
    if key.resource.namespaced:
        metadata["namespace"] = place.namespace
    body = {**item.manifest, "metadata": metadata}
    if "spec" in body:
        body["spec"] = _with_protocols(body["spec"])
    try:
        return _patch(place.api, place.path(key), key, body, force=force, dry_run=dry_run)
    except ClusterError as error:
        if force or error.owners != {FIELD_MANAGER}:
            raise
    return _patch(place.api, place.path(key), key, body, force=True, dry_run=dry_run)


def _with_protocols(spec: Any) -> Any:
    """``spec`` whose ports say their protocol: it is a part of what names them, and servers before
    1.21 do not know its default."""
    if isinstance(spec, list):
        return [_with_protocols(one) for one in spec]
    if not isinstance(spec, dict):
        return spec
    found = {key: _with_protocols(value) for key, value in spec.items()}
    if ports := found.get("ports"):
        found["ports"] = [{"protocol": "TCP", **port} for port in ports]
    return found


def _patch(
    api: Api, path: str, key: Key, body: Mapping[str, Any], *, force: bool, dry_run: bool
) -> Patched:
    answer = api.call(
        "PATCH",
        path,
        {
            "fieldManager": FIELD_MANAGER,
            "fieldValidation": "Strict",
            "force": force,
            "dryRun": "All" if dry_run else None,
        },
        body,
        content_type=APPLY,
        what=f"apply {key.resource.kind} {key.name}",
    )
    return Patched(answer.status, answer.body)


def delete(place: Place, key: Key, *, dry_run: bool = False) -> None:
    """DELETE one object; what belongs to it is collected by the cluster. No error if it is gone."""
    options = {"propagationPolicy": "Background", **({"dryRun": ["All"]} if dry_run else {})}
    what = f"delete {key.resource.kind} {key.name}"
    place.api.call("DELETE", place.path(key), None, options, ok=(404,), what=what)


def await_gone(place: Place, key: Key) -> None:
    """Wait until an object that was deleted is not there any more.

    Raises ``ClusterError`` when that takes too long.
    """
    deadline = time.monotonic() + _GONE_SECONDS
    what = f"look for {key.resource.kind} {key.name}"
    while place.api.call("GET", place.path(key), ok=(404,), what=what).status != 404:
        if time.monotonic() > deadline:
            raise ClusterError(
                f"{key.resource.kind} {key.name} does not end",
                hint=f"`kubectl -n {place.namespace} describe {key}` tells what holds it",
            )
        time.sleep(_POLL_SECONDS)


def prune(place: Place, keys: Sequence[Key], emit: EventSink) -> None:
    """Delete what the project does not have any more. Raises ``OperationsFailed``."""

    def remove(key: Key) -> None:
        told = str(key), key.resource.kind, key.name
        begun = time.monotonic()
        emit(Started(*told, "Pruning"))
        try:
            delete(place, key)
        except ComposerError as error:
            emit(Failed(*told, error))
            raise
        emit(Finished(*told, "Pruned", time.monotonic() - begun))

    each(keys, remove)
