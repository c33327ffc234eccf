"""The Compose Specification's schema: every attribute, what it may be and how it is printed.

The order of the keys is the order in which ``config`` prints them.
"""

from __future__ import annotations

from typing import Any

from composer.spec import units
from composer.spec.shapes import (
    BOOL,
    COUNT,
    DURATION,
    FLAG,
    FLOAT,
    INT,
    KEPT_COUNT,
    MEMORY,
    NAME,
    NULLABLE_TEXT,
    NUMBER_OR_TEXT,
    OPTIONS,
    PAIRS,
    PLAIN_TEXT,
    SIZE,
    STRICT_BOOL,
    TEXT,
    TEXT_OR_TEXTS,
    TEXTS,
    UNIQUE_TEXTS,
    VARIABLES,
    Shape,
    choice,
    scalar,
    struct,
)
from composer.spec.syntax import hosts, mounts, ports, words


def bounded(low: int, high: int | None) -> Shape:
    """A whole number within bounds."""

    def syntax(value: Any) -> int:
        found = units.integer(value)
        if found < low or (high is not None and found > high):
            upper = f" to {high}" if high is not None else " or more"
            raise ValueError(f"{found} is out of range; {low}{upper} is allowed")
        return found

    return scalar(int, str, syntax=syntax)


def command_line(value: str | None) -> list[str] | None:
    """The words of a command line; None stays None."""
    return None if value is None else words.split(value)


