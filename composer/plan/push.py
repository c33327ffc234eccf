"""Plans pushes: the images that services are built to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from composer.plan.operations import PushImage
from composer.plan.plan import Plan
from composer.spec.model import Project


def push_operations(
    project: Project, services: Iterable[str], *, ignore_failures: bool = False, quiet: bool = False
) -> Iterator[PushImage]:
    """Pushes of ``image`` and ``build.tags`` of those ``services`` that have image and build."""
    seen = set()
    for name in services:
        service = project.services[name]
        if service.build is None or service.image is None:
            continue
        for image in (service.image, *service.build.tags):
            if image not in seen:
                seen.add(image)
                yield PushImage(
                    id=f"push:{image}",
                    cause="asked for",
                    service=name,
                    image=image,
                    quiet=quiet,
                    optional=ignore_failures,
                )


def plan_push(
    project: Project, services: Iterable[str], *, ignore_failures: bool = False, quiet: bool = False
) -> Plan:
    """Push the images of ``services`` (``push``)."""
    plan = Plan()
    for operation in push_operations(
        project, services, ignore_failures=ignore_failures, quiet=quiet
    ):
        plan.add(operation)
    return plan
