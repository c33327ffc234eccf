"""What manifests have no word for: one table of attributes, each with the reason."""

from __future__ import annotations

from composer.kube.generate.draft import Draft
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
    "mac_address": "addresses are the cluster's to give",
    "mem_swappiness": _SWAP,
    "memswap_limit": _SWAP,
    "models": "a runner of models needs a Service in the cluster",
    "networks.*.driver_opts": _NETWORKS,
    "networks.*.extensions": _NETWORKS,
    "networks.*.gw_priority": _NETWORKS,
    "networks.*.interface_name": _NETWORKS,
    "networks.*.ipv4_address": "addresses are the cluster's to give",
    "networks.*.ipv6_address": "addresses are the cluster's to give",
    "networks.*.link_local_ips": "addresses are the cluster's to give",
    "networks.*.mac_address": "addresses are the cluster's to give",
    "networks.*.priority": _NETWORKS,
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

_HANDLED = ("pod", "init", "depends_on", "one_shot", "liveness", "on_unhealthy", "rootfs")
"""Keys of ``x-podman`` that are seen to, or warned of, where they belong."""


def leftovers(draft: Draft, service: Service) -> None:
    """Warn of what ``service`` says and its manifests do not."""
    whole = f"services.{service.name}"
    for pattern, reason in LEFT.items():
        for path, value in values(service, pattern.split("."), whole):
            if value:
                draft.warn(path, reason)
    for key in podman_extensions(service.extensions):
        if key not in _HANDLED:
            draft.warn(f"{whole}.{PREFIX}", f"{key}: {_PODMAN}")
