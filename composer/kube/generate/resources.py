"""``resources``: what a container may use, and what it is sure to get."""

from __future__ import annotations

from typing import Any

from composer.kube.generate.draft import Draft
from composer.kube.generate.quantities import memory, processors
from composer.kube.generate.workloads import Workload
from composer.kube.quantities import quantity
from composer.spec.model import ResourceLimit, Service

_GPU = "nvidia.com/gpu"


def resources(draft: Draft, service: Service, workload: Workload) -> dict[str, Any]:
    """The ``resources`` of a container.

    Limits of a pod as a whole are divided among the members that have none of their own: clusters
    before 1.34 know none of pods.
    """
    said = service.deploy.resources if service.deploy is not None else None
    limits = _amounts(said.limits if said else None)
    if service.cpus is not None:
        limits.setdefault("cpu", processors(service.cpus))
    elif service.cpu_quota and service.cpu_quota > 0:
        limits.setdefault("cpu", processors(service.cpu_quota / (service.cpu_period or 100_000)))
    if service.mem_limit:
        limits.setdefault("memory", memory(service.mem_limit))
    limits = {**_share(workload, service, limits), **limits}
    requests = _amounts(said.reservations if said else None)
    if service.mem_reservation:
        requests.setdefault("memory", memory(service.mem_reservation))
    count = _gpus(draft, service)
    if count:
        limits[_GPU] = str(count)
    for name, asked in requests.items():
        limit = limits.get(name)
        if limit is not None and quantity(asked) > quantity(limit):
            draft.warn(
                f"services.{service.name}.deploy.resources",
                f"it reserves {asked} of {name}, above its limit {limit}, which is taken",
            )
            requests[name] = limit
    pairs = (("requests", requests), ("limits", limits))
    return {key: amounts for key, amounts in pairs if amounts}


def _amounts(limit: ResourceLimit | None) -> dict[str, str]:
    found = {}
    if limit is not None and limit.cpus:
        found["cpu"] = processors(limit.cpus)
    if limit is not None and limit.memory:
        found["memory"] = memory(limit.memory)
    return found


def _share(workload: Workload, service: Service, own: dict[str, str]) -> dict[str, str]:
    """The part of its pod's limits that falls to ``service``."""
    pod = workload.pod
    if pod is None or service not in workload.members:
        return {}
    count = len(workload.members)
    found = {}
    if pod.cpus and "cpu" not in own:
        found["cpu"] = processors(pod.cpus / count)
    if pod.mem_limit and "memory" not in own:
        found["memory"] = memory(pod.mem_limit // count // 2**10 * 2**10)
    return found


def _gpus(draft: Draft, service: Service) -> int:
    """How many graphics processors it asks for; all of them cannot be asked for."""
    asked = [*service.gpus]
    said = service.deploy.resources if service.deploy is not None else None
    if said is not None and said.reservations is not None:
        asked += [d for d in said.reservations.devices if "gpu" in (d.get("capabilities") or ())]
    total = 0
    for device in asked:
        count = device.get("count", 1)
        if count in (-1, "all"):
            draft.warn(
                f"services.{service.name}.gpus", "Kubernetes gives a number, here 1, not all"
            )
            count = 1
        total += int(count)
    return total
