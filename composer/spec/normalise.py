"""Fills in what a file leaves implicit: default network, names, dependencies, build defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from composer.spec.canonical import dependency_defaults
from composer.spec.conventions import DOCKER, Conventions
from composer.spec.syntax.mounts import clean
from composer.spec.tree import Map, Mark, Seq, mark_of, put

RESOURCES = ("networks", "volumes", "secrets", "configs")
_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")


def normalise(
    model: Map,
    project: str,
    variables: Mapping[str, str],
    conventions: Conventions = DOCKER,
) -> None:
    """Complete ``model`` (changed in place) as the specification has it for project ``project``."""
    network = conventions.default_network(model.get("networks") or {})
    for name, service in (model.get("services") or {}).items():
        mark = mark_of(model["services"], name)
        _attach(service, network, mark)
        _imply_dependencies(service, mark)
        if service.get("pull_policy") == "if_not_present":
            service["pull_policy"] = "missing"
        for mount in service.get("volumes") or ():
            if isinstance(mount, dict) and isinstance(mount.get("target"), str):
                mount["target"] = clean(mount["target"])
        build = service.get("build")
        if isinstance(build, dict):
            # podman-compose leaves the choice to Podman, which takes a Containerfile first.
            if not build.get("dockerfile_inline") and conventions.dialect == "docker":
                build.setdefault("dockerfile", "Dockerfile")
            _resolve_arguments(build, variables)
    _define_default(model)
    for section in RESOURCES:
        for key, resource in (model.get(section) or {}).items():
            if not resource.get("name"):
                external = resource.get("external") in (True, "true")
                own = f"{project}_{key}"
                if section == "networks":
                    own = conventions.network_name(project, key)
                resource["name"] = key if external else own


def without_networks(model: Map) -> frozenset[str]:
    """The services that say nothing about networks: those are put on the default one."""
    services = model.get("services") or {}
    return frozenset(name for name, service in services.items() if not service.get("networks"))


def agree_on_scale(services: Mapping[str, Any]) -> None:
    """Say ``scale`` in ``deploy`` too, where there is one (changed in place)."""
    for service in services.values():
        if "scale" in service and isinstance(service.get("deploy"), dict):
            service["deploy"].setdefault("replicas", service["scale"])


def _attach(service: Map, network: str | None, mark: Mark | None) -> None:
    """Put a service that says no network on ``network``, or on Podman's own for None."""
    if not service.get("networks") and not service.get("network_mode"):
        if service.get("provider") is not None:
            return
        if network is None:
            put(service, "network_mode", "bridge", mark)
        else:
            put(service, "networks", Map([(network, None)], mark), mark)


def _define_default(model: Map) -> None:
    services = model.get("services") or {}
    if any("default" in (service.get("networks") or ()) for service in services.values()):
        networks = model.get("networks")
        if networks is None:
            networks = model["networks"] = Map()
        if networks.get("default") is None:
            networks["default"] = Map()


def _imply_dependencies(service: Map, mark: Mark | None) -> None:
    """Depend on the services whose namespaces or volumes are used, and on linked ones."""
    for name, restart in _referred(service):
        depends_on = service.get("depends_on")
        if depends_on is None:
            depends_on = Map()
            put(service, "depends_on", depends_on, mark)
        if name not in depends_on:
            dependency = dependency_defaults(mark)
            dependency["restart"] = restart
            put(depends_on, name, dependency, mark)


def _referred(service: Map) -> Iterator[tuple[str, bool]]:
    for link in service.get("links") or ():
        yield link.partition(":")[0], True
    for key in _NAMESPACES:
        value = service.get(key)
        if isinstance(value, str) and value.startswith("service:"):
            yield value.removeprefix("service:"), True
    for source in service.get("volumes_from") or ():
        if not source.startswith("container:"):
            yield source.partition(":")[0], False


def _resolve_arguments(build: dict[str, Any], variables: Mapping[str, str]) -> None:
    """Build arguments without a value take that of the environment, or are left out."""
    arguments = build.get("args")
    if isinstance(arguments, dict):
        for name in [name for name, value in arguments.items() if value is None]:
            if name in variables:
                arguments[name] = variables[name]
            else:
                del arguments[name]


def used_resources(services: Mapping[str, Any]) -> dict[str, set[str]]:
    """The keys of the networks, volumes, secrets, configs and models that ``services`` use."""
    used: dict[str, set[str]] = {section: set() for section in (*RESOURCES, "models")}
    for service in services.values():
        used["networks"].update(service.get("networks") or ())
        used["models"].update(service.get("models") or ())
        for mount in service.get("volumes") or ():
            if mount.get("type") == "volume" and mount.get("source"):
                used["volumes"].add(mount["source"])
        build = service.get("build") or {}
        for reference in [*(service.get("secrets") or ()), *(build.get("secrets") or ())]:
            used["secrets"].add(reference.get("source", ""))
        for reference in service.get("configs") or Seq():
            used["configs"].add(reference.get("source", ""))
    return used
