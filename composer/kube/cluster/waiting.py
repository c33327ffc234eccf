"""Waits for roll-out: one look at each kind of workload at a time, until all have come up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from composer.errors import ComposerError, OperationsFailed
from composer.kube.cluster.api import Object
from composer.kube.cluster.belongings import Key, Place, name_of
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import JOB, POD, Resource
from composer.kube.cluster.parallel import each
from composer.kube.cluster.reasons import why
from composer.kube.cluster.rollout import standing
from composer.scheduler.events import EventSink, Failed, Finished, Progressed, Started

_POLL_SECONDS = 0.5


def wait_for(
    place: Place,
    keys: Sequence[Key],
    emit: EventSink,
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until the workloads ``keys`` are rolled out, for at most ``timeout`` seconds.

    Raises ``OperationsFailed`` with why each of those does not come up that did not.
    """
    begun = clock()
    texts = dict.fromkeys(keys, "")
    failures: list[ComposerError] = []
    for key in keys:
        emit(Started(_id(key), key.resource.kind, key.name, "Waiting"))
    while texts:
        present = _look(place, texts)
        overdue = clock() - begun >= timeout
        for key in list(texts):
            workload = present.get(key)
            now = standing(workload) if workload is not None else None
            if (now is not None and now.done) or (now is None and key.resource == JOB):
                # A job may be set to remove itself when it is done.
                done = now.text if now is not None else "Complete"
                emit(Finished(_id(key), key.resource.kind, key.name, done, clock() - begun))
                del texts[key]
            elif overdue or (now is not None and now.failure):
                failure = now.failure if now is not None else ""
                error = _failed(place, key, workload, failure, timeout)
                emit(Failed(_id(key), key.resource.kind, key.name, error))
                failures.append(error)
                del texts[key]
            elif (text := now.text if now is not None else "is not there yet") != texts[key]:
                emit(Progressed(_id(key), text))
                texts[key] = text
        if texts:
            pause(_POLL_SECONDS)
    if failures:
        raise OperationsFailed(failures)


def _id(key: Key) -> str:
    return f"wait:{key}"


def _look(place: Place, keys: Mapping[Key, str]) -> dict[Key, Object]:
    """The workloads of the kinds of ``keys``: one list for each kind."""
    kinds = list(dict.fromkeys(key.resource for key in keys))

    def look(resource: Resource) -> dict[Key, Object]:
        return {Key(resource, name_of(one)): one for one in place.objects(resource, place.members)}

    return {key: one for part in each(kinds, look) for key, one in part.items()}


def _failed(
    place: Place, key: Key, workload: Object | None, failure: str, timeout: float
) -> ClusterError:
    """The error for a workload that does not come up, with what the cluster says of its pods."""
    what = f"{key.resource.kind} {key.name}"
    head = f"{what}: {failure}" if failure else f"{what} is not up after {timeout:g} seconds"
    reasons = ""
    if workload is not None:
        reasons = why(place, key, workload, _pods(place))
    return ClusterError(
        f"{head}\n{reasons}".rstrip(),
        hint=f"`kubectl -n {place.namespace} describe {key}` tells more; what was applied stays",
    )


def _pods(place: Place) -> list[Object]:
    try:
        return place.objects(POD, place.members)
    except ClusterError:
        return []
