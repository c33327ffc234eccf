"""What a project gets only if it asks for it in ``x-kubernetes``: Ingress, autoscaling."""

from __future__ import annotations

from typing import Any

from composer.errors import ComposerError, FileError
from composer.kube.generate.draft import Draft
from composer.kube.generate.extension import KEY, kubernetes
from composer.kube.generate.ports import open_ports
from composer.kube.generate.workloads import Workload
from composer.kube.names import dns_label
from composer.spec.model import Service

_SCALABLE = {"deployment": "Deployment", "statefulset": "StatefulSet"}


def on_request(draft: Draft, workload: Workload) -> None:
    """Add what the members of ``workload`` ask for. Raises ``FileError`` for what cannot be."""
    for service in workload.members:
        said = kubernetes(draft.project, service)
        if "ingress" in said:
            _ingress(draft, workload, service, said["ingress"])
        if "autoscale" in said:
            _autoscaler(draft, workload, service, said["autoscale"])


def _fail(draft: Draft, service: Service, key: str, text: str, hint: str) -> FileError:
    path = f"services.{service.name}.{KEY}.{key}"
    problem = ComposerError(f"{path}: {text}", hint=hint, position=draft.project.where(path))
    return FileError([problem])


def _ingress(draft: Draft, workload: Workload, service: Service, said: dict[str, Any]) -> None:
    ports = open_ports(draft, workload)
    port = said.get("port") or (ports[0].target if ports else None)
    if port is None or "host" not in said:
        raise _fail(
            *(draft, service, "ingress", "it needs a host, and a port that the service listens on"),
            "Write the service's `ports` or `expose`, or `ingress: {host: …, port: …}`.",
        )
    backend = {"service": {"name": dns_label(service.name), "port": {"number": port}}}
    path = {"path": said.get("path", "/"), "pathType": "Prefix", "backend": backend}
    spec: dict[str, Any] = {}
    if "class" in said:
        spec["ingressClassName"] = said["class"]
    if "tls" in said:
        spec["tls"] = [{"hosts": [said["host"]], "secretName": said["tls"]}]
    spec["rules"] = [{"host": said["host"], "http": {"paths": [path]}}]
    draft.add("Ingress", dns_label(service.name), workload.name, spec=spec)


def _autoscaler(draft: Draft, workload: Workload, service: Service, said: dict[str, Any]) -> None:
    kind = _SCALABLE.get(workload.kind)
    if kind is None:
        raise _fail(
            *(draft, service, "autoscale", f"a {workload.kind} is not scaled by its load"),
            "Deployments and StatefulSets are.",
        )
    least = said.get("min", max(1, workload.replicas))
    most = said.get("max", max(least, 10))
    if most < least:
        raise _fail(
            draft, service, "autoscale", f"max {most} is below min {least}", "Correct one of them."
        )
    usage = {"cpu": said.get("cpu"), "memory": said.get("memory")}
    if not any(usage.values()):
        usage["cpu"] = 80
    metrics = [
        {
            "type": "Resource",
            "resource": {
                "name": name,
                "target": {"type": "Utilization", "averageUtilization": percent},
            },
        }
        for name, percent in usage.items()
        if percent
    ]
    target = {"apiVersion": "apps/v1", "kind": kind, "name": workload.name}
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most, "metrics": metrics}
    draft.add("HorizontalPodAutoscaler", workload.name, workload.name, spec=spec)
