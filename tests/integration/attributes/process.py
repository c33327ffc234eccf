"""What runs in a container, as whom, and with what rights."""

from __future__ import annotations

from tests import rootless
from tests.integration.attributes.row import Row, has, starts

SECOND = 1_000_000_000
_HOSTS = ("0 0 4294967295", f"0 {rootless.ID} 1")

ROWS = [
    Row("annotations", {"annotations": {"a.b": "1"}}, {"Config/Annotations/a.b": "1"}),
    Row("labels", {"labels": {"x": "y"}}, {"Config/Labels/x": "y"}),
    Row("label_file", {"label_file": "./labels"}, {"Config/Labels/from": "a file"}),
    Row(
        "environment",
        {"environment": {"A": "1", "EMPTY": "", "container": None}},
        {"Config/Env": has("A=1", "EMPTY=")},
        {"echo [${container-unset}]": "[unset]"},
    ),
    Row("env_file", {"env_file": "./vars"}, {"Config/Env": has("FROM_FILE=yes")}),
    Row(
        "command",
        {"entrypoint": ["sleep"], "command": ["601"]},
        {"Config/Entrypoint": lambda said: said in ("sleep", ["sleep"]), "Config/Cmd": ["601"]},
        {"tr '\\0' ' ' < /proc/1/cmdline": "sleep 601"},
    ),
    Row("entrypoint", {"entrypoint": "sleep 602", "command": []}, {"Path": "sleep"}),
    Row(
        "working_dir",
        {"working_dir": "/made/here"},
        {"Config/WorkingDir": "/made/here"},
        {"readlink /proc/1/cwd": "/made/here"},
    ),
    Row(
        "user",
        {"user": "7:8", "group_add": ["9", "10"]},
        {"Config/User": "7:8", "HostConfig/GroupAdd": ["9", "10"]},
        {
            "grep -E '^(Uid|Gid|Groups)' /proc/1/status | tr -s '\\t \\n' ' '": (
                "Uid: 7 7 7 7 Gid: 8 8 8 8 Groups: 8 9 10"
            )
        },
    ),
    Row("tty", {"tty": True}, {"Config/Tty": True}, {"readlink /proc/1/fd/1": starts("/dev/pts")}),
    Row("stdin_open", {"stdin_open": True}, {"Config/OpenStdin": True}),
    Row("init", {"init": True}, {}, {"tr '\\0' ' ' < /proc/1/cmdline": starts("/run/podman-init")}),
    Row(
        "hostname",
        {"hostname": "box"},
        {"Config/Hostname": "box"},
        {"hostname": "box"},
    ),
    Row(
        "domainname",
        {"domainname": "example.org"},
        inside={"cat /proc/sys/kernel/domainname": "example.org"},
        warns_rootless=("domainname",),
    ),
    Row(
        "stop_signal",
        {"stop_signal": "SIGUSR1"},
        {"Config/StopSignal": lambda said: said in (10, "SIGUSR1")},
    ),
    Row("stop_grace_period", {"stop_grace_period": "1m5s"}, {"Config/StopTimeout": 65}),
    Row(
        "restart",
        {"restart": "unless-stopped"},
        {"HostConfig/RestartPolicy/Name": "unless-stopped"},
    ),
    Row(
        "deploy.restart_policy",
        {
            "restart": "always",
            "deploy": {
                "restart_policy": {
                    "condition": "on-failure",
                    "max_attempts": 3,
                    "delay": "1s",
                    "window": "2s",
                }
            },
        },
        {"HostConfig/RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
        warns=("deploy.restart_policy.delay", "deploy.restart_policy.window"),
    ),
    Row(
        "deploy of a swarm",
        {
            "deploy": {
                "mode": "global",
                "endpoint_mode": "vip",
                "labels": {"a": "b"},
                "placement": {"constraints": ["node.role==manager"]},
                "update_config": {"parallelism": 2},
                "rollback_config": {"parallelism": 2},
            }
        },
        {"Config/Labels": lambda labels: "a" not in labels},
        warns=(
            "deploy.endpoint_mode",
            "deploy.labels",
            "deploy.mode",
            "deploy.placement",
            "deploy.rollback_config",
            "deploy.update_config",
        ),
    ),
    Row(
        "healthcheck",
        {
            "healthcheck": {
                "test": "test -e /x",
                "interval": "1h",
                "timeout": "3s",
                "retries": 4,
                "start_period": "6s",
                "start_interval": "1s",
            }
        },
        {
            "Config/Healthcheck": {
                "Test": ["CMD-SHELL", "test -e /x"],
                "Interval": 3600 * SECOND,
                "Timeout": 3 * SECOND,
                "Retries": 4,
                "StartPeriod": 6 * SECOND,
            }
        },
        warns=("healthcheck.start_interval",),
    ),
    Row(
        "healthcheck none",
        {"healthcheck": {"disable": True}},
        {"Config/Healthcheck/Test": ["NONE"]},
    ),
    Row(
        "logging",
        {
            "logging": {
                "driver": "json-file",
                "options": {"max-size": "10m", "max-file": "3", "tag": "x"},
            }
        },
        {"HostConfig/LogConfig/Type": "k8s-file", "HostConfig/LogConfig/Size": "10.49MB"},
        warns=("logging.options.max-file", "logging.options.tag"),
    ),
    Row(
        "logging path",
        {"logging": {"driver": "k8s-file", "options": {"path": "${SAMPLE_FOLDER}/container.log"}}},
        {"HostConfig/LogConfig/Path": lambda path: path.endswith("/container.log")},
    ),
    Row("logging none", {"logging": {"driver": "none"}}, {"HostConfig/LogConfig/Type": "none"}),
    Row(
        "logging elsewhere",
        {"logging": {"driver": "syslog", "options": {"syslog-address": "udp://127.0.0.1:514"}}},
        {"HostConfig/LogConfig/Type": "k8s-file"},
        warns=("logging.driver",),
    ),
    Row(
        "capabilities",
        {"cap_add": ["NET_ADMIN"], "cap_drop": ["MKNOD"]},
        {
            "HostConfig/CapAdd": ["CAP_NET_ADMIN"],
            "EffectiveCaps": lambda caps: "CAP_MKNOD" not in caps,
        },
    ),
    Row("privileged", {"privileged": True}, {"HostConfig/Privileged": True}),
    Row(
        "read_only",
        {"read_only": True},
        {"HostConfig/ReadonlyRootfs": True},
        {"touch /file 2>&1 || true": "touch: /file: Read-only file system"},
    ),
    Row(
        "security_opt",
        {
            "security_opt": [
                "no-new-privileges:true",
                "seccomp=./seccomp.json",
                "mask=/proc/uptime",
                "label=disable",
                "credentialspec=x",
            ]
        },
        {"HostConfig/SecurityOpt": has("no-new-privileges")},
        {
            "grep -E 'NoNewPrivs|Seccomp:' /proc/1/status; cat /proc/uptime": (
                "NoNewPrivs:\t1\nSeccomp:\t2"
            )
        },
        warns=("security_opt",),
    ),
    Row(
        "seccomp unconfined",
        {"security_opt": ["seccomp:unconfined"]},
        {},
        {"grep Seccomp: /proc/1/status": "Seccomp:\t0"},
    ),
    Row(
        "systempaths",
        {"security_opt": ["systempaths=unconfined"]},
        {},
        {"grep -c ' /proc/kcore ' /proc/mounts || true": "0"},
    ),
    Row(
        "runtime",
        {"runtime": "other"},
        {"OCIRuntime": lambda seen: seen != "other"},
        warns=("runtime",),
    ),
    Row(
        "pid ipc uts of the host",
        {"pid": "host", "ipc": "host", "uts": "host"},
        {"HostConfig/PidMode": "host", "HostConfig/UTSMode": "host"},
        {"ls /proc | grep -cE '^[0-9]+$'": lambda count: int(count) > 5},
    ),
    Row("ipc none", {"ipc": "none"}, {}, {"test -e /dev/shm || echo none": "none"}),
    Row(
        "namespaces of a service",
        {"pid": "service:hostname", "ipc": "service:hostname", "uts": "service:hostname"},
        {
            "HostConfig/PidMode": starts("container:"),
            "HostConfig/IpcMode": starts("container:"),
            "HostConfig/UTSMode": starts("container:"),
        },
        {"hostname": "box"},
    ),
    Row("cgroup", {"cgroup": "private"}, {"HostConfig/CgroupMode": "private"}),
    Row(
        "cgroup_parent",
        {"cgroup_parent": "/composer-test"},
        {"HostConfig/CgroupParent": "/composer-test"},
    ),
    Row(
        "userns_mode",
        {"userns_mode": "host"},
        {},
        # Without rights it is the user that is root there.
        {"tr -s ' ' < /proc/self/uid_map | head -n1": lambda ids: ids in _HOSTS},
    ),
    Row(
        "windows",
        {
            "cpu_count": 2,
            "cpu_percent": 50,
            "isolation": "hyperv",
            "credential_spec": {"file": "x.json"},
        },
        warns=("cpu_count", "cpu_percent", "credential_spec", "isolation"),
    ),
    Row(
        "x-podman maps",
        {
            "x-podman.uidmaps": ["0:100000:1000"],
            "x-podman": {"gidmaps": ["0:200000:1000"], "no_hosts": True},
        },
        {
            "HostConfig/IDMappings/UidMap": ["0:100000:1000"],
            "HostConfig/IDMappings/GidMap": ["0:200000:1000"],
        },
        {
            "tr -s ' ' < /proc/self/uid_map; tr -s ' ' < /proc/self/gid_map": (
                "0 100000 1000\n 0 200000 1000"
            ),
            "test -e /etc/hosts || echo none": "none",
        },
    ),
    Row(
        "x-podman passwd",
        {"user": "77", "x-podman": {"passwd": False}},
        inside={"grep -c 77 /etc/passwd || true": "0"},
    ),
    Row(
        "x-podman passwd entry",
        {"user": "77", "x-podman.passwd": "kim:x:77:77::/:/bin/sh"},
        inside={"id -un": "kim"},
    ),
    Row("x-podman unknown", {"x-podman": {"nonsense": 1}}, warns=("x-podman.nonsense",)),
]
