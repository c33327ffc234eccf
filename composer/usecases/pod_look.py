"""``pod ls``, ``inspect``, ``port`` and ``logs``: what pods there are, also without a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import msgspec

from composer.errors import ComposerError
from composer.printable import printable_json
from composer.state import PROJECT
from composer.ui.pods import (
    Whole,
    formatted,
    lines,
    overview,
    port_lines,
    port_rows,
    process_lines,
    process_table,
    together,
)
from composer.usecases.context import Context
from composer.usecases.logs import LogOptions, show_logs
from composer.usecases.pods import chosen_pods


def whole_pods(ctx: Context, names: Sequence[str]) -> list[Whole]:
    """The pods that ``names`` mean (all of the project without names), with their containers."""
    pods = chosen_pods(ctx, names)
    if not pods:
        return []
    containers = ctx.engine.containers({"label": [f"{PROJECT}={ctx.project_name}"]})
    ordered = sorted(containers, key=lambda c: (c.service, c.number, c.name))
    return together(pods, ordered)


def pod_ls(ctx: Context, names: Sequence[str], *, format: str, quiet: bool, truncate: bool) -> int:
    """Print the project's pods. Returns the exit code."""
    pods = whole_pods(ctx, names)
    if quiet:
        sys.stdout.write("".join(f"{whole.pod.id}\n" for whole in pods))
    else:
        sys.stdout.write(formatted(pods, time.time(), format, truncate=truncate))
    return 0


def pod_inspect(ctx: Context, names: Sequence[str], *, format: str) -> int:
    """Print all that Podman tells of pods: as a JSON list, or for people. Returns the exit code."""
    pods = whole_pods(ctx, names)
    raw = [ctx.engine.inspect_pod(whole.pod.id) for whole in pods]
    if format == "json":
        text = msgspec.json.format(msgspec.json.encode(raw), indent=4).decode()
        sys.stdout.write(printable_json(text) + "\n")
    elif format == "table":
        now = time.time()
        shown = [overview(whole, one, now) for whole, one in zip(pods, raw, strict=True)]
        sys.stdout.write("\n".join(shown))
    else:
        from composer.ui.template import show

        sys.stdout.write(show(format, raw, {}))
    return 0


def pod_port(
    ctx: Context,
    names: Sequence[str],
    *,
    port: int | None,
    protocol: str | None,
    json: bool,
) -> int:
    """Print what pods publish: all of it, or the addresses of one port. Returns the exit code."""
    rows = port_rows(whole_pods(ctx, names), port, protocol)
    if port is not None and not rows:
        raise ComposerError(f"no pod publishes port {port}/{protocol or 'tcp'}")
    sys.stdout.write(lines(rows) if json else port_lines(rows, asked=port is not None))
    return 0


def pod_top(ctx: Context, names: Sequence[str], *, json: bool) -> int:
    """Print the processes of running pods. Returns the exit code."""
    pods = [whole.pod for whole in whole_pods(ctx, names) if any(c.running for c in whole.members)]
    seen = [(pod.name, ctx.engine.pod_processes(pod.id)) for pod in pods]
    sys.stdout.write(process_lines(seen) if json else process_table(seen))
    return 0


def pod_logs(ctx: Context, names: Sequence[str], options: LogOptions) -> int:
    """Show the logs of the containers of pods. Returns the exit code."""
    pods = whole_pods(ctx, names)
    replicas = frozenset((c.service, c.number) for whole in pods for c in whole.members)
    containers = [c for whole in pods for c in whole.members]
    show_logs(ctx, containers, options, replicas=replicas)
    return 0
