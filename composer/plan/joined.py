"""Several plans of one command as one: what ``up`` does step by step, seen from its begin."""

from __future__ import annotations

from collections.abc import Sequence

from composer.graph.needs import image_name
from composer.plan.operations import BuildImage, CreateContainer, PullImage
from composer.plan.plan import Plan
from composer.spec.model import Project
from composer.state import Container


def joined(project: Project, plans: Sequence[Plan]) -> Plan:
    """One plan with the operations of ``plans``, which ran one after the other.

    Images come before the containers that are made of them. Of two operations with one id the
    later one counts. Warns of containers that stay if the image that is got first is the same.
    """
    made = Plan()
    kept: dict[str, Container] = {}
    for plan in plans:
        for operation in plan:
            made.add(operation)
        for operation in plan:
            for before, required in plan.before(operation.id).items():
                made.order(before, operation.id, required=required)
        made.warnings += [text for text in plan.warnings if text not in made.warnings]
        kept |= {container.id: container for container in plan.kept}
    images = {o.image: o.id for o in made if isinstance(o, PullImage | BuildImage)}
    for operation in list(made):
        if isinstance(operation, CreateContainer) and operation.service in project.services:
            image = image_name(project, project.services[operation.service])
            if image in images:
                made.order(images[image], operation.id, required=True)
    for container in kept.values():
        service = project.services.get(container.service)
        if service is not None and image_name(project, service) in images:
            made.warnings.append(f"{container.name} is recreated if its image becomes another")
    made.kept = list(kept.values())
    return made
