"""``services.*``: every attribute of a service, in the order in which ``config`` prints them."""

from __future__ import annotations

from typing import Any

from composer.spec import units
from composer.spec.schema.blocks import (
    BLKIO,
    BUILD,
    COMMAND,
    DEPLOY,
    DEVELOP,
    EXTRA_HOSTS,
    FILE_REFERENCES,
    GPUS,
    HOOKS,
    PRE_START,
    ULIMITS,
    bounded,
)
from composer.spec.shapes import (
    BOOL,
    DURATION,
    FLAG,
    FLOAT,
    INT,
    NAME,
    NULLABLE_TEXT,
    NUMBER_OR_TEXT,
    OPTIONS,
    PAIRS,
    SIZE,
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
from composer.spec.syntax import mounts, ports

DEPENDENCY = struct(
    {
        "condition": choice("service_started", "service_healthy", "service_completed_successfully"),
        "restart": BOOL,
        "required": FLAG,
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
        "gw_priority": INT,
        "interface_name": TEXT,
        "ipv4_address": TEXT,
        "ipv6_address": TEXT,
        "link_local_ips": TEXTS,
        "mac_address": TEXT,
        "priority": INT,
    },
    type(None),
)


def positive_size(value: Any) -> str:
    """A size that has to be one."""
    if units.size(value) < 0:
        raise ValueError(f"{value} is out of range; 0 or more is allowed")
    return units.size_text(value)


PORT = struct(
    {
        "name": TEXT,
        "mode": TEXT,
        "host_ip": scalar(str, syntax=ports.address),
        "target": bounded(1, 65535),
        "published": scalar(str, int, syntax=ports.published),
        "protocol": TEXT,
        "app_protocol": TEXT,
    },
    str,
    int,
    float,
    needs=("target",),
)
PORT.syntax = ports.check
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
                "size": scalar(int, str, syntax=positive_size),
                "mode": scalar(int, float, str, syntax=units.octal),
            }
        ),
        "image": struct({"subpath": TEXT}),
    },
    str,
    needs=("type", "target"),
)
MOUNT.syntax = mounts.expand
DEVICE = struct(
    {"source": TEXT, "target": TEXT, "permissions": TEXT}, str, needs=("source", "target")
)
DEVICE.syntax = mounts.expand_device
ENV_FILE = Shape(
    str,
    items=struct(
        {"path": TEXT, "required": FLAG, "format": TEXT},
        str,
        needs=("path",),
        extensions="refused",
    ),
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
        "cpu_percent": bounded(0, 100, units.number),
        "cpu_period": INT,
        "cpu_quota": INT,
        "cpu_rt_period": INT,
        "cpu_rt_runtime": INT,
        "cpus": FLOAT,
        "cpuset": TEXT,
        "cpu_shares": INT,
        "command": COMMAND,
        "configs": FILE_REFERENCES,
        "container_name": Shape(
            str,
            pattern=r"[a-zA-Z0-9][a-zA-Z0-9_.-]+",
            hint="two or more letters, digits, underscores, dots and dashes, of which the first is "
            "a letter or digit",
        ),
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
        "expose": Shape(items=scalar(str, int, syntax=units.text)),
        "extends": struct({"file": TEXT, "service": TEXT}, str, needs=("service",)),
        "external_links": UNIQUE_TEXTS,
        "extra_hosts": EXTRA_HOSTS,
        "group_add": Shape(items=NUMBER_OR_TEXT, unique=True),
        "gpus": GPUS,
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
            choices=(
                *("always", "missing", "if_not_present", "never", "build"),
                *("newer", "refresh", "daily", "weekly", "every_1d12h"),
            ),
            pattern=r"always|never|build|if_not_present|missing|newer|refresh|daily|weekly|every_([0-9]+[wdhms])+",
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
        "storage_opt": Shape(values=scalar(str, int, type(None), syntax=units.text)),
        "sysctls": PAIRS,
        "tmpfs": TEXT_OR_TEXTS,
        "tty": BOOL,
        "ulimits": ULIMITS,
        "use_api_socket": BOOL,
        "user": TEXT,
        "userns_mode": TEXT,
        "uts": TEXT,
        "volumes": Shape(items=MOUNT),
        "volumes_from": UNIQUE_TEXTS,
        "working_dir": TEXT,
        "post_start": HOOKS,
        "pre_stop": HOOKS,
        "pre_start": PRE_START,
    }
)
