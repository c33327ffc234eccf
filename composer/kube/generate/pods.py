"""The pods of a workload: what their containers share, and how they are labelled."""

from __future__ import annotations

from typing import Any

from composer.kube.generate.containers import container, preparing_containers
from composer.kube.generate.draft import Draft
from composer.kube.generate.extension import kubernetes
from composer.kube.generate.metadata import add_annotations, add_labels
from composer.kube.generate.policies import network_labels
from composer.kube.generate.quantities import whole_seconds
from composer.kube.generate.storage import Storage
from composer.kube.generate.workloads import Workload
from composer.spec.model import Pod, Service

_RESTARTS = {
    "always": "Always",
    "unless-stopped": "Always",
    "on-failure": "OnFailure",
    "no": "Never",
}
_ORDER = ("Always", "OnFailure", "Never")


def pod_metadata(draft: Draft, workload: Workload) -> dict[str, Any]:
    """``metadata`` of the pods, without a name: ours, then what the file says."""
    found: dict[str, Any] = {
        "labels": {**draft.labels(workload.name), **network_labels(workload)},
    }
    parts: list[Service | Pod] = [*workload.members]
    if workload.pod is not None:
        parts.append(workload.pod)
    for part in parts:
        add_labels(draft, f"{workload.path}.labels", found, part.labels)
        add_annotations(draft, f"{workload.path}.annotations", found, part.annotations)
    return found


def pod_spec(draft: Draft, workload: Workload, storage: Storage) -> dict[str, Any]:
    """``spec`` of the pods."""
    inits = [container(draft, storage, s, workload, init=True) for s in workload.preparing]
    for service in workload.members:
        inits += preparing_containers(draft, storage, service, workload)
    made = [container(draft, storage, service, workload) for service in workload.members]
    found: dict[str, Any] = {}
    if inits:
        found["initContainers"] = inits
    found["containers"] = made
    if storage.volumes:
        found["volumes"] = [{"name": name, **source} for name, source in storage.volumes.items()]
    for part in (_network, _namespaces, _resolver, _ending, _security):
        found |= part(draft, workload)
    account = _first(kubernetes(draft.project, s).get("service_account") for s in workload.members)
    if account:
        found["serviceAccountName"] = account
    else:
        found["automountServiceAccountToken"] = False
    found["enableServiceLinks"] = False
    return found


def _first(values: Any) -> Any:
    return next((value for value in values if value), None)


def _network(draft: Draft, workload: Workload) -> dict[str, Any]:
    """Its name and the hosts that it knows."""
    whole: Service | Pod = workload.pod or workload.members[0]
    found: dict[str, Any] = {}
    if whole.hostname:
        found["hostname"] = whole.hostname
    if whole.domainname:
        draft.warn(f"{workload.path}.domainname", "pods are in the domain of the cluster")
    hosts: dict[str, list[str]] = {}
    for owner in workload.speakers:
        for entry in owner.extra_hosts:
            name, _, address = entry.partition("=")
            if address == "host-gateway":
                draft.warn(f"{workload.path}.extra_hosts", f"{name}: pods have no such gateway")
            elif name not in hosts.setdefault(address.strip("[]"), []):
                hosts[address.strip("[]")].append(name)
    if any(hosts.values()):
        found["hostAliases"] = [
            {"ip": address, "hostnames": names} for address, names in hosts.items() if names
        ]
    return found


def _namespaces(draft: Draft, workload: Workload) -> dict[str, Any]:
    """Whose namespaces it uses."""
    members, pod = workload.members, workload.pod
    found = {}
    for key, attribute in (("hostNetwork", "network_mode"), ("hostPID", "pid"), ("hostIPC", "ipc")):
        if any(getattr(service, attribute) == "host" for service in members):
            found[key] = True
    names = {service.name for service in workload.everyone}
    shared = any((s.pid or "").removeprefix("service:") in names for s in members)
    if shared or (pod is not None and pod.shares("pid")):
        found["shareProcessNamespace"] = True
    if pod is not None and len(members) > 1:
        for name, what in (("net", "network"), ("ipc", "memory"), ("uts", "host name")):
            if not pod.shares(name):
                draft.warn(workload.path, f"containers of a pod always share its {what} there")
    for service in members:
        for attribute in ("network_mode", "pid", "ipc"):
            value = getattr(service, attribute) or ""
            other = value.removeprefix("service:")
            if value.startswith("container:") or (other != value and other not in names):
                draft.warn(
                    f"services.{service.name}.{attribute}", f"{value!r} is in no pod with it"
                )
    return found


