"""A plan as text: every step in an order in which it could run, with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composer.printable import printable_lines

if TYPE_CHECKING:
    from composer.plan.plan import Plan


def to_text(plan: Plan) -> str:
    """Return one line for each step: number, what is done, to what, why, and after which steps."""
    from composer.scheduler.describe import words

    lines = [f"WARNING: {text}\n" for text in plan.warnings]
    lines += [
        f"      {c.status.capitalize():<12} Container {c.name}: no change\n" for c in plan.kept
    ]
    numbers = {operation.id: number for number, operation in enumerate(plan, 1)}
    for operation in plan:
        kind, subject, doing, _, _ = words(operation)
        before = sorted(numbers[name] for name in plan.before(operation.id))
        after = f" (after {', '.join(map(str, before))})" if before else ""
        number = numbers[operation.id]
        lines.append(f"{number:>4}. {doing:<12} {kind} {subject}: {operation.cause}{after}\n")
    if not plan:
        lines.append("Nothing to do.\n")
    return "".join(map(printable_lines, lines))
