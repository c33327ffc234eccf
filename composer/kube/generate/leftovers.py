"""What manifests have no word for: one table of attributes, each with the reason."""

from __future__ import annotations

from composer.kube.generate.draft import Draft
from composer.spec.model import Service

LEFT = {
    "blkio_config": "Kubernetes limits no disks",
    "cgroup": "control groups are the node's own",
    "cgroup_parent": "control groups are the node's own",
    "container_name": "containers are called as their services",
    "cpu_rt_period": "Kubernetes has no real-time scheduling",
    "cpu_rt_runtime": "Kubernetes has no real-time scheduling",
    "cpu_shares": "requests of processors give the weight (deploy.resources.reservations.cpus)",
    "cpuset": "the node chooses the processors",
    "credential_spec": "it is for Windows",
    "device_cgroup_rules": "devices come from plugins of the cluster",
    "devices": "devices come from plugins of the cluster",
    "external_links": "what is no part of the project needs a Service in the cluster",
    "init": "the image itself has to reap processes (a share of the process namespace helps)",
    "links": "names of links are no names in a cluster, those of services are",
    "logging": "the cluster gathers logs",
    "mac_address": "addresses are the cluster's to give",
    "mem_swappiness": "swapping is the node's affair",
    "memswap_limit": "swapping is the node's affair",
    "models": "a runner of models needs a Service in the cluster",
    "oom_kill_disable": "the node decides",
    "oom_score_adj": "the node decides",
    "pids_limit": "the node sets it",
    "platform": "a nodeSelector of the cluster chooses nodes (kubernetes.io/arch)",
    "runtime": "the cluster has RuntimeClasses",
    "storage_opt": "the node decides",
    "ulimits": "the node sets them",
    "use_api_socket": "there is no such socket",
    "userns_mode": "user namespaces of pods are not in all clusters",
    "uts": "a pod has its own",
}
"""Attributes of services that mean nothing on a cluster, with the reason."""

_QUIET = frozenset({"init"})
"""Warned of nowhere: what it does is seldom missed, and many files have it."""


def leftovers(draft: Draft, service: Service) -> None:
    """Warn of what ``service`` says and its manifests do not."""
    for attribute, reason in LEFT.items():
        value = getattr(service, attribute)
        if value and attribute not in _QUIET:
            if attribute == "links" and all(":" not in link for link in service.links):
                continue
            draft.warn(f"services.{service.name}.{attribute}", reason)
    for key, attachment in service.networks.items():
        if attachment is None:
            continue
        path = f"services.{service.name}.networks.{key}"
        if attachment.ipv4_address or attachment.ipv6_address or attachment.link_local_ips:
            draft.warn(path, "addresses are the cluster's to give")
