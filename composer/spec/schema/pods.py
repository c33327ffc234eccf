"""``x-podman.pods.*``: every attribute of a pod."""

from __future__ import annotations

from composer.spec import units
from composer.spec.schema.blocks import COMMAND, EXTRA_HOSTS, bounded
from composer.spec.schema.service import ATTACHMENT, DEPENDENCY, MOUNT, PORT
from composer.spec.shapes import (
    FLOAT,
    NAME,
    PAIRS,
    SIZE,
    TEXT,
    TEXT_OR_TEXTS,
    TEXTS,
    UNIQUE_TEXTS,
    Shape,
    choice,
    scalar,
    struct,
)

NAMESPACES = ("net", "ipc", "uts", "pid", "cgroup")
"""What the members of a pod can share."""
CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")
INIT = ("once", "always")
"""``x-podman.init`` of a service."""

POD = struct(
    {
        "hostname": TEXT,
        "networks": Shape(items=TEXT, values=ATTACHMENT, names=NAME),
        "ports": Shape(items=PORT),
        "extra_hosts": EXTRA_HOSTS,
        "dns": TEXT_OR_TEXTS,
        "dns_search": TEXT_OR_TEXTS,
        "dns_opt": TEXTS,
        "labels": PAIRS,
        "annotations": PAIRS,
        "share": Shape(items=choice(*NAMESPACES), unique=True, keep=True),
        "cpus": FLOAT,
        "cpuset": TEXT,
        "mem_limit": SIZE,
        "shm_size": SIZE,
        "sysctls": PAIRS,
        "security_opt": UNIQUE_TEXTS,
        "userns_mode": TEXT,
        "volumes": Shape(items=MOUNT),
        "infra": struct({"image": TEXT, "command": COMMAND}, str),
        "exit_policy": choice("continue", "stop"),
        "restart": Shape(
            str,
            choices=("no", "always", "unless-stopped", "on-failure", "on-failure:3"),
            pattern=r"\A(no|always|unless-stopped|on-failure(:[0-9]+)?)\Z",
        ),
        "scale": bounded(0, None),
        "depends_on": Shape(items=TEXT, values=DEPENDENCY, names=NAME),
        "profiles": TEXTS,
    },
    type(None),
)
PODS = Shape(values=POD, names=NAME)
PER_SERVICE = scalar(bool, str, syntax=units.boolean)
