"""``Service`` → the JSON of POST /libpod/containers/create (Podman's SpecGenerator).

One table says which function maps each attribute. A function maps all attributes that it stands
beside and returns its part of the whole; parts are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from composer.engine import api_socket, extensions
from composer.engine import spec_network as network
from composer.engine import spec_process as process
from composer.engine import spec_resources as resources
from composer.engine import spec_storage as storage
from composer.engine.context import Context
from composer.engine.no_effect import without_effect
from composer.spec.model import Service

Fragment = dict[str, Any]
Mapping = Callable[[Context], Fragment]

ALWAYS: tuple[Mapping, ...] = (
    process.labels,
    process.stopping,
    process.healthcheck,
    network.networks,
    network.resolvers,
    storage.storage,
    extensions.membership,
)
"""What every container gets, also when the file says nothing."""

MAPPINGS: dict[str, Mapping] = {
    "annotations": process.container_annotations,
    "blkio_config": resources.block_io,
    "cap_add": process.security,
    "cap_drop": process.security,
    "cgroup": process.namespaces,
    "cgroup_parent": resources.cgroup_parent,
    "command": process.command,
    "configs": storage.storage,
    "cpu_period": resources.limits,
    "cpu_quota": resources.limits,
    "cpu_rt_period": resources.limits,
    "cpu_rt_runtime": resources.limits,
    "cpu_shares": resources.limits,
    "cpus": resources.limits,
    "cpuset": resources.limits,
    "depends_on": process.labels,
    "device_cgroup_rules": resources.devices,
    "devices": resources.devices,
    "dns": network.resolvers,
    "dns_opt": network.resolvers,
    "dns_search": network.resolvers,
    "domainname": process.hostname,
    "entrypoint": process.command,
    "environment": process.environment,
    "expose": network.expose,
    "extensions": extensions.of_service,
    "external_links": network.external_links,
    "extra_hosts": network.hosts,
    "gpus": resources.devices,
    "group_add": process.user,
    "healthcheck": process.healthcheck,
    "hostname": process.hostname,
    "init": process.init,
    "ipc": process.namespaces,
    "labels": process.labels,
    "links": network.networks,
    "logging": process.logging,
    "mac_address": network.networks,
    "mem_limit": resources.limits,
    "mem_reservation": resources.limits,
    "mem_swappiness": resources.limits,
    "memswap_limit": resources.limits,
    "network_mode": network.networks,
    "networks": network.networks,
    "oom_kill_disable": resources.limits,
    "oom_score_adj": resources.oom_score,
    "pid": process.namespaces,
    "pids_limit": resources.limits,
    "ports": network.ports,
    "privileged": process.security,
    "read_only": process.security,
    "restart": process.restart,
    "secrets": storage.storage,
    "security_opt": process.security,
    "shm_size": resources.shared_memory,
    "stdin_open": process.terminal,
    "stop_grace_period": process.stopping,
    "stop_signal": process.stopping,
    "storage_opt": resources.storage_options,
    "sysctls": resources.sysctls,
    "tmpfs": storage.storage,
    "tty": process.terminal,
    "ulimits": resources.ulimits,
    "use_api_socket": api_socket.credentials,
    "user": process.user,
    "userns_mode": process.namespaces,
    "uts": process.namespaces,
    "volumes": storage.storage,
    "volumes_from": storage.volumes_from,
    "working_dir": process.working_dir,
}

ELSEWHERE: dict[str, str] = {
    "attach": "usecases.attached",
    "build": "engine.build",
    "config_hash": "plan.replicas",
    "container_name": "plan.replicas",
    "depends_on": "plan.up",
    "deploy.replicas": "spec.model",
    "develop": "spec.output",
    "env_file": "spec.environment",
    "image": "engine.images",
    "label_file": "spec.environment",
    "models": "plan.models",
    "name": "spec.typed",
    "platform": "plan.images",
    "pod": "engine.extensions",
    "pod_init": "engine.extensions",
    "ports.*.app_protocol": "spec.output",
    "ports.*.mode": "spec.output",
    "ports.*.name": "spec.output",
    "post_start": "plan.hooks",
    "pre_start": "plan.hooks",
    "pre_stop": "plan.hooks",
    "profiles": "spec.profiles",
    "provider": "plan.providers",
    "pull_policy": "plan.images",
    "scale": "spec.model",
}
"""Attributes that other parts of composer carry out, and where; ``spec.output`` for those which
change no container and are only for those who read the file or what ``config`` prints."""

DEPLOY: tuple[Mapping, ...] = (process.restart, resources.limits, resources.devices)
"""The mappings that read ``deploy``."""


def container_spec(context: Context) -> Fragment:
    """The whole request body for one replica.

    What cannot be honoured is added to ``context.warnings``; files that have to be copied into the
    container before it starts are added to ``context.files``. Raises ``ComposerError`` for what
    cannot be a container.
    """
    spec: Fragment = {"name": context.name}
    if context.image.name:
        spec["image"] = context.image.name
    for mapping in _mappings(context.service):
        merge(spec, mapping(context))
    if context.oneoff is not None and context.oneoff.remove:
        spec["remove"] = True
    context.warnings.extend(_in_vain(context))
    return spec


def _in_vain(context: Context) -> Iterator[str]:
    """A warning for all that the service, its secrets and configs say and Podman cannot do."""
    project, service, release = context.project, context.service, context.around.release
    yield from without_effect(f"services.{service.name}", service, release)
    for reference in service.secrets:
        key = reference.source
        yield from without_effect(f"secrets.{key}", project.secrets[key], release)
    for reference in service.configs:
        key = reference.source
        yield from without_effect(f"configs.{key}", project.configs[key], release)


def _mappings(service: Service) -> list[Mapping]:
    """The mappings that concern ``service``, each once, in the order of the tables."""
    wanted = [MAPPINGS[name] for name in said(service) if name in MAPPINGS]
    deployed = DEPLOY if service.deploy is not None else ()
    return list(dict.fromkeys([*ALWAYS, *wanted, *deployed]))


def said(service: Service) -> list[str]:
    """The attributes that the file says something about."""
    return [
        name
        for name in Service.__struct_fields__
        if getattr(service, name) != getattr(_NOTHING_SAID, name)
    ]


_NOTHING_SAID = Service(name="")


def merge(spec: Fragment, part: Fragment) -> None:
    """Put ``part`` into ``spec``: mappings are merged, anything else replaces."""
    for key, value in part.items():
        present = spec.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            merge(present, value)
        else:
            spec[key] = value
