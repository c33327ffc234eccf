"""The containers of a project's pods, as the cluster tells of them (``Pod`` of core/v1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from composer.kube.cluster.api import Object
from composer.kube.cluster.belongings import Place, name_of
from composer.kube.cluster.kinds import POD
from composer.kube.cluster.rollout import conditions

_POLICIES = {"Always": "always", "OnFailure": "on-failure", "Never": "no"}
"""``restartPolicy`` in Podman's words."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One container of a pod. Its name is that of its service."""

    pod: str
    name: str
    image: str
    status: str
    """``Running``, ``Completed``, ``Exited (3)``, or why it is waiting, such as ErrImagePull."""
    state: str
    """``running``, ``exited`` or ``created``, as Podman would say it."""
    exit_code: int = 0
    ready: bool = False
    restarts: int = 0
    created: float = 0.0
    """When the pod was made, in seconds since the epoch."""
    node: str = ""
    init: bool = False
    instance: str = ""
    """Id of the container on its node: another one after each restart."""
    alone: bool = True
    """Whether it is the only container of its pod."""
    policy: str = "no"
    """When it is restarted: always, on-failure, no."""

    @property
    def id(self) -> str:
        """What tells it from all other containers of the namespace."""
        return f"{self.pod}/{self.name}"

    @property
    def label(self) -> str:
        """What its lines of log are marked with: the pod, and the container if there are more."""
        return self.pod if self.alone else self.id

    @property
    def finished(self) -> bool:
        """Whether it did what it was there for, and is nothing to look at any more."""
        return self.state == "exited" and self.exit_code == 0 and (self.init or not self.ready)


def members(place: Place) -> list[Member]:
    """The containers of all pods of the project, by pod, init containers first.

    Raises ``ClusterError``.
    """
    return [member for pod in place.objects(POD, place.members) for member in members_of(pod)]


def members_of(pod: Object) -> Iterator[Member]:
    """The containers of one pod."""
    spec, status = pod["spec"], pod.get("status") or {}
    several = len(spec.get("initContainers") or ()) + len(spec["containers"]) > 1
    shared: dict[str, Any] = {
        "pod": name_of(pod),
        "node": spec.get("nodeName", ""),
        "created": _seconds(pod["metadata"].get("creationTimestamp")),
        "alone": not several,
        "policy": _POLICIES.get(spec.get("restartPolicy", "Always"), "always"),
    }
    ending = pod["metadata"].get("deletionTimestamp") is not None
    for kind in ("initContainers", "containers"):
        field = "initContainerStatuses" if kind == "initContainers" else "containerStatuses"
        told = {one["name"]: one for one in status.get(field) or ()}
        for container in spec.get(kind) or ():
            known = told.get(container["name"], {})
            state, code = _state(known)
            word = _status(known, pod, state, code)
            yield Member(
                **shared,
                name=container["name"],
                image=container["image"],
                status="Terminating" if ending and state == "running" else word,
                state=state,
                exit_code=code,
                ready=bool(known.get("ready")),
                restarts=known.get("restartCount", 0),
                init=kind == "initContainers",
                instance=known.get("containerID", ""),
            )


def _state(known: Mapping[str, Any]) -> tuple[str, int]:
    """The state of a container and its exit code. One that waits to run again has ended."""
    state = known.get("state") or {}
    ended = state.get("terminated")
    if "running" in state:
        return "running", 0
    if ended is None and known.get("restartCount"):
        ended = (known.get("lastState") or {}).get("terminated") or {"exitCode": 0}
    if ended is not None:
        return "exited", int(ended.get("exitCode", 0))
    return "created", 0


def _status(known: Mapping[str, Any], pod: Object, state: str, code: int) -> str:
    waiting = (known.get("state") or {}).get("waiting")
    if state == "running":
        return "Running"
    if waiting is not None:
        return str(waiting.get("reason") or "Waiting")
    if state == "exited":
        return f"Exited ({code})" if code else "Completed"
    status = pod.get("status") or {}
    scheduled = conditions(status).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        return str(scheduled.get("reason") or "Unschedulable")
    return str(status.get("reason") or status.get("phase") or "Pending")


def _seconds(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