COMMAND = Shape(str, type(None), items=TEXT, keep=True, syntax=command_line)
ULIMIT = struct({"soft": KEPT_COUNT, "hard": KEPT_COUNT}, int, str, needs=("soft", "hard"))
ULIMIT.syntax = units.integer
ULIMITS = Shape(values=ULIMIT)
EXTRA_HOSTS = Shape(items=scalar(str, syntax=hosts.entry), values=Shape(str, items=TEXT))
FILE_REFERENCES = Shape(
    items=struct(
        {
            "source": TEXT,
            "target": TEXT,
            "uid": TEXT,
            "gid": TEXT,
            "mode": scalar(int, float, str, syntax=units.file_mode, keep=True),
        },
        str,
    )
)
HOOK = struct(
    {
        "command": COMMAND,
        "user": TEXT,
        "privileged": BOOL,
        "working_dir": TEXT,
        "environment": VARIABLES,
    },
    needs=("command",),
)
HOOKS = Shape(items=HOOK)
DEVICE_REQUESTS = Shape(
    items=struct(
        {
            "capabilities": TEXTS,
            "driver": TEXT,
            "count": scalar(int, str, syntax=units.device_count),
            "device_ids": TEXTS,
            "options": PAIRS,
        }
    )
)
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
WEIGHTS = Shape(items=struct({"path": TEXT, "weight": COUNT}))
RATES = Shape(items=struct({"path": TEXT, "rate": scalar(int, str, syntax=units.size_text)}))
BLKIO = struct(
    {
        "weight": COUNT,
        "weight_device": WEIGHTS,
        "device_read_bps": RATES,
        "device_read_iops": RATES,
        "device_write_bps": RATES,
        "device_write_iops": RATES,
    }
)
UPDATE_CONFIG = struct(
    {
        "parallelism": KEPT_COUNT,
        "delay": scalar(str, syntax=units.duration_text),
        "failure_action": TEXT,
        "monitor": scalar(str, syntax=units.duration_text),
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
    "pids": COUNT,
    "devices": DEVICE_REQUESTS,
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
                    "exec": HOOK,
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
DEPENDENCY = struct(
    {
        "condition": choice("service_started", "service_healthy", "service_completed_successfully"),
        "restart": BOOL,
        "required": STRICT_BOOL,
    },
    needs=("condition",),
)
HEALTHCHECK = struct(
    {
        "test": Shape(str, items=TEXT),
        "timeout": DURATION,
        "interval": DURATION,
        "retries": scalar(int, float, str, syntax=units.integer, keep=True),
        "start_period": DURATION,
        "start_interval": DURATION,
        "disable": BOOL,
    }
)
ATTACHMENT = struct(
    {
        "aliases": TEXTS,
        "driver_opts": OPTIONS,
        "gw_priority": scalar(int, float, syntax=units.integer),
        "interface_name": TEXT,
        "ipv4_address": TEXT,
        "ipv6_address": TEXT,
        "link_local_ips": TEXTS,
        "mac_address": TEXT,
        "priority": scalar(int, float, syntax=units.integer),
    },
    type(None),
)
PORT = struct(
    {
        "name": TEXT,
        "mode": TEXT,
        "host_ip": scalar(str, syntax=ports.address),
        "target": COUNT,
        "published": scalar(str, int, syntax=ports.published),
        "protocol": TEXT,
        "app_protocol": TEXT,
    },
    str,
    int,
    float,
    needs=("target",),
)
PORT.syntax = ports.expand
MOUNT = struct(
    {
        "type": choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
        "source": TEXT,
        "target": TEXT,
        "read_only": BOOL,
        "consistency": TEXT,
        "bind": struct(
            {
                "selinux": choice("z", "Z"),
                "propagation": TEXT,
                "create_host_path": BOOL,
                "recursive": choice("enabled", "disabled", "writable", "readonly"),
            }
        ),
        "volume": struct({"labels": PAIRS, "nocopy": BOOL, "subpath": TEXT}),
        "tmpfs": struct(
            {
                "size": scalar(int, str, syntax=units.size_text),
                "mode": scalar(int, float, str, syntax=units.octal),
            }
        ),
        "image": struct({"subpath": TEXT}),
    },
    str,
    needs=("type", "target"),
)
MOUNT.syntax = mounts.expand
DEVICE = struct({"source": TEXT, "target": TEXT, "permissions": TEXT}, str, needs=("source",))
DEVICE.syntax = mounts.expand_device
ENV_FILE = Shape(
    str,
    items=struct({"path": TEXT, "required": FLAG, "format": TEXT}, str, needs=("path",)),
)
PROVIDER = struct(
    {
        "type": TEXT,
        "options": Shape(
            values=Shape(
                str, int, float, bool, items=scalar(str, int, float, bool, syntax=units.text)
            )
        ),
    },
    needs=("type",),
)
SERVICE_MODELS = Shape(
    items=TEXT,
    values=struct({"endpoint_var": TEXT, "model_var": TEXT}, type(None)),
    names=NAME,
)
SERVICE = struct(
    {
        "profiles": TEXTS,
        "annotations": PAIRS,
        "attach": FLAG,
        "build": BUILD,
        "develop": DEVELOP,
        "blkio_config": BLKIO,
        "cap_add": TEXTS,
        "cap_drop": TEXTS,
        "cgroup_parent": TEXT,
        "cgroup": choice("host", "private"),
        "cpu_count": bounded(0, None),
        "cpu_percent": bounded(0, 100),
        "cpu_period": INT,
        "cpu_quota": INT,
        "cpu_rt_period": INT,
        "cpu_rt_runtime": INT,
        "cpus": FLOAT,
        "cpuset": TEXT,
        "cpu_shares": INT,
        "command": COMMAND,
        "configs": FILE_REFERENCES,
        "container_name": Shape(str, pattern=r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"),
        "credential_spec": struct({"config": TEXT, "file": TEXT, "registry": TEXT}),
        "depends_on": Shape(items=TEXT, values=DEPENDENCY, names=NAME),
        "deploy": DEPLOY,
        "device_cgroup_rules": UNIQUE_TEXTS,
        "devices": Shape(items=DEVICE),
        "dns": TEXT_OR_TEXTS,
        "dns_opt": TEXTS,
        "dns_search": TEXT_OR_TEXTS,
        "domainname": TEXT,
        "entrypoint": COMMAND,
        "provider": PROVIDER,
        "environment": VARIABLES,
        "env_file": ENV_FILE,
        "expose": Shape(items=NUMBER_OR_TEXT),
        "extends": struct({"file": TEXT, "service": TEXT}, str, needs=("service",)),
        "external_links": UNIQUE_TEXTS,
        "extra_hosts": EXTRA_HOSTS,
        "group_add": Shape(items=NUMBER_OR_TEXT, unique=True),
        "gpus": Shape(str, items=DEVICE_REQUESTS.items, choices=("all",)),
        "hostname": TEXT,
        "healthcheck": HEALTHCHECK,
        "image": TEXT,
        "init": FLAG,
        "ipc": TEXT,
        "isolation": TEXT,
        "labels": PAIRS,
        "label_file": TEXT_OR_TEXTS,
        "links": TEXTS,
        "logging": struct({"driver": TEXT, "options": OPTIONS}),
        "mem_limit": SIZE,
        "mem_reservation": scalar(str, int, syntax=units.size_text),
        "memswap_limit": SIZE,
        "mem_swappiness": scalar(str, int, syntax=units.size_text),
        "mac_address": TEXT,
        "models": SERVICE_MODELS,
        "network_mode": TEXT,
        "networks": Shape(items=TEXT, values=ATTACHMENT, names=NAME),
        "oom_kill_disable": BOOL,
        "oom_score_adj": bounded(-1000, 1000),
        "pid": NULLABLE_TEXT,
        "pids_limit": INT,
        "platform": TEXT,
        "ports": Shape(items=PORT),
        "privileged": BOOL,
        "pull_policy": Shape(
            str,
            pattern=r"always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+",
        ),
        "pull_refresh_after": TEXT,
        "read_only": BOOL,
        "restart": TEXT,
        "runtime": TEXT,
        "scale": scalar(int, str, syntax=units.integer, keep=True),
        "secrets": FILE_REFERENCES,
        "security_opt": UNIQUE_TEXTS,
        "shm_size": SIZE,
        "stdin_open": BOOL,
        "stop_grace_period": DURATION,
        "stop_signal": TEXT,
        "storage_opt": Shape(values=PLAIN_TEXT),
        "sysctls": PAIRS,
        "tmpfs": TEXT_OR_TEXTS,
        "tty": BOOL,
        "ulimits": ULIMITS,
        "use_api_socket": scalar(bool),
        "user": TEXT,
        "userns_mode": TEXT,
        "uts": TEXT,
        "volumes": Shape(items=MOUNT),
        "volumes_from": UNIQUE_TEXTS,
        "working_dir": TEXT,
        "post_start": HOOKS,
        "pre_stop": HOOKS,
        "pre_start": HOOKS,
    }
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
                        }
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
