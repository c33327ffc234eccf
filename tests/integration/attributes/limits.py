"""Limits, devices and kernel settings."""

from __future__ import annotations

from typing import Any

from tests.integration.attributes.row import Row

MIB = 1 << 20
DISK = "/dev/loop0"

ROWS = [
    Row(
        "cpus",
        {"cpus": 0.5, "cpu_shares": 512, "cpuset": "0"},
        {
            "HostConfig/CpuQuota": 50_000,
            "HostConfig/CpuPeriod": 100_000,
            "HostConfig/CpuShares": 512,
            "HostConfig/CpusetCpus": "0",
        },
        {"grep Cpus_allowed_list /proc/1/status": "Cpus_allowed_list:\t0"},
    ),
    Row(
        "cpu_quota",
        {"cpu_period": 50_000, "cpu_quota": 25_000},
        {"HostConfig/CpuPeriod": 50_000, "HostConfig/CpuQuota": 25_000},
    ),
    Row(
        "cpu_rt",
        {"cpu_rt_period": 10_000, "cpu_rt_runtime": 1_000},
        {"HostConfig/CpuRealtimePeriod": 10_000, "HostConfig/CpuRealtimeRuntime": 1_000},
        started=False,
    ),
    Row(
        "memory",
        {
            "mem_limit": "64m",
            "mem_reservation": "32m",
            "memswap_limit": "128m",
            "mem_swappiness": 10,
            "oom_kill_disable": True,
            "oom_score_adj": 500,
        },
        {
            "HostConfig/Memory": 64 * MIB,
            "HostConfig/MemoryReservation": 32 * MIB,
            "HostConfig/MemorySwap": 128 * MIB,
            "HostConfig/MemorySwappiness": 10,
            "HostConfig/OomKillDisable": True,
        },
        {"cat /proc/1/oom_score_adj": "500"},
    ),
    Row(
        "no limit of swap",
        {"mem_limit": "64m", "memswap_limit": -1, "pids_limit": -1},
        {"HostConfig/MemorySwap": lambda swap: swap > 1 << 60, "HostConfig/PidsLimit": -1},
    ),
    Row("pids_limit", {"pids_limit": 40}, {"HostConfig/PidsLimit": 40}),
    Row(
        "shm_size",
        {"shm_size": "8m"},
        {"HostConfig/ShmSize": 8 * MIB},
        {"df -k /dev/shm | awk 'END {print $2}'": "8192"},
    ),
    Row(
        "ulimits",
        {"ulimits": {"nofile": {"soft": 100, "hard": 200}, "nproc": 300, "core": 0}},
        {},
        {"grep 'open files' /proc/1/limits | awk '{print $4, $5}'": "100 200"},
    ),
    Row(
        "sysctls",
        {"sysctls": {"net.core.somaxconn": 511}},
        {},
        {"cat /proc/sys/net/core/somaxconn": "511"},
    ),
    Row(
        "blkio_config",
        {
            "blkio_config": {
                "weight_device": [{"path": DISK, "weight": 200}],
                "device_read_bps": [{"path": DISK, "rate": "1mb"}],
                "device_write_bps": [{"path": DISK, "rate": "2mb"}],
                "device_read_iops": [{"path": DISK, "rate": 30}],
                "device_write_iops": [{"path": DISK, "rate": 40}],
            }
        },
        {
            "HostConfig/BlkioWeightDevice/0/Weight": 200,
            "HostConfig/BlkioDeviceReadBps/0/Rate": MIB,
            "HostConfig/BlkioDeviceWriteBps/0/Rate": 2 * MIB,
            "HostConfig/BlkioDeviceReadIOps/0/Rate": 30,
            "HostConfig/BlkioDeviceWriteIOps/0/Rate": 40,
        },
        started=False,
    ),
    Row(
        "deploy.resources",
        {
            "deploy": {
                "resources": {
                    "limits": {"cpus": "0.5", "memory": "64m", "pids": 50},
                    "reservations": {
                        "cpus": "0.25",
                        "memory": "32m",
                        "generic_resources": [
                            {"discrete_resource_spec": {"kind": "a", "value": 1}}
                        ],
                    },
                }
            }
        },
        {
            "HostConfig/CpuQuota": 50_000,
            "HostConfig/Memory": 64 * MIB,
            "HostConfig/MemoryReservation": 32 * MIB,
            "HostConfig/PidsLimit": 50,
        },
        warns=(
            "deploy.resources.reservations.cpus",
            "deploy.resources.reservations.generic_resources",
        ),
    ),
    Row(
        "devices",
        {"devices": ["/dev/zero:/dev/myzero:r"]},
        # Without rights they are mounted, which is no device for Podman.
        {
            "HostConfig/Devices": lambda seen: (
                {device["PathInContainer"] for device in seen} <= {"/dev/myzero"}
            )
        },
        {"test -c /dev/myzero && echo there": "there"},
    ),
    Row(
        "device_cgroup_rules",
        {"device_cgroup_rules": ["c 1:11 r"]},
        inside={
            "grep -E ' 1:11 ' /sys/fs/cgroup/devices/devices.list || echo cgroups v2": (
                lambda rule: rule in ("c 1:11 r", "c 1:11 rm", "cgroups v2")
            ),
        },
        warns_rootless=("device_cgroup_rules",),
    ),
    Row(
        "other devices",
        {
            "gpus": [{"driver": "acme", "count": 1}],
            "deploy": {
                "resources": {"reservations": {"devices": [{"capabilities": ["tpu"], "count": 1}]}}
            },
        },
        {"HostConfig/Devices": []},
        warns=("deploy.resources.reservations.devices[0]", "gpus[0]"),
    ),
]

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "gpus": ({"gpus": "all"}, "nvidia.com/gpu=all"),
    "reserved gpus": (
        {
            "deploy": {
                "resources": {
                    "reservations": {
                        "devices": [
                            {"driver": "nvidia", "device_ids": ["7"], "capabilities": ["gpu"]}
                        ]
                    }
                }
            }
        },
        "nvidia.com/gpu=7",
    ),
    "cdi device": ({"devices": ["acme.com/thing=a"]}, "acme.com/thing=a"),
    "userns_mode auto": ({"userns_mode": "auto:size=400000000"}, " IDs"),
    "storage_opt": ({"storage_opt": {"size": "1G"}}, "storage-opt"),
}
"""What this machine cannot do: Podman refuses it by the name that it was asked for."""
