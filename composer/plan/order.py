"""The order of what is done to containers of services that need each other, or share namespaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from composer.graph.needs import depends_on, namespace_parents
from composer.plan.plan import Plan
from composer.spec.model import Project
from composer.state import DEPENDS_ON, Container


def needs(project: Project | None, containers: Iterable[Container]) -> dict[str, set[str]]:
    """What each service needs: by the file, and by the labels of its containers.

    Labels alone serve a command that has only the project's name, and services that the file no
    longer has.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for container in containers:
        text = container.labels.get(DEPENDS_ON, "")
        found[container.service] |= {part.split(":", 1)[0] for part in text.split(",") if part}
    if project is not None:
        for name, service in project.services.items():
            found[name] = set(depends_on(service))
    return found


def owners(
    project: Project | None, dependencies: Mapping[str, Collection[str]]
) -> Mapping[str, Collection[str]]:
    """The services whose namespaces each service shares. Labels do not say: all that it needs.

    Podman removes no container that another one depends on in this way.
    """
    if project is None:
        return dependencies
    return {name: namespace_parents(service) for name, service in project.services.items()}


def dependants_first(
    plan: Plan,
    operations: Mapping[str, Collection[str]],
    needed: Mapping[str, Iterable[str]],
    *,
    required: bool = False,
) -> None:
    """Let the ``operations`` of each service run before those of the services ``needed`` by it.

    That is how services stop and go. Unless ``required``, a failure of one holds up no other.
    """
    for service, dependencies in needed.items():
        for dependency in dependencies:
            first, second = operations.get(service, ()), operations.get(dependency, ())
            plan.order_all(first, second, required=required)


def dependencies_first(
    plan: Plan,
    operations: Mapping[str, Collection[str]],
    needed: Mapping[str, Iterable[str]],
    *,
    required: bool = False,
) -> None:
    """Let the ``operations`` of each service run after those of the services ``needed`` by it.

    That is how services start. If ``required``, only when these did not fail.
    """
    for service, dependencies in needed.items():
        for dependency in dependencies:
            first, second = operations.get(dependency, ()), operations.get(service, ())
            plan.order_all(first, second, required=required)