def _resolver(_draft: Draft, workload: Workload) -> dict[str, Any]:
    """``dnsConfig``: it adds to the cluster's own, as the names of services have to be found."""
    owner = workload.owner
    options = []
    for entry in owner.dns_opt:
        name, colon, value = entry.partition(":")
        options.append({"name": name, "value": value} if colon else {"name": name})
    pairs = (
        ("nameservers", list(owner.dns)),
        ("searches", list(owner.dns_search)),
        ("options", options),
    )
    config = {key: value for key, value in pairs if value}
    return {"dnsConfig": config} if config else {}


def _ending(draft: Draft, workload: Workload) -> dict[str, Any]:
    """When it is restarted, and how long it may take to end."""
    found: dict[str, Any] = {}
    grace = [s.stop_grace_period for s in workload.members if s.stop_grace_period is not None]
    if grace:
        found["terminationGracePeriodSeconds"] = whole_seconds(max(grace))
    for service in workload.members:
        if service.stop_signal not in (None, "SIGTERM", "TERM", "15"):
            draft.warn(
                f"services.{service.name}.stop_signal",
                f"{service.stop_signal}: Kubernetes sends the signal that the image says",
            )
    if workload.kind == "pod":
        found["restartPolicy"] = _of_pod(draft, workload)
    elif workload.kind == "job":
        found["restartPolicy"] = "OnFailure"
        return found
    for service in workload.members:
        word = "restart" if service.restart is not None else "deploy.restart_policy"
        if tries_of(service) is not None:
            draft.warn(f"services.{service.name}.{word}", "only a Job gives up after some tries")
        elif workload.kind != "pod" and _policy(service, "Always") != "Always":
            text = "on a cluster it is started again whenever it ends"
            draft.warn(f"services.{service.name}.{word}", text)
    return found


def tries_of(service: Service) -> int | None:
    """How often it is tried again when it fails; None if the file does not say it."""
    own = service.deploy.restart_policy if service.deploy is not None else None
    word, _, number = (service.restart or "").partition(":")
    if service.restart is None and own is not None:
        return own.max_attempts
    return int(number) if word == "on-failure" and number.isdecimal() else None


def _of_pod(draft: Draft, workload: Workload) -> str:
    """That of the member that asks for most. What other pods are waited for by ends first now and
    then, because nothing keeps the order: it may try again."""
    said = {_policy(service) for service in workload.members}
    if len(said) > 1:
        draft.warn(f"{workload.path}.restart", "all containers of a pod have the same policy")
    found = next(policy for policy in _ORDER if policy in said)
    waits = any(service.depends_on for service in workload.everyone)
    return "OnFailure" if found == "Never" and waits else found


def _policy(service: Service, unsaid: str = "Never") -> str:
    own = service.deploy.restart_policy if service.deploy is not None else None
    if service.restart is None and own is not None:
        return {"none": "Never", "on-failure": "OnFailure"}.get(own.condition or "", "Always")
    if service.restart is None:
        return unsaid
    return _RESTARTS.get(service.restart.partition(":")[0], "Never")


def _security(draft: Draft, workload: Workload) -> dict[str, Any]:
    """What ``securityContext`` has for whole pods."""
    found: dict[str, Any] = {}
    groups = dict.fromkeys(group for s in workload.members for group in s.group_add)
    numbers = [int(group) for group in groups if group.isdecimal()]
    for group in groups:
        if not group.isdecimal():
            draft.warn(
                f"{workload.path}.group_add", f"Kubernetes takes numbers only, not {group!r}"
            )
    if numbers:
        found["supplementalGroups"] = numbers
    sysctls: dict[str, str] = {}
    parts: list[Service | Pod] = [*([workload.pod] if workload.pod else []), *workload.members]
    for part in parts:
        sysctls |= part.sysctls
    if sysctls:
        found["sysctls"] = [{"name": name, "value": value} for name, value in sysctls.items()]
    return {"securityContext": found} if found else {}
