"""From all objects of the manifests to one Compose document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.kube.read.containers import service_of
from composer.kube.read.draft import Draft, deepen, mapping
from composer.kube.read.networks import define
from composer.kube.read.pods import Parts, depends, say_pod
from composer.kube.read.services import name_pods, publish_ports, spread_ports
from composer.kube.read.unhonoured import warn_of_objects
from composer.kube.read.workloads import Workload, workloads
from composer.spec.tree import Map, Seq, put


def convert(draft: Draft, scale: Mapping[str, int]) -> Map:
    """The document that means what the objects of ``draft`` do.

    What cannot be is noted in ``draft.problems``, what has no effect is warned of there. ``scale``
    has numbers of replicas by workload. Raises ``ComposerError`` for one that there is not.
    """
    warn_of_objects(draft)
    found = workloads(draft, scale)
    name_pods(draft, found)
    everyone = {workload.key: _parts(draft, workload) for workload in found}
    publish_ports(draft, everyone)
    known = {m.container: m.service for w in found for m in w.members}
    known |= {member.service: member.service for w in found for member in w.members}
    for parts in everyone.values():
        depends(parts, known)
        spread_ports(draft, parts)
        _add(draft, parts)
    define(draft, found)
    return draft.document()


def _parts(draft: Draft, workload: Workload) -> Parts:
    services = {m.container: service_of(draft, workload, m) for m in workload.members}
    pod = Map() if workload.together else None
    parts = Parts(workload, services, pod)
    say_pod(draft, parts)
    return parts


def _add(draft: Draft, parts: Parts) -> None:
    """Put the services and the pod into the document."""
    workload, pod = parts.workload, parts.pod
    for member in workload.members:
        service = parts.own(member)
        if workload.one.kind == "Job" and member.role == "main":
            mark = workload.one.root.get("kind").mark
            deepen(service, "x-podman", mapping({"one_shot": True}, mark), mark)
        if pod is not None and not workload.alone(member):
            extension = {"pod": workload.key, "init": "once" if member.role == "init" else None}
            own = service.setdefault("x-podman", Map())
            for key, value in extension.items():
                if value is not None:
                    put(own, key, value, member.said.mark)
            service.marks.setdefault("x-podman", member.said.mark or ("", 1, 1))
        elif workload.replicas != 1 and not workload.alone(member):
            put(service, "scale", workload.replicas, workload.one.root.get("spec", "replicas").mark)
        draft.add("services", member.service, service, member.said.mark)
    if pod is not None:
        if workload.replicas != 1:
            put(pod, "scale", workload.replicas, workload.one.root.get("spec", "replicas").mark)
        draft.add("pods", workload.key, pod, workload.one.name_mark)


def doubled(root: Map) -> Map:
    """``root`` with each dollar sign twice, so that interpolation gives it back."""
    found: Map = _doubled(root)
    return found


def _doubled(value: Any) -> Any:
    if isinstance(value, Map):
        new = Map((key, _doubled(entry)) for key, entry in value.items())
        new.marks = dict(value.marks)
        return new
    if isinstance(value, list):
        seq = Seq(_doubled(entry) for entry in value)
        seq.marks = list(getattr(value, "marks", seq.marks))
        return seq
    return value.replace("$", "$$") if isinstance(value, str) else value
