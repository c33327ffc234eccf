"""Limits and devices of a container."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from composer.engine.context import Context
from composer.spec.model import ByteSize, Device, ResourceLimit

Fragment = dict[str, Any]

_PERIOD = 100_000
"""Microseconds of the CPU period that ``cpus`` is a share of."""
_UNLIMITED = 2**64 - 1
_NO_LIMIT = 2**63 - 4096
"""Bytes of memory that the kernel takes for no limit. Podman's own word for it, -1, is less than
any limit of memory and is therefore refused beside one."""


def limits(context: Context) -> Fragment:
    """Memory, CPU and process limits: ``mem_limit`` and the like, else ``deploy.resources``."""
    parts = {
        "memory": _memory(context),
        "cpu": _cpu(context),
        "pids": _pids(context),
    }
    found = {key: value for key, value in parts.items() if value}
    return {"resource_limits": found} if found else {}


def _deployed(context: Context) -> tuple[ResourceLimit, ResourceLimit]:
    deploy = context.service.deploy
    resources = deploy.resources if deploy else None
    limit = (resources.limits if resources else None) or ResourceLimit()
    reservation = (resources.reservations if resources else None) or ResourceLimit()
    return limit, reservation


def _memory(context: Context) -> Fragment:
    service = context.service
    limit, reservation = _deployed(context)
    memory = service.mem_limit or limit.memory
    swap = service.memswap_limit
    if memory and not swap:
        # Docker's default, and that of the podman program: as much swap as memory.
        swap = ByteSize(2 * memory)
    elif swap and swap < 0:
        swap = ByteSize(_NO_LIMIT)
    said: Fragment = {
        "limit": memory,
        "reservation": service.mem_reservation or reservation.memory,
        "swap": swap,
        "swappiness": service.mem_swappiness,
    }
    if service.oom_kill_disable:
        return _numbers(said) | {"disableOOMKiller": True}
    return _numbers(said)


def _numbers(said: Fragment) -> Fragment:
    return {key: int(value) for key, value in said.items() if value is not None}


def _cpu(context: Context) -> Fragment:
    service = context.service
    limit, _ = _deployed(context)
    cpus = service.cpus or limit.cpus
    said: Fragment = {
        "shares": service.cpu_shares,
        "quota": int(cpus * _PERIOD) if cpus else service.cpu_quota,
        "period": _PERIOD if cpus else service.cpu_period,
        "realtimeRuntime": service.cpu_rt_runtime,
        "realtimePeriod": service.cpu_rt_period,
        "cpus": service.cpuset,
    }
    return {key: value for key, value in said.items() if value}


def _pids(context: Context) -> Fragment:
    limit, _ = _deployed(context)
    pids = context.service.pids_limit
    pids = limit.pids if pids is None else pids
    return {} if pids is None else {"limit": pids}


_BY_DEVICE = {
    "weight_device": ("weightDevice", "weight"),
    "device_read_bps": ("throttleReadBpsDevice", "rate"),
    "device_write_bps": ("throttleWriteBpsDevice", "rate"),
    "device_read_iops": ("throttleReadIOPSDevice", "rate"),
    "device_write_iops": ("throttleWriteIOPSDevice", "rate"),
}
"""Lists of ``blkio_config`` → Podman's name, and what an entry says of its device."""


def block_io(context: Context) -> Fragment:
    """``blkio_config``."""
    said = context.service.blkio_config or {}
    spec: Fragment = {}
    if said.get("weight"):
        spec["resource_limits"] = {"blockIO": {"weight": int(said["weight"])}}
    for key, (name, what) in _BY_DEVICE.items():
        for index, item in enumerate(said.get(key) or ()):
            if "path" not in item or what not in item:
                at = f"blkio_config.{key}[{index}]"
                raise context.wrong(at, f"path and {what} are both needed", "say the other too")
            spec.setdefault(name, {})[item["path"]] = {what: int(item[what])}
    return spec


