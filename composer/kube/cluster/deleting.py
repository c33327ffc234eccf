"""Takes a project off a cluster: all that carries its labels, and at last its namespace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from composer.errors import ComposerError, OperationsFailed
from composer.kube.cluster import namespaces
from composer.kube.cluster.api import Object
from composer.kube.cluster.applying import delete
from composer.kube.cluster.belongings import Key, Place, belongings, name_of
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import CLAIM, POD
from composer.kube.cluster.parallel import each
from composer.scheduler.events import EventSink, Failed, Finished, Progressed, Started

_POLL_SECONDS = 0.5


def of_project(place: Place, *, volumes: bool) -> dict[Key, Object]:
    """What is to be deleted, dependants first. Claims, which hold data, only with ``volumes``.

    Raises ``OperationsFailed``.
    """
    found = {key: one for key, one in belongings(place).items() if key.resource != CLAIM}
    ordered = dict(reversed(found.items()))
    if volumes:
        # Those of StatefulSets were made by the cluster, and have no label of composer's own.
        claims = place.objects(CLAIM, place.members)
        ordered |= {Key(CLAIM, name_of(claim)): claim for claim in claims}
    return ordered


def delete_all(place: Place, keys: Sequence[Key], emit: EventSink) -> None:
    """Delete ``keys``. Raises ``OperationsFailed``."""

    def remove(key: Key) -> None:
        told = str(key), key.resource.kind, key.name
        emit(Started(*told, "Deleting"))
        try:
            delete(place, key)
        except ComposerError as error:
            emit(Failed(*told, error))
            raise

    each(keys, remove)


def await_end(
    place: Place,
    keys: Sequence[Key],
    emit: EventSink,
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until ``keys`` and the pods of the project are gone, ``timeout`` seconds at most.

    Raises ``OperationsFailed`` for what does not go.
    """
    begun = clock()
    left = dict.fromkeys(keys)
    told = ""
    while True:
        present = _present(place, left)
        for key in [key for key in left if key not in present]:
            emit(Finished(str(key), key.resource.kind, key.name, "Deleted", clock() - begun))
            del left[key]
        pods = [key for key in present if key.resource == POD]
        if not left and not pods:
            return
        if clock() - begun >= timeout:
            raise OperationsFailed([_stays(place, key, timeout) for key in left or pods])
        text = f"pods that still run: {len(pods)}" if pods else ""
        if text != told:
            for key in left:
                emit(Progressed(str(key), text))
            told = text
        pause(_POLL_SECONDS)


def _present(place: Place, keys: Mapping[Key, None]) -> set[Key]:
    """What of ``keys`` is still there, and all pods of the project."""
    kinds = list(dict.fromkeys([*(key.resource for key in keys), POD]))
    lists = each(kinds, lambda kind: place.objects(kind, place.members))
    found = zip(kinds, lists, strict=True)
    return {Key(kind, name_of(one)) for kind, part in found for one in part}


def _stays(place: Place, key: Key, timeout: float) -> ClusterError:
    return ClusterError(
        f"{key.resource.kind} {key.name} is still there after {timeout:g} seconds",
        hint=f"`kubectl -n {place.namespace} describe {key}` tells what holds it",
    )


def end_namespace(place: Place) -> tuple[bool, str]:
    """Delete the namespace if composer made it and nothing else is in it.

    Returns whether it was deleted, and else why not, in a few words (empty if nobody needs to be
    told). Raises ``ClusterError``.
    """
    namespace = namespaces.find(place)
    if namespace is None or not namespaces.made_by_composer(namespace, place):
        return False, ""
    try:
        others = namespaces.contents(place)
    except OperationsFailed as error:
        return False, f"it cannot be seen whether something else is in it ({error.failures[0]})"
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        return False, f"{', '.join(others[:3])}{more} is in it"
    namespaces.remove(place)
    return True, ""
