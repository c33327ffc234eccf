"""The larger sections of a service: ``build``, ``deploy``, ``develop``, hooks and their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.spec import units
from composer.spec.shapes import (
    BOOL,
    COUNT,
    DURATION,
    FLOAT,
    INT,
    KEPT_COUNT,
    MEMORY,
    PAIRS,
    PLAIN_TEXT,
    TEXT,
    TEXT_OR_TEXTS,
    TEXTS,
    VARIABLES,
    Shape,
    choice,
    scalar,
    struct,
)
from composer.spec.syntax import hosts, words


def bounded(
    low: int, high: int | None, parse: Callable[[Any], float | int] = units.integer
) -> Shape:
    """A whole number within bounds."""

    def syntax(value: Any) -> int:
        found = parse(value)
        if found != int(found):
            raise ValueError(f"{units.text(value)} is not a whole number")
        if found < low or (high is not None and found > high):
            upper = f" to {high}" if high is not None else " or more"
            raise ValueError(f"{found} is out of range; {low}{upper} is allowed")
        return int(found)

    return scalar(int, str, syntax=syntax)


def brief_duration(value: str) -> str:
    """A duration, of which nothing is printed when it is 0."""
    return units.duration_text(value) if units.nanoseconds(value) else ""


def rate_text(value: Any) -> str:
    """Bytes or operations in a second as decimal text, also of 0. Raises ``ValueError``."""
    return str(units.size(value))


def command_line(value: str | None) -> list[str] | None:
    """The words of a command line; None stays None."""
    return None if value is None else words.split(value)


def single_limit(value: Any) -> int | dict[str, int]:
    """One number for both limits; 0 is printed as two. Raises ``ValueError``."""
    return units.integer(value) or {"soft": 0, "hard": 0}


COMMAND = Shape(str, type(None), items=TEXT, keep=True, syntax=command_line)
ULIMIT = struct(
    {"soft": KEPT_COUNT, "hard": KEPT_COUNT}, int, str, needs=("soft", "hard"), extensions="dropped"
)
ULIMIT.syntax = single_limit
ULIMITS = Shape(values=ULIMIT)
EXTRA_HOSTS = Shape(items=scalar(str, syntax=hosts.entry), values=Shape(str, items=TEXT))
FILE_REFERENCES = Shape(
    items=struct(
        {
            "source": TEXT,
            "target": TEXT,
            "uid": TEXT,
            "gid": TEXT,
            "mode": scalar(int, str, syntax=units.file_mode, keep=True),
        },
        str,
    )
)
HOOK = {
    "command": COMMAND,
    "user": TEXT,
    "privileged": BOOL,
    "working_dir": TEXT,
    "environment": VARIABLES,
}
HOOKS = Shape(items=struct(HOOK, needs=("command",)))
PRE_START = Shape(items=struct({**HOOK, "image": TEXT, "per_replica": BOOL}, needs=("command",)))
DEVICE_REQUEST = {
    "capabilities": TEXTS,
    "driver": TEXT,
    "count": scalar(int, str, syntax=units.device_count),
    "device_ids": TEXTS,
    "options": PAIRS,
}
GPUS = Shape(str, items=struct(DEVICE_REQUEST, extensions="dropped"), choices=("all",))
BUILD = struct(
    {
        "context": TEXT,
        "dockerfile": TEXT,
        "dockerfile_inline": TEXT,
        "entitlements": TEXTS,
        "args": VARIABLES,
        "provenance": scalar(str, bool, syntax=units.text),
        "sbom": scalar(str, bool, syntax=units.text),
        "ssh": Shape(str, items=TEXT, values=PLAIN_TEXT),
        "labels": PAIRS,
        "cache_from": TEXTS,
        "cache_to": TEXTS,
        "no_cache": BOOL,
        "additional_contexts": PAIRS,
        "pull": BOOL,
        "extra_hosts": EXTRA_HOSTS,
        "isolation": TEXT,
        "network": TEXT,
        "target": TEXT,
        "secrets": FILE_REFERENCES,
        "shm_size": scalar(int, str, syntax=units.size_text),
        "tags": TEXTS,
        "ulimits": ULIMITS,
        "platforms": TEXTS,
        "privileged": BOOL,
    },
    str,
)
WEIGHTS = Shape(items=struct({"path": TEXT, "weight": KEPT_COUNT}, extensions="refused"))
RATES = Shape(
    items=struct({"path": TEXT, "rate": scalar(int, str, syntax=rate_text)}, extensions="refused")
)
BLKIO = struct(
    {
        "weight": COUNT,
        "weight_device": WEIGHTS,
        "device_read_bps": RATES,
        "device_read_iops": RATES,
        "device_write_bps": RATES,
        "device_write_iops": RATES,
    },
    extensions="refused",
)
UPDATE_CONFIG = struct(
    {
        "parallelism": KEPT_COUNT,
        "delay": scalar(str, syntax=brief_duration),
        "failure_action": TEXT,
        "monitor": scalar(str, syntax=brief_duration),
        "max_failure_ratio": FLOAT,
        "order": choice("start-first", "stop-first"),
    }
)
DISCRETE = struct({"kind": TEXT, "value": INT})
RESOURCE = {
    "cpus": FLOAT,
    "memory": MEMORY,
    "pids": COUNT,
}
RESERVATION = {
    "cpus": FLOAT,
    "memory": MEMORY,
    "devices": Shape(items=struct(DEVICE_REQUEST, needs=("capabilities",), extensions="dropped")),
    "generic_resources": Shape(items=struct({"discrete_resource_spec": DISCRETE})),
}
DEPLOY = struct(
    {
        "mode": TEXT,
        "replicas": scalar(int, str, syntax=units.integer, keep=True),
        "labels": PAIRS,
        "update_config": UPDATE_CONFIG,
        "rollback_config": UPDATE_CONFIG,
        "resources": struct(
            {"limits": struct(RESOURCE), "reservations": struct(RESERVATION)}, keep=False
        ),
        "restart_policy": struct(
            {
                "condition": TEXT,
                "delay": DURATION,
                "max_attempts": KEPT_COUNT,
                "window": DURATION,
            }
        ),
        "placement": struct(
            {
                "constraints": TEXTS,
                "preferences": Shape(items=struct({"spread": TEXT})),
                "max_replicas_per_node": COUNT,
            },
            keep=False,
        ),
        "endpoint_mode": TEXT,
    },
    type(None),
)
DEVELOP = struct(
    {
        "watch": Shape(
            items=struct(
                {
                    "path": TEXT,
                    "action": choice("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
                    "target": TEXT,
                    "exec": struct(HOOK, needs=("command",), keep=False),
                    "include": TEXT_OR_TEXTS,
                    "ignore": TEXT_OR_TEXTS,
                    "initial_sync": BOOL,
                },
                needs=("path", "action"),
            )
        )
    },
    type(None),
)
