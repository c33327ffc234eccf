"""Plans pushes: the images that services are built to."""

from __future__ import annotations

from collections.abc import Iterable

from composer.plan.operations import PushImage
from composer.plan.plan import Plan
from composer.spec.model import Project


def plan_push(
    project: Project, services: Iterable[str], *, ignore_failures: bool = False, quiet: bool = False
) -> Plan:
    """Push ``image`` and ``build.tags`` of those ``services`` that have ``image`` and ``build``."""
    plan = Plan()
    for name in services:
        service = project.services[name]
        if service.build is None or service.image is None:
            continue
        for image in dict.fromkeys((service.image, *service.build.tags)):
            operation = PushImage(
                id=f"push:{image}",
                cause="asked for",
                service=name,
                image=image,
                quiet=quiet,
                optional=ignore_failures,
            )
            if operation.id not in plan:
                plan.add(operation)
    return plan
