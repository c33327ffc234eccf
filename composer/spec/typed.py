"""Turns a canonical mapping into the typed ``Project``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from composer.spec import units
from composer.spec.hashing import config_hash
from composer.spec.loading import Canonical
from composer.spec.model import (
    ByteSize,
    Dependency,
    FileObject,
    Nanoseconds,
    Network,
    Pod,
    Project,
    Service,
    Volume,
)

if TYPE_CHECKING:
    from composer.spec.pods import Pods

Part = TypeVar("Part")


def build(canonical: Canonical) -> Project:
    """The project that ``canonical`` describes."""
    mapping = canonical.mapping
    project = Project(
        name=canonical.name,
        working_dir=canonical.working_dir,
        files=canonical.files,
        services=_services(mapping.get("services", {}), mapping),
        disabled_services=_services(canonical.disabled, mapping),
        networks=_parts(mapping.get("networks", {}), Network),
        volumes=_parts(mapping.get("volumes", {}), Volume),
        secrets=_parts(mapping.get("secrets", {}), FileObject),
        configs=_parts(mapping.get("configs", {}), FileObject),
        models=mapping.get("models", {}),
        extensions=_extensions(mapping),
        environment=dict(canonical.environment),
        env_file_variables=canonical.env_file_variables,
        positions=canonical.positions,
        warnings=canonical.warnings,
        dialect=canonical.conventions.dialect,
        separator=canonical.conventions.separator,
    )
    return project if canonical.pods is None else _into_pods(project, canonical, canonical.pods)


def _into_pods(project: Project, canonical: Canonical, pods: Pods) -> Project:
    """``project`` with ``pods``, their members, and the networks and volumes that only they use."""
    from composer.spec.pod_members import into_pods
    from composer.spec.pod_needs import is_init, needs

    services = canonical.mapping["services"]
    active = {name: s for name, s in project.services.items() if name not in pods.inactive}
    wanted = needs(pods, {name: services[name] for name in active})
    active = {
        name: msgspec.structs.replace(service, depends_on=_convert_needs(wanted[name]))
        for name, service in active.items()
    }
    defined = canonical.resources
    used = {key for pod in pods.defined.values() for key in pod.get("networks") or ()}
    mounts = [mount for pod in pods.defined.values() for mount in pod.get("volumes") or ()]
    named = {mount.get("source") for mount in mounts if mount.get("type") == "volume"}
    networks = {key: part for key, part in defined["networks"].items() if key in used}
    volumes = {key: part for key, part in defined["volumes"].items() if key in named}
    inactive = {name: project.services[name] for name in pods.inactive}
    grouped = into_pods(
        msgspec.structs.replace(
            project,
            services=active,
            disabled_services={**project.disabled_services, **inactive},
            networks={**project.networks, **_parts(networks, Network)},
            volumes={**project.volumes, **_parts(volumes, Volume)},
        ),
        [_pod(key, pods, services) for key in pods.defined],
        unattached=pods.unattached,
        init={name: is_init(services, name) for name in pods.members},
    )
    if canonical.all_resources:
        return grouped
    # Members that say no network were on the default one, until their pod said another.
    users: list[Service | Pod] = [*grouped.services.values(), *grouped.pods.values()]
    on = {key for user in users for key in user.networks}
    left = {key: network for key, network in grouped.networks.items() if key in on}
    return msgspec.structs.replace(grouped, networks=left)


def _convert_needs(needs: dict[str, Any]) -> dict[str, Dependency]:
    return {name: msgspec.convert(need, Dependency) for name, need in needs.items()}


def _pod(key: str, pods: Pods, services: dict[str, Any]) -> Pod:
    from composer.spec.pod_checks import has_infra, replicas

    pod, members = pods.defined[key], pods.of(key)
    counts = [count for name in members if (count := replicas(services[name])) is not None]
    said = {
        **{name: value for name, value in pod.items() if not name.startswith("x-")},
        "key": key,
        "members": members,
        "networks": _attachments(pod.get("networks") or {}),
        "infra": (pod.get("infra") or {}) if has_infra(pod) else None,
        "scale": pod.get("scale", counts[0][1] if counts else 1),
    }
    if not has_infra(pod):
        said["share"] = []
    if key == pods.common:
        said |= {"single": key, "scale": 1}
    return _convert(said, Pod)


def _extensions(value: dict[str, Any]) -> dict[str, Any]:
    return {key: entry for key, entry in value.items() if key.startswith("x-")}


def _services(services: dict[str, Any], resources: dict[str, Any]) -> dict[str, Service]:
    return {
        name: _convert(
            {
                **service,
                "name": name,
                "ulimits": _ulimits(service.get("ulimits", {})),
                "build": _build(service.get("build")),
                "networks": _attachments(service.get("networks") or {}),
                "extensions": _extensions(service),
                "config_hash": config_hash(service, resources),
            },
            Service,
        )
        for name, service in services.items()
    }


def _ulimits(ulimits: dict[str, Any]) -> dict[str, Any]:
    return {
        name: limit if isinstance(limit, dict) else {"soft": limit, "hard": limit}
        for name, limit in ulimits.items()
    }


def _attachments(networks: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {**said, "extensions": _extensions(said)} if said else said
        for key, said in networks.items()
    }


def _build(build: dict[str, Any] | None) -> dict[str, Any] | None:
    if build is None or "ulimits" not in build:
        return build
    return {**build, "ulimits": _ulimits(build["ulimits"])}


def _parts(parts: dict[str, Any], kind: type[Part]) -> dict[str, Part]:
    return {
        key: _convert({**part, "key": key, "extensions": _extensions(part)}, kind)
        for key, part in parts.items()
    }


def _convert(value: dict[str, Any], kind: type[Part]) -> Part:
    return msgspec.convert(value, kind, dec_hook=_decode)


def _decode(kind: type, value: Any) -> Any:
    if kind is Nanoseconds:
        return Nanoseconds(units.nanoseconds(value))
    if kind is ByteSize:
        return ByteSize(units.size(value))
    raise NotImplementedError(kind)
