"""Checks that the parts of a model fit together: what Docker Compose refuses when it loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from composer.spec.cycles import find_cycle
from composer.spec.lost import Lost
from composer.spec.podman import podman_extensions
from composer.spec.tree import Mark, Problems
from composer.spec.validate import nearest

NOTHING_LOST = Lost()
_LISTED = 20
"""How many names a hint lists at most."""


class Finding(NamedTuple):
    """Something that does not fit, at a path. ``missing`` is the section and name of what is not
    there."""

    path: str
    text: str
    hint: str | None = None
    missing: tuple[str, str] | None = None
    known: Mapping[str, Any] | None = None
    """What is there in its place."""

    def advice(self) -> str | None:
        """The hint: what is meant, or can be meant, by the name of what is missing."""
        if self.missing is None or self.known is None:
            return self.hint
        section, name = self.missing
        if not self.known:
            return f"define it under {section}: at the top level"
        listed = f"defined {section}: {', '.join(sorted(self.known))}"
        return nearest(name, self.known) or (listed if len(self.known) <= _LISTED else None)


class Model(NamedTuple):
    """What is checked: printed services that are active, names of the others, printed resources."""

    services: Mapping[str, Any]
    disabled: frozenset[str]
    resources: Mapping[str, Mapping[str, Any]]
    lost: Lost = NOTHING_LOST
    """What was left out because it is at fault: nothing is said about what depends on that."""


Check = Callable[[str, Mapping[str, Any], Model], Iterator[Finding]]
"""Looks at one service (its name, what it says) of a model."""


def check_consistency(
    model: Model, where: Callable[[str], Mark | None], problems: Problems
) -> None:
    """Note everything in ``model`` that does not fit; ``where`` gives the place of a path."""
    findings: list[Finding] = []
    for name, service in model.services.items():
        for check, attributes in _CHECKS:
            found = check(f"services.{name}", service, model)
            if model.lost.has("services", name, attributes):
                found = (finding for finding in found if finding.missing is not None)
            findings += found
    findings += _container_names(model)
    findings += _cycle(model)
    for finding in findings:
        if finding.missing is not None and model.lost.has(*finding.missing):
            continue
        if problems.many:  # which are counted, but not told
            problems.add(None, finding.path, finding.text)
        else:
            problems.add(where(finding.path), finding.path, finding.text, finding.advice())


def unknown(path: str, kind: str, name: str, known: Mapping[str, Any]) -> Finding:
    """The finding for a reference to a ``kind`` that is not among the ``known``."""
    section = f"{kind.removeprefix('build ')}s"
    text = f"refers to undefined {kind} {name}"
    return Finding(path, text, missing=(section, name), known=known)


def _image(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    if (
        not service.get("image")
        and "build" not in service
        and "provider" not in service
        and "rootfs" not in podman_extensions(service)
    ):
        yield Finding(path, "has neither an image nor a build context specified")


def _build(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    build = service.get("build")
    if build is None:
        return
    if build.get("dockerfile_inline") and build.get("dockerfile"):
        yield Finding(f"{path}.build", "dockerfile and dockerfile_inline exclude each other")
    platforms, platform = build.get("platforms"), service.get("platform")
    if platforms and platform and platform not in platforms:
        yield Finding(f"{path}.build.platforms", f"must include the service's platform {platform}")
    for name, context in (build.get("additional_contexts") or {}).items():
        if context.startswith("service:"):
            target = context.removeprefix("service:")
            at = f"{path}.build.additional_contexts.{name}"
            if target not in model.services:
                yield unknown(at, "service", target, model.services)
            elif "build" not in model.services[target] and not model.lost.has(
                "services", target, ("build",)
            ):
                yield Finding(at, f"service {target} has no build section")
    for index, secret in enumerate(build.get("secrets", ())):
        at = f"{path}.build.secrets[{index}]"
        if not secret.get("source"):
            yield Finding(at, "source is missing")
        elif secret["source"] not in model.resources["secrets"]:
            yield unknown(at, "build secret", secret["source"], model.resources["secrets"])


def _networks(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    networks = service.get("networks") or {}
    if networks and service.get("network_mode"):
        yield Finding(
            f"{path}.network_mode",
            "network_mode and networks exclude each other",
            "remove networks to keep network_mode, or network_mode to be on the networks",
        )
    for name in networks:
        if name not in model.resources["networks"]:
            yield unknown(f"{path}.networks.{name}", "network", name, model.resources["networks"])


def _health(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    test = (service.get("healthcheck") or {}).get("test")
    if test and test[0] not in ("CMD", "CMD-SHELL", "NONE"):
        yield Finding(
            f"{path}.healthcheck.test",
            f"starts with {test[0]!r}; CMD, CMD-SHELL or NONE is expected",
        )


def _dependencies(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    for name, dependency in (service.get("depends_on") or {}).items():
        if name in model.services or (name in model.disabled and not dependency.get("required")):
            continue
        at = _saying(path, service, name)
        if name in model.disabled:
            yield Finding(
                at,
                f"depends on undefined service {name}: none of its profiles is active",
                "activate one of its profiles, or say required: false",
            )
        else:
            yield unknown(at, "service", name, model.services)


def _saying(path: str, service: Mapping[str, Any], name: str) -> str:
    """The path of what makes ``service`` depend on service ``name``."""
    for key in ("network_mode", "ipc", "pid", "uts", "cgroup"):
        if service.get(key) == f"service:{name}":
            return f"{path}.{key}"
    for key in ("links", "volumes_from"):
        for index, entry in enumerate(service.get(key) or ()):
            if entry.partition(":")[0] == name:
                return f"{path}.{key}[{index}]"
    return f"{path}.depends_on.{name}"


def _namespaces(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    mode = service.get("network_mode", "")
    if mode.startswith("service:"):
        name = mode.removeprefix("service:")
        if name not in model.services and name not in (service.get("depends_on") or {}):
            yield unknown(f"{path}.network_mode", "service", name, model.services)


def _volumes(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    for index, mount in enumerate(service.get("volumes", ())):
        source = mount.get("source")
        if mount.get("type") == "volume" and source and source not in model.resources["volumes"]:
            at = f"{path}.volumes[{index}]"
            yield unknown(at, "volume", source, model.resources["volumes"])


def _models(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    for name in service.get("models") or {}:
        if name not in model.resources["models"]:
            yield unknown(f"{path}.models.{name}", "model", name, model.resources["models"])


def _targets(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    """Nothing is mounted where something else is."""
    mounted: dict[str, str] = {}
    tmpfs = [entry.partition(":")[0] for entry in service.get("tmpfs", ())]
    volumes = [mount.get("target", "") for mount in service.get("volumes", ())]
    for key, targets in (("tmpfs", tmpfs), ("volumes", volumes)):
        for index, target in enumerate(targets):
            here = f"{path}.{key}[{index}]"
            if mounted.setdefault(target, here) != here:
                yield Finding(here, f"target {target} is already mounted as {mounted[target]}")


def _files(path: str, service: Mapping[str, Any], model: Model) -> Iterator[Finding]:
    for section, kind in (("configs", "config"), ("secrets", "secret")):
        for index, reference in enumerate(service.get(section, ())):
            source = reference.get("source", "")
            if source not in model.resources[section]:
                at = f"{path}.{section}[{index}]"
                yield unknown(at, kind, source, model.resources[section])


_TWICE = (
    ("scale", "replicas", ("deploy", "replicas")),
    ("cpus", "limits.cpus", ("deploy", "resources", "limits", "cpus")),
    ("mem_limit", "limits.memory", ("deploy", "resources", "limits", "memory")),
    (
        "mem_reservation",
        "reservations.memory",
        ("deploy", "resources", "reservations", "memory"),
    ),
    ("pids_limit", "limits.pids", ("deploy", "resources", "limits", "pids")),
)


def _twice(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    """Attributes that can be said in two places must not differ."""
    for key, _, other in _TWICE:
        if key not in service or "deploy" not in service:
            continue
        value: Any = service
        for word in other[:-1]:
            value = value.get(word) if value is not None else None
        if value is None or (key == "scale" and other[-1] not in value):
            continue
        if value.get(other[-1], "0" if "mem" in key else 0) != service[key]:
            yield Finding(f"{path}.{key}", f"differs from {'.'.join(other)}; keep one of the two")


def _scale(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    replicas = service.get("scale", (service.get("deploy") or {}).get("replicas", 1))
    key = "scale" if "scale" in service else "deploy.replicas"
    if isinstance(replicas, str):  # a variable that was left
        return
    if replicas < 0:
        yield Finding(f"{path}.{key}", f"{replicas} is out of range; 0 or more is allowed")
    if replicas > 1 and service.get("container_name"):
        yield Finding(
            f"{path}.container_name",
            f"a container name must be unique, but {key} asks for {replicas} containers",
        )


def _watch(path: str, service: Mapping[str, Any], _model: Model) -> Iterator[Finding]:
    for index, watch in enumerate((service.get("develop") or {}).get("watch", ())):
        if watch.get("action") not in ("rebuild", "restart") and not watch.get("target"):
            yield Finding(f"{path}.develop.watch[{index}]", "target is required for this action")


_CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (_image, ("image", "build", "provider", "extends")),
    (_build, ("build", "platform")),
    (_networks, ("networks", "network_mode")),
    (_health, ("healthcheck",)),
    (_dependencies, ("depends_on",)),
    (_namespaces, ("network_mode", "depends_on")),
    (_volumes, ("volumes",)),
    (_models, ("models",)),
    (_targets, ("volumes", "tmpfs")),
    (_files, ("configs", "secrets")),
    (_twice, ("deploy",)),
    (_scale, ("scale", "deploy")),
    (_watch, ("develop",)),
)
"""Each check with the attributes that it looks at: when one of them is at fault, it tells only of
names of what is not there, which are wrong whatever else is."""


def _container_names(model: Model) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, service in model.services.items():
        container = service.get("container_name")
        if container and owners.setdefault(container, name) != name:
            yield Finding(
                f"services.{name}.container_name",
                f"container name {container!r} is already in use by service {owners[container]}",
            )


def _cycle(model: Model) -> Iterator[Finding]:
    edges = {
        name: [other for other in service.get("depends_on") or () if other in model.services]
        for name, service in model.services.items()
    }
    cycle = find_cycle(edges)
    if cycle:
        yield Finding(
            f"services.{cycle[0]}.depends_on.{cycle[1]}",
            f"dependency cycle detected: {' -> '.join(cycle)}",
            "remove one of these dependencies: a depends_on, links or volumes_from, "
            "or a namespace of service:NAME",
        )


def check_resources(
    resources: Mapping[str, Any],
    problems: Problems,
    where: Callable[[str], Mark | None],
    lost: Lost = NOTHING_LOST,
) -> None:
    """Note secrets and configs with no source or several, and external volumes with a driver.

    Nothing is said about those of which something was left out (``lost``).
    """
    for section, keys in (
        ("secrets", ("file", "environment")),
        ("configs", ("file", "environment", "content")),
    ):
        for name, resource in (resources.get(section) or {}).items():
            if lost and lost.touches(section, name):
                continue
            resource = resource or {}
            path = f"{section}.{name}"
            said = [key for key in keys if key in resource]
            if len(said) > 1:
                problems.add(where(path), path, f"{' and '.join(said)} exclude each other")
            elif not said and not resource.get("external"):
                problems.add(where(path), path, f"one of {', '.join(keys)} must be set")
    for name, volume in (resources.get("volumes") or {}).items():
        extra = [key for key in ("driver", "driver_opts", "labels") if key in (volume or {})]
        if extra and volume.get("external") in (True, "true"):
            path = f"volumes.{name}"
            problems.add(where(path), path, f"external and {extra[0]} exclude each other")
