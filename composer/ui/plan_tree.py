"""A plan as a tree: services, their containers, and what is done to each, with its cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from composer.plan import operations as op
from composer.plan.plan import Plan
from composer.printable import printable_lines
from composer.scheduler.describe import words

CONDITIONS = {
    "service_started": "runs",
    "service_healthy": "is healthy",
    "service_completed_successfully": "has completed",
    "running_or_healthy": "runs, or is healthy",
}

GREEN, YELLOW, RED, BOLD, DIM, RESET = (f"\x1b[{n}m" for n in (32, 33, 31, 1, 2, 0))
COLOURS = {
    "Creating": GREEN,
    "Starting": GREEN,
    "Building": GREEN,
    "Pulling": GREEN,
    "Recreate": YELLOW,
    "Restarting": YELLOW,
    "Removing": RED,
    "Stopping": RED,
    "Killing": RED,
}
"""The colour of what an operation does; the others have none."""


class Resource(NamedTuple):
    """Something that operations happen to, or a container that stays."""

    service: str
    """Empty for what belongs to none."""
    name: str
    operations: Sequence[op.Operation]
    status: str = ""
    """Of a container that stays."""


def to_tree(plan: Plan, project: str, *, colour: bool = False) -> str:
    """The tree, one line for each operation. Waits are told with what waits for them."""
    resources = grouped(plan)
    services = [r.service for r in resources if r.service]
    top = [r for r in resources if not r.service]
    branches: list[tuple[str, list[Resource]]] = [("", [resource]) for resource in top]
    branches += [
        (f"Service {name}", [r for r in resources if r.service == name])
        for name in dict.fromkeys(services)
    ]
    painted = _Painted(colour)
    lines = [painted.bold(project)]
    for index, (title, members) in enumerate(branches):
        last = index == len(branches) - 1
        if title:
            lines.append(f"{'└─' if last else '├─'} {painted.bold(title)}")
            stem = "   " if last else "│  "
        for number, resource in enumerate(members):
            ends = last if not title else number == len(members) - 1
            lines += _lines(plan, resource, stem if title else "", ends, painted)
    if not plan:
        lines.append("Nothing to do.")
    lines += [f"Warning: {text}" for text in plan.warnings]
    # Only what composer itself writes may have colours in it.
    return "".join(f"{line}\n" for line in lines)


def grouped(plan: Plan) -> list[Resource]:
    """What the operations of ``plan`` happen to, in an order in which it could run."""
    service_of = {o.name: o.service for o in plan if isinstance(o, op.CreateContainer)}
    service_of |= {o.name: o.service for o in plan if isinstance(o, op.StartContainer)}
    service_of |= {container.name: container.service for container in plan.kept}
    found: dict[tuple[str, str], list[op.Operation]] = {}
    for operation in plan:
        if isinstance(operation, op.WaitFor) and plan.after(operation.id):
            continue
        kind, subject, *_ = words(operation)
        subject = getattr(operation, "replaced_by", None) or subject
        if isinstance(operation, op.RenameContainer) and operation.new_name in service_of:
            subject = operation.new_name
        service = service_of.get(subject, "") if kind == "Container" else ""
        if not service and kind in ("Container", "Service"):
            service = getattr(operation, "service", "")
        found.setdefault((service, f"{kind} {subject}"), []).append(operation)
    stays = [
        Resource(container.service, f"Container {container.name}", (), container.status)
        for container in plan.kept
    ]
    return stays + [Resource(*key, operations) for key, operations in found.items()]


def waits_for(plan: Plan, operation: op.Operation, resource: Resource) -> str:
    """What of other resources has to be done before ``operation``, in words; empty for nothing.

    That networks and volumes come first needs no words.
    """
    own = {o.id for o in resource.operations}
    conditions, names = [], []
    for before in sorted(plan.before(operation.id)):
        other = plan[before]
        if isinstance(other, op.WaitFor):
            conditions.append(f"{other.service} {CONDITIONS[other.condition]}")
        elif before not in own and not isinstance(other, op.CreateNetwork | op.CreateVolume):
            kind, subject, *_ = words(other)
            name = subject if kind == "Container" else f"{kind} {subject}"
            if name not in names:
                names.append(name)
    told = [f"after {', '.join(names)}"] if names else []
    told += [f"when {' and '.join(conditions)}"] if conditions else []
    return ", ".join(told)


class _Painted:
    """Text with colours, or without; what is in it is shown, not carried out."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def with_(self, code: str, text: str) -> str:
        text = printable_lines(text)
        return f"{code}{text}{RESET}" if self._colour and code else text

    def bold(self, text: str) -> str:
        return self.with_(BOLD, text)


def _lines(plan: Plan, resource: Resource, stem: str, last: bool, painted: _Painted) -> list[str]:
    head = f"{stem}{'└─' if last else '├─'} {painted.with_('', resource.name)}"
    if resource.status:
        unchanged = painted.with_(DIM, f"{resource.status.capitalize()}: no change")
        return [f"{head}  {unchanged}"]
    texts = [_text(plan, operation, resource, painted) for operation in resource.operations]
    if len(texts) == 1:
        return [f"{head}  {texts[0]}"]
    below = stem + ("   " if last else "│  ")
    marks = ["├─"] * (len(texts) - 1) + ["└─"]
    return [head, *(f"{below}{mark} {text}" for mark, text in zip(marks, texts, strict=True))]


def _text(plan: Plan, operation: op.Operation, resource: Resource, painted: _Painted) -> str:
    doing = words(operation).doing
    waits = waits_for(plan, operation, resource)
    after = painted.with_(DIM, f" ({waits})") if waits else ""
    cause = painted.with_("", operation.cause)
    return f"{painted.with_(COLOURS.get(doing, ''), doing)}: {cause}{after}"