def ulimits(context: Context) -> Fragment:
    """``ulimits``; -1 is no limit."""
    return {
        "r_limits": [
            {
                "type": name.upper(),
                "soft": _UNLIMITED if said.soft < 0 else said.soft,
                "hard": _UNLIMITED if said.hard < 0 else said.hard,
            }
            for name, said in sorted(context.service.ulimits.items())
        ]
    }


def shared_memory(context: Context) -> Fragment:
    """``shm_size``."""
    return {"shm_size": int(context.service.shm_size or 0)}


def oom_score(context: Context) -> Fragment:
    """``oom_score_adj``."""
    return {"oom_score_adj": context.service.oom_score_adj}


def storage_options(context: Context) -> Fragment:
    """``storage_opt``."""
    return {"storage_opts": dict(context.service.storage_opt)}


def sysctls(context: Context) -> Fragment:
    """``sysctls``."""
    return {"sysctl": dict(context.service.sysctls)}


def cgroup_parent(context: Context) -> Fragment:
    """``cgroup_parent``."""
    return {"cgroup_parent": context.service.cgroup_parent}


def devices(context: Context) -> Fragment:
    """``devices``, ``gpus`` and reserved devices (as CDI names), ``device_cgroup_rules``."""
    service = context.service
    _, reservation = _deployed(context)
    paths = [_device(device) for device in service.devices]
    reserved = "deploy.resources.reservations.devices"
    for pattern, requests in (("gpus", service.gpus), (reserved, reservation.devices)):
        for index, wanted in enumerate(requests):
            found = _gpus(wanted)
            paths += found
            if not found:
                context.lacks(pattern, attribute=f"{pattern}[{index}]")
    spec: Fragment = {"devices": [{"path": path} for path in paths]} if paths else {}
    rules = [_rule(context, i, text) for i, text in enumerate(service.device_cgroup_rules)]
    if rules and context.around.rootless:
        context.lacks("device_cgroup_rules")
        return spec
    return spec | ({"device_cgroup_rule": rules} if rules else {})


def _device(device: Device) -> str:
    """A path on the host, or the name of a device that Podman knows through CDI."""
    if not device.source.startswith("/") and "=" in device.source:
        return device.source
    return f"{device.source}:{device.target}:{device.permissions}"


def _gpus(wanted: Mapping[str, Any]) -> list[str]:
    """The CDI names of the GPUs that a request for devices means; none if it means others."""
    kinds = {word for word in wanted.get("capabilities") or () if isinstance(word, str)}
    if (wanted.get("driver") or "nvidia") != "nvidia" or not kinds <= _GPU_WORDS:
        return []
    ids = wanted.get("device_ids") or _counted(wanted.get("count"))
    return [f"nvidia.com/gpu={identity}" for identity in ids]


_GPU_WORDS = {"gpu", "nvidia", "compute", "utility", "graphics", "video", "display", "compat32"}


def _counted(count: object) -> list[str]:
    """CDI names for ``count``: all of them unless it is a number."""
    number = str(count)
    if number.isdecimal():
        return [str(index) for index in range(int(number))]
    return ["all"]


def _rule(context: Context, index: int, text: str) -> Fragment:
    """``c 1:3 mr`` as the runtime wants it. -1 stands for any."""
    found = re.fullmatch(r"\s*([abc])\s+(\d+|\*):(\d+|\*)\s+([rwm]{1,3})\s*", text)
    if found is None:
        hint = "write it as TYPE MAJOR:MINOR ACCESS, such as c 1:3 mr"
        raise context.wrong(f"device_cgroup_rules[{index}]", f"{text!r} is no rule", hint)
    kind, major, minor, access = found.groups()
    return {
        "allow": True,
        "type": kind,
        "major": -1 if major == "*" else int(major),
        "minor": -1 if minor == "*" else int(minor),
        "access": access,
    }
