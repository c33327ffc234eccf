"""One container of a pod, from one service."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from composer.graph.needs import image_name
from composer.kube.generate.draft import Draft
from composer.kube.generate.environment import environment, literal
from composer.kube.generate.ports import container_ports
from composer.kube.generate.probes import probes
from composer.kube.generate.resources import resources
from composer.kube.generate.security import security, user
from composer.kube.generate.storage import Storage
from composer.kube.generate.workloads import Workload
from composer.kube.names import dns_label
from composer.spec.model import Hook, PreStart, Service

_POLICIES = {
    "always": "Always",
    "never": "Never",
    "missing": "IfNotPresent",
    "if_not_present": "IfNotPresent",
    "build": "IfNotPresent",
}


def container(
    draft: Draft, storage: Storage, service: Service, workload: Workload, *, init: bool = False
) -> dict[str, Any]:
    """The container of ``service``; an ``init`` container has no probes, ports and hooks."""
    found: dict[str, Any] = {"name": dns_label(service.name)}
    found |= _image(draft, service)
    found |= _command(service)
    if service.working_dir:
        found["workingDir"] = service.working_dir
    found |= environment(draft, service, workload.name)
    parts: dict[str, Any] = {}
    if not init:
        parts["ports"] = container_ports(draft, service, workload)
    parts["resources"] = resources(draft, service, workload)
    parts["volumeMounts"] = storage.mounts(service)
    if not init:
        parts |= probes(service)
        parts["lifecycle"] = _lifecycle(draft, service)
    parts["securityContext"] = security(draft, service)
    parts["stdin"] = service.stdin_open
    parts["tty"] = service.tty
    return found | {key: value for key, value in parts.items() if value}


def preparing_containers(
    draft: Draft, storage: Storage, service: Service, workload: Workload
) -> list[dict[str, Any]]:
    """Init containers for the ``pre_start`` hooks of ``service``."""
    found = []
    for index, hook in enumerate(service.pre_start):
        path = f"services.{service.name}.pre_start[{index}]"
        if not hook.per_replica and workload.replicas > 1:
            draft.warn(path, "it runs before each replica, not once")
        whole = container(draft, storage, service, workload, init=True)
        name = dns_label(f"{service.name}-pre-start-{index + 1}")
        made = _hook_container(draft, service, hook)
        rights = {**whole.get("securityContext", {}), **user(draft, f"{path}.user", hook.user)}
        if hook.privileged:
            rights["privileged"] = True
        if rights:
            made["securityContext"] = rights
        found.append({**whole, **made, "name": name})
    return found


def _hook_container(draft: Draft, service: Service, hook: PreStart) -> dict[str, Any]:
    made: dict[str, Any] = {"command": [literal(word) for word in hook.command]}
    if hook.image:
        made["image"] = draft.options.images.get(hook.image, hook.image)
    if hook.working_dir:
        made["workingDir"] = hook.working_dir
    if hook.environment:
        own = {**service.environment, **hook.environment}
        made["env"] = [
            {"name": name, "value": literal(value)}
            for name, value in own.items()
            if value is not None
        ]
    return made


def _image(draft: Draft, service: Service) -> dict[str, str]:
    local = image_name(draft.project, service)
    image = draft.options.images.get(local, local)
    path = f"services.{service.name}"
    if service.rootfs:
        draft.warn(f"{path}.x-podman", "a folder cannot stand in the place of an image")
    found = {"image": image}
    policy = service.pull_policy
    if image != local and policy in (None, "build"):
        policy = "always"  # the same tag may be pushed again, with another image
    if policy is None:
        name = image.rpartition("/")[2]
        if "@" not in name and (":" not in name or name.endswith(":latest")):
            policy = "missing"  # Kubernetes would ask the registry each time
    if policy is None:
        return found
    if policy in _POLICIES:
        return {**found, "imagePullPolicy": _POLICIES[policy]}
    draft.warn(f"{path}.pull_policy", f"{policy!r}: Kubernetes asks the registry at each start")
    return {**found, "imagePullPolicy": "Always"}


def _command(service: Service) -> dict[str, list[str]]:
    """``entrypoint`` is ``command`` there, and ``command`` is ``args``."""
    entrypoint = [literal(word) for word in service.entrypoint or ()]
    command = [literal(word) for word in service.command or ()]
    if service.entrypoint is not None and not entrypoint:  # the image's is not to run
        entrypoint, command = command, []
    pairs = (("command", entrypoint), ("args", command))
    return {key: words for key, words in pairs if words}


def _lifecycle(draft: Draft, service: Service) -> dict[str, Any]:
    found = {}
    for attribute, key in (("post_start", "postStart"), ("pre_stop", "preStop")):
        hooks: Sequence[Hook] = getattr(service, attribute)
        if hooks:
            path = f"services.{service.name}.{attribute}"
            found[key] = {"exec": {"command": _hooks_command(draft, path, hooks)}}
    return found


def _hooks_command(draft: Draft, path: str, hooks: Sequence[Hook]) -> list[str]:
    for index, hook in enumerate(hooks):
        if hook.user or hook.privileged or hook.environment or hook.working_dir:
            draft.warn(f"{path}[{index}]", "it runs as the container itself does")
    if len(hooks) == 1:
        return [literal(word) for word in hooks[0].command]
    return ["/bin/sh", "-c", literal(" && ".join(shlex.join(hook.command) for hook in hooks))]
