"""A plan for programs: as JSON, and as a graph in the languages of Graphviz and Mermaid."""

from __future__ import annotations

import json
from typing import Any

from composer.plan.operations import Operation
from composer.plan.plan import Plan
from composer.printable import printable, printable_json
from composer.scheduler.describe import words

COLOURS = {
    "Network": "#d1e7dd",
    "Volume": "#fff3cd",
    "Image": "#ffe5d0",
    "Pod": "#e2d9f3",
    "Container": "#cfe2ff",
    "Service": "#f8d7da",
}
"""Fills by kind, which dark text can be read on; those of the dependency graph."""


def to_json(plan: Plan, project: str) -> str:
    """One object: ``operations`` in an order in which they could run, ``unchanged``, ``warnings``.

    ``after`` has the ids of what an operation waits for, each with whether it has to succeed.
    """
    found: dict[str, Any] = {
        "project": project,
        "operations": [_operation(plan, operation) for operation in plan],
        "unchanged": [
            {"service": c.service, "name": c.name, "status": c.status} for c in plan.kept
        ],
        "warnings": plan.warnings,
    }
    return printable_json(json.dumps(found, indent=2, ensure_ascii=False)) + "\n"


def _operation(plan: Plan, operation: Operation) -> dict[str, Any]:
    kind, subject, doing, _, _ = words(operation)
    described = {
        "id": operation.id,
        "operation": type(operation).__name__,
        "kind": kind,
        "subject": subject,
        "doing": doing,
        "cause": operation.cause,
    }
    if getattr(operation, "service", ""):
        described["service"] = getattr(operation, "service", "")
    return described | {"after": dict(plan.before(operation.id))}


def to_dot(plan: Plan, project: str) -> str:
    """A directed graph in Graphviz' language; dashed edges only wait."""
    ids = _ids(plan)
    lines = [
        f"digraph {_quoted(project)} {{",
        "  rankdir=LR;",
        '  node [shape=box, style=filled, fontname="sans-serif"];',
    ]
    for operation in plan:
        label = "\\n".join(_quoted(line)[1:-1] for line in _label(operation))
        colour = COLOURS[words(operation).kind]
        lines.append(f'  {ids[operation.id]} [label="{label}", fillcolor="{colour}"];')
    for first, second, required in _edges(plan):
        style = "" if required else " [style=dashed]"
        lines.append(f"  {ids[first]} -> {ids[second]}{style};")
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(plan: Plan, project: str) -> str:
    """A flowchart of Mermaid; dotted edges only wait."""
    ids = _ids(plan)
    lines = ["---", f"title: {json.dumps(printable(project))}", "---", "flowchart LR"]
    for operation in plan:
        label = "<br/>".join(_entities(line) for line in _label(operation))
        lines.append(f'  {ids[operation.id]}["{label}"]:::{words(operation).kind}')
    for first, second, required in _edges(plan):
        lines.append(f"  {ids[first]} {'-->' if required else '-.->'} {ids[second]}")
    lines += [
        f"  classDef {kind} fill:{COLOURS[kind]},stroke:#333,color:#000"
        for kind in dict.fromkeys(words(operation).kind for operation in plan)
    ]
    return "\n".join(lines) + "\n"


def _ids(plan: Plan) -> dict[str, str]:
    """Names of nodes that no name of a resource can be taken for."""
    return {operation.id: f"n{number}" for number, operation in enumerate(plan)}


def _edges(plan: Plan) -> list[tuple[str, str, bool]]:
    return [
        (before, operation.id, required)
        for operation in plan
        for before, required in plan.before(operation.id).items()
    ]


def _label(operation: Operation) -> list[str]:
    kind, subject, doing, _, _ = words(operation)
    return [f"{doing} {kind} {subject}", operation.cause]


def _quoted(text: str) -> str:
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    return "".join(f"#{ord(c)};" if c in '#"&<>`\\' else c for c in printable(text))
