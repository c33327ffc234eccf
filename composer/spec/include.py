"""Takes the resources of an included model over into the file that includes it.

This is the specification's chapter "Include". The included files are loaded like a project of
their own (directory, ``.env``), by ``composer.spec.pipeline``.
"""

from __future__ import annotations

from composer.spec.tree import Map, Mark, Problems, mark_of, put

SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")


def take_over(model: Map, included: Map, mark: Mark | None, problems: Problems) -> None:
    """Add what ``included`` defines to ``model``; note what both define differently."""
    for section in SECTIONS:
        source = included.get(section)
        if not source:
            continue
        target = model.get(section)
        if target is None:
            target = Map()
            put(model, section, target, mark)
        for name, value in source.items():
            if name not in target:
                put(target, name, value, mark_of(source, name))
            elif target[name] != value:
                first = mark_of(source, name)
                where = f" (in {first[0]}:{first[1]})" if first else ""
                problems.add(
                    mark_of(target, name),
                    f"{section}.{name}",
                    f"conflicts with what an included file defines{where}",
                    "use another name, or change the included one in an override file (-f)",
                )
