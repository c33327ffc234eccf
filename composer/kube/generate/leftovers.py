"""What manifests have no word for: one table of attributes, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from composer.kube.generate.draft import Draft
from composer.kube.generate.workloads import Workload
from composer.spec.model import Service
from composer.spec.places import values
from composer.spec.podman import PREFIX, podman_extensions

_NODES = "the node decides"
_DEVICES = "devices come from plugins of the cluster"
_SWAP = "swapping is the node's affair"
_GROUPS = "control groups are the node's own"
_REAL_TIME = "Kubernetes has no real-time scheduling"
_WINDOWS = "it is for Windows"
_NETWORKS = "networks of pods are the cluster's to make"
_PODMAN = "it is Podman's own"
_ROLL_OUT = "the cluster rolls out in its own way (spec.strategy)"
_RESTARTS = "the cluster waits longer after each restart, and goes on trying"

_ADDRESSES = "addresses are the cluster's to give"
_ATTACHED = {
    "networks.*.driver_opts": _NETWORKS,
    "networks.*.extensions": _NETWORKS,
    "networks.*.gw_priority": _NETWORKS,
    "networks.*.interface_name": _NETWORKS,
    "networks.*.ipv4_address": _ADDRESSES,
    "networks.*.ipv6_address": _ADDRESSES,
    "networks.*.link_local_ips": _ADDRESSES,
    "networks.*.mac_address": _ADDRESSES,
    "networks.*.priority": _NETWORKS,
}
"""How services and pods take part in networks."""

LEFT = {
    "blkio_config": "Kubernetes limits no disks",
    "cgroup": _GROUPS,
    "cgroup_parent": _GROUPS,
    "container_name": "containers are called as their services",
    "cpu_count": _WINDOWS,
    "cpu_percent": _WINDOWS,
    "cpu_rt_period": _REAL_TIME,
    "cpu_rt_runtime": _REAL_TIME,
    "cpu_shares": "requests of processors give the weight (deploy.resources.reservations.cpus)",
    "cpuset": "the node chooses the processors",
    "credential_spec": _WINDOWS,
    "deploy.placement": "nodeSelector and affinity choose nodes there",
    "deploy.resources.limits.devices": _DEVICES,
    "deploy.resources.limits.generic_resources": _DEVICES,
    "deploy.resources.limits.pids": "the node sets it",
    "deploy.resources.reservations.generic_resources": _DEVICES,
    "deploy.resources.reservations.pids": "the node sets it",
    "deploy.restart_policy.delay": _RESTARTS,
    "deploy.restart_policy.window": _RESTARTS,
    "deploy.rollback_config": _ROLL_OUT,
    "deploy.update_config": _ROLL_OUT,
    "device_cgroup_rules": _DEVICES,
    "devices": _DEVICES,
    "external_links": "what is no part of the project needs a Service in the cluster",
    "isolation": _WINDOWS,
    "logging": "the cluster gathers logs",
    "mac_address": _ADDRESSES,
    "mem_swappiness": _SWAP,
    "memswap_limit": _SWAP,
    "models": "a runner of models needs a Service in the cluster",
    **_ATTACHED,
    "oom_kill_disable": _NODES,
    "oom_score_adj": _NODES,
    "pids_limit": "the node sets it",
    "platform": "a nodeSelector of the cluster chooses nodes (kubernetes.io/arch)",
    "runtime": "the cluster has RuntimeClasses",
    "storage_opt": _NODES,
    "ulimits": "the node sets them",
    "use_api_socket": "there is no such socket",
    "userns_mode": "user namespaces of pods are not in all clusters",
    "uts": "a pod has its own",
    "volumes.*.bind.recursive": "mounts below it are as the node has them",
    "volumes.*.consistency": "only Docker Desktop's shared folders have it",
    "volumes.*.tmpfs.mode": "an emptyDir is open to all of the pod",
}
"""Attributes of services that mean nothing on a cluster, with the reason."""

OF_PODS = {
    "cpuset": "the node chooses the processors",
    "mac_address": _ADDRESSES,
    **_ATTACHED,
    "userns_mode": "user namespaces of pods are not in all clusters",
}
"""The same of pods, which have what their members share."""

OF_NETWORKS = {
    "driver": _NETWORKS,
    "driver_opts": _NETWORKS,
    "enable_ipv4": _NETWORKS,
    "enable_ipv6": _NETWORKS,
    "extensions": _NETWORKS,
    "external": "others on it are no part of the project: a policy lets in its members alone",
    "ipam.config": _NETWORKS,
    "ipam.driver": _NETWORKS,
    "labels": "a policy is all that there is of it, and has our labels",
}
"""The same of networks."""

_HANDLED = ("pod", "init", "depends_on", "one_shot", "liveness", "on_unhealthy", "rootfs")
"""Keys of ``x-podman`` that are seen to, or warned of, where they belong."""


def leftovers(draft: Draft, found: Iterable[Workload]) -> None:
    """Warn of what the project says and the manifests of ``found`` do not."""
    for workload in found:
        for service in workload.everyone:
            _left(draft, service, f"services.{service.name}", LEFT)
            _extensions(draft, service)
        if workload.pod is not None:
            _left(draft, workload.pod, f"x-podman.pods.{workload.pod.key}", OF_PODS)
    for network in draft.project.networks.values():
        _left(draft, network, f"networks.{network.key}", OF_NETWORKS)


def _left(draft: Draft, said: object, whole: str, table: Mapping[str, str]) -> None:
    for pattern, reason in table.items():
        for path, value in values(said, pattern.split("."), whole):
            if value or (value is False and pattern == "enable_ipv4"):
                draft.warn(path, reason)


def _extensions(draft: Draft, service: Service) -> None:
    for key in podman_extensions(service.extensions):
        if key not in _HANDLED:
            draft.warn(f"services.{service.name}.{PREFIX}", f"{key}: {_PODMAN}")
