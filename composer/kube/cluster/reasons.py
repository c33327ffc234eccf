"""Why the pods of a workload do not come up: what the cluster says, and their last words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from composer.kube.cluster.api import Object, Query
from composer.kube.cluster.belongings import Key, Place, name_of
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import EVENT, POD
from composer.kube.cluster.rollout import conditions

_LINES = 5
"""Lines of a log that are shown."""
_PODS = 3
"""Pods of a workload that are told of: the others mostly fail for the same reason."""
_NORMAL = ("PodInitializing", "ContainerCreating")
"""Reasons to wait that say nothing more than that it takes a while."""


def why(place: Place, key: Key, workload: Object, pods: Sequence[Object]) -> str:
    """Lines that say what keeps ``workload`` from coming up; empty if nothing tells.

    ``pods`` are those of the project. Raises nothing: what cannot be asked is left out.
    """
    own = [pod for pod in pods if belongs(pod, key, workload) and not _ready(pod)]
    lines = [*_own_words(workload)]
    for pod in own[:_PODS]:
        lines += _of_pod(place, pod)
    if len(own) > _PODS:
        lines.append(f"and {len(own) - _PODS} more pods")
    if not lines:
        names = {key.name, *map(name_of, own)}
        lines = _events(place, names)
    return "\n".join(lines)


def belongs(pod: Object, key: Key, workload: Object) -> bool:
    """Whether ``pod`` is of ``workload``: by its selector, or because it is the workload."""
    if key.resource == POD:
        return name_of(pod) == key.name
    labels: Mapping[str, str] = pod["metadata"].get("labels") or {}
    wanted = (workload["spec"].get("selector") or {}).get("matchLabels") or {}
    return bool(wanted) and all(labels.get(name) == value for name, value in wanted.items())


def _ready(pod: Object) -> bool:
    status = pod.get("status") or {}
    ready = conditions(status).get("Ready", {}).get("status") == "True"
    return ready or status.get("phase") == "Succeeded"


def _own_words(workload: Object) -> Iterator[str]:
    """What a workload says about pods that it cannot even make (a quota, an admission hook)."""
    told = conditions(workload.get("status") or {})
    failure = told.get("ReplicaFailure", {})
    if failure.get("status") == "True":
        yield f"{failure.get('reason')}: {failure.get('message')}"


def _of_pod(place: Place, pod: Object) -> Iterator[str]:
    name, status = name_of(pod), pod.get("status") or {}
    scheduled = conditions(status).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        yield f"pod {name}: {scheduled.get('reason')}: {scheduled.get('message')}"
    if status.get("phase") == "Failed" and status.get("reason"):
        yield f"pod {name}: {status['reason']}: {status.get('message', '')}"
    init = pod["spec"].get("initContainers") or ()
    once = {one["name"] for one in init if one.get("restartPolicy") != "Always"}
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind) or ():
            if text := state_of(container, once=container["name"] in once):
                yield f"pod {name}, container {container['name']}: {text}"
                yield from (f"  | {line}" for line in _last_words(place, name, container))


def state_of(container: Mapping[str, Any], *, once: bool) -> str:
    """What keeps a container from being ready, from its status; empty for nothing.

    One that runs ``once`` has to end before others start.
    """
    state: Mapping[str, Any] = container.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    before = (container.get("lastState") or {}).get("terminated")
    if waiting is not None and waiting.get("reason") not in _NORMAL:
        text = ": ".join(filter(None, (waiting.get("reason"), waiting.get("message"))))
        return f"{text} ({_end(before)})" if before else text
    if ended is not None and ended.get("exitCode") != 0:
        return _end(ended)
    if state.get("running") is not None and not container.get("ready"):
        return "runs, and has not ended" if once else "runs, and is not ready"
    return ""


def _end(ended: Mapping[str, Any]) -> str:
    reason = ended.get("reason")
    more = f", {reason}" if reason not in (None, "Error") else ""
    return f"exited with code {ended.get('exitCode')}{more}"


def _last_words(place: Place, pod: str, container: Mapping[str, Any]) -> list[str]:
    """The last lines that a container wrote, or its predecessor if it is waiting to be restarted.

    GET /api/v1/namespaces/NAMESPACE/pods/NAME/log
    """
    state = container.get("state") or {}
    restarted = "waiting" in state and "terminated" in (container.get("lastState") or {})
    if not restarted and "running" not in state and "terminated" not in state:
        return []
    query: Query = {
        "container": str(container["name"]),
        "tailLines": _LINES,
        "previous": True if restarted else None,
    }
    path = f"{POD.path(place.namespace, pod)}/log"
    try:
        parts = place.api.stream(path, query, lambda: False, what=f"read the log of pod {pod}")
        return b"".join(parts).decode(errors="replace").splitlines()
    except ClusterError:
        return []


def _events(place: Place, names: set[str]) -> list[str]:
    """The warnings about objects of these ``names``, each once (``Event`` of core/v1)."""
    query = {"fieldSelector": "type=Warning"}
    path = EVENT.path(place.namespace)
    try:
        found = place.api.get(path, query, what="list events").get("items") or []
    except ClusterError:
        return []
    told = {
        f"{event.get('reason')}: {event.get('message')}": None
        for event in found
        if _concerns(event, names)
    }
    return list(told)[-_PODS:]


def _concerns(event: Object, names: set[str]) -> bool:
    """Whether an event is about one of ``names``, or about a ReplicaSet or pod made for it."""
    about = str((event.get("involvedObject") or {}).get("name", ""))
    return any(about == name or about.startswith(f"{name}-") for name in names)
