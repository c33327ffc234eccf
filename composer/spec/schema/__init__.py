"""The Compose Specification's schema: every attribute, what it may be and how it is printed.

The order of the keys is the order in which ``config`` prints them.
"""

from __future__ import annotations

from composer.spec import units
from composer.spec.schema.service import SERVICE
from composer.spec.shapes import (
    BOOL,
    COUNT,
    FLAG,
    NAME,
    OPTIONS,
    PAIRS,
    TEXT,
    TEXT_OR_TEXTS,
    TEXTS,
    Shape,
    struct,
)

EXTERNAL = struct({"name": TEXT}, bool, str)
EXTERNAL.syntax, EXTERNAL.keep = units.boolean, False
NETWORK = struct(
    {
        "name": TEXT,
        "driver": TEXT,
        "driver_opts": OPTIONS,
        "ipam": struct(
            {
                "driver": TEXT,
                "config": Shape(
                    items=struct(
                        {
                            "subnet": TEXT,
                            "gateway": TEXT,
                            "ip_range": TEXT,
                            "aux_addresses": Shape(values=TEXT),
                        },
                        extensions="dropped",
                    )
                ),
                "options": Shape(values=TEXT),
            },
            keep=False,
        ),
        "external": EXTERNAL,
        "internal": BOOL,
        "attachable": BOOL,
        "labels": PAIRS,
        "enable_ipv4": FLAG,
        "enable_ipv6": FLAG,
    },
    type(None),
)
VOLUME = struct(
    {
        "name": TEXT,
        "driver": TEXT,
        "driver_opts": OPTIONS,
        "external": EXTERNAL,
        "labels": PAIRS,
    },
    type(None),
)
SECRET = struct(
    {
        "name": TEXT,
        "file": TEXT,
        "environment": TEXT,
        "external": EXTERNAL,
        "labels": PAIRS,
        "driver": TEXT,
        "driver_opts": OPTIONS,
        "template_driver": TEXT,
    }
)
CONFIG = struct(
    {
        "name": TEXT,
        "file": TEXT,
        "environment": TEXT,
        "content": TEXT,
        "external": EXTERNAL,
        "labels": PAIRS,
        "template_driver": TEXT,
    }
)
MODEL = struct(
    {"name": TEXT, "model": TEXT, "context_size": COUNT, "runtime_flags": TEXTS},
    needs=("model",),
)
INCLUDE = struct({"path": TEXT_OR_TEXTS, "project_directory": TEXT, "env_file": TEXT_OR_TEXTS}, str)
FILE = struct(
    {
        "version": TEXT,
        "name": TEXT,
        "include": Shape(items=INCLUDE),
        "services": Shape(values=SERVICE, names=NAME),
        "networks": Shape(values=NETWORK, names=NAME),
        "volumes": Shape(values=VOLUME, names=NAME),
        "secrets": Shape(values=SECRET, names=NAME),
        "configs": Shape(values=CONFIG, names=NAME),
        "models": Shape(values=MODEL, names=NAME),
    }
)
"""A whole Compose file."""
