"""From the project to all of its manifests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.graph.needs import depends_on
from composer.graph.sequence import check_cycles
from composer.kube.generate.draft import Draft, Generated, GenerateOptions, Kind, Manifest
from composer.kube.generate.leftovers import leftovers
from composer.kube.generate.metadata import add_labels
from composer.kube.generate.on_request import on_request
from composer.kube.generate.pods import pod_metadata, pod_spec, tries_of
from composer.kube.generate.policies import policies
from composer.kube.generate.ports import services
from composer.kube.generate.probes import probes
from composer.kube.generate.storage import Storage
from composer.kube.generate.workloads import COMPLETED, Workload, workloads
from composer.kube.names import DEPENDS_ON, dns_label
from composer.spec.model import Condition, Dependency, Project, Service


def manifests(project: Project, options: GenerateOptions | None = None) -> Generated:
    """The manifests of ``project``, in a steady order, and what they cannot say.

    Raises ``FileError`` for an ``x-kubernetes`` that cannot be, ``ComposerError`` for services that
    depend on each other in a circle.
    """
    check_cycles(project)
    draft = Draft(project, options or GenerateOptions())
    found = workloads(draft)
    for workload in found:
        services(draft, workload)
        _KINDS[workload.kind](draft, workload)
        on_request(draft, workload)
    leftovers(draft, found)
    policies(draft, found)
    return draft.finished()


def _parts(draft: Draft, workload: Workload) -> tuple[dict[str, Any], Storage]:
    """The pod template of ``workload``, and its volumes."""
    storage = Storage(draft, workload)
    spec = pod_spec(draft, workload, storage)
    return {"metadata": pod_metadata(draft, workload), "spec": spec}, storage


def _annotated(draft: Draft, workload: Workload, made: Manifest) -> None:
    """Note on a workload what its containers wait for, which Kubernetes has no word for, and the
    labels that it has itself."""
    for service in workload.members:
        labels = service.deploy.labels if service.deploy is not None else {}
        add_labels(draft, f"services.{service.name}.deploy.labels", made["metadata"], labels)
    inside = {service.name for service in workload.everyone}
    needs: dict[str, str] = {}
    for service in workload.everyone:
        for name, dependency in depends_on(service).items():
            other = draft.project.services.get(name)
            if other is None or (name in inside and other.pod_init is not None):
                continue  # init containers of a pod come first in it anyway
            key = f"{dns_label(service.name)}{DEPENDS_ON}{dns_label(name)}"
            needs[key] = _condition(dependency, other)
            if dependency.condition == COMPLETED and other not in workload.preparing:
                draft.warn(
                    f"services.{service.name}.depends_on",
                    f"it does not wait for {name} on a cluster: let it fail, and it is tried again",
                )
    if needs:
        annotations = made["metadata"].setdefault("annotations", {})
        made["metadata"]["annotations"] = {**annotations, **needs}


def _condition(dependency: Dependency, other: Service) -> Condition:
    """What a file would say of it: not all members of a healthy pod need have a check."""
    if dependency.condition != "running_or_healthy":
        return dependency.condition
    return "service_healthy" if probes(other) else "service_started"


def _selected(draft: Draft, workload: Workload) -> dict[str, Any]:
    return {"selector": {"matchLabels": draft.selector(workload.name)}}


def _pods(draft: Draft, workload: Workload) -> None:
    template, _ = _parts(draft, workload)
    for number in range(1, workload.replicas + 1):
        name = workload.name if workload.replicas == 1 else f"{workload.name}-{number}"
        made = draft.add("Pod", name, workload.name, spec=template["spec"])
        made["metadata"] |= {**template["metadata"]}
        _annotated(draft, workload, made)


def _deployment(draft: Draft, workload: Workload) -> None:
    template, storage = _parts(draft, workload)
    spec: dict[str, Any] = {"replicas": workload.replicas, **_selected(draft, workload)}
    if any("persistentVolumeClaim" in volume for volume in storage.volumes.values()):
        spec["strategy"] = {"type": "Recreate"}  # two pods at once might not get the volume
    spec["template"] = template
    _annotated(draft, workload, draft.add("Deployment", workload.name, workload.name, spec=spec))


def _stateful_set(draft: Draft, workload: Workload) -> None:
    template, storage = _parts(draft, workload)
    spec: dict[str, Any] = {
        "serviceName": workload.name,
        "replicas": workload.replicas,
        **_selected(draft, workload),
        "template": template,
    }
    if storage.templates:
        spec["volumeClaimTemplates"] = list(storage.templates.values())
    _annotated(draft, workload, draft.add("StatefulSet", workload.name, workload.name, spec=spec))


def _daemon_set(draft: Draft, workload: Workload) -> None:
    template, _ = _parts(draft, workload)
    spec = {**_selected(draft, workload), "template": template}
    _annotated(draft, workload, draft.add("DaemonSet", workload.name, workload.name, spec=spec))


def _job(draft: Draft, workload: Workload) -> None:
    template, _ = _parts(draft, workload)
    spec: dict[str, Any] = {}
    if workload.replicas > 1:
        spec = {"completions": workload.replicas, "parallelism": workload.replicas}
    tries = [n for n in map(tries_of, workload.members) if n is not None]
    if tries:
        spec["backoffLimit"] = max(tries)
    spec["template"] = template
    _annotated(draft, workload, draft.add("Job", workload.name, workload.name, spec=spec))


_KINDS: dict[Kind, Callable[[Draft, Workload], None]] = {
    "pod": _pods,
    "deployment": _deployment,
    "statefulset": _stateful_set,
    "daemonset": _daemon_set,
    "job": _job,
}
