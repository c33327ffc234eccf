"""The order of what is done to containers of services that need each other, or share namespaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from composer.graph.needs import NAMESPACES, depends_on, namespace_parents
from composer.graph.sequence import in_order
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


def sharing(project: Project) -> dict[str, tuple[str, ...]]:
    """The services whose namespaces each service shares, whether it names them or a container.

    A container (``container:NAME``) counts if its service starts before the one that names it, as
    it has to. So there is no circle, whatever a file says.
    """
    found: dict[str, tuple[str, ...]] = {}
    made_by: dict[str, str] = {}
    for name in in_order(project):
        service = project.services[name]
        values = (getattr(service, attribute) or "" for attribute in NAMESPACES)
        named = (v.removeprefix("container:") for v in values if v.startswith("container:"))
        others = (made_by[container] for container in named if container in made_by)
        found[name] = tuple(dict.fromkeys((*namespace_parents(service), *others)))
        for number in range(1, service.replicas + 1):
            made_by[project.container_name(name, number)] = name
    return found


def owners(
    project: Project | None, dependencies: Mapping[str, Collection[str]]
) -> Mapping[str, Collection[str]]:
    """The services whose namespaces each service shares: Podman removes their containers only last.

    Of services that are not in the file labels do not say: all that they need.
    """
    return dependencies if project is None else {**dependencies, **sharing(project)}


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
