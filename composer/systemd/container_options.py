"""The body of POST /containers/create → options of ``podman run``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from shlex import quote

from composer.systemd.options import (
    Fragment,
    Handler,
    Option,
    Options,
    duration,
    each,
    joined,
    nothing,
    of_table,
    pairs,
    switch,
    text,
)
from composer.systemd.shared_options import SHARED, networks, user_namespace


def _entrypoint(words: Sequence[str]) -> Options:
    empty = list(words) == [""]
    yield Option("--entrypoint", "" if empty else json.dumps(list(words), ensure_ascii=False))


_SECOND = 1_000_000_000
_HEALTH = {
    "Interval": ("--health-interval", 30 * _SECOND),
    "Timeout": ("--health-timeout", 30 * _SECOND),
    "StartPeriod": ("--health-start-period", 0),
}
"""Nanoseconds → option, and what it is when nothing is said."""


def _health(config: Fragment) -> Options:
    test = list(config.get("Test") or ())
    if test:
        yield Option("--health-cmd", _health_command(test))
    if test[:1] == ["NONE"]:
        return
    for field, (flag, default) in _HEALTH.items():
        if config.get(field, default) != default:
            yield Option(flag, duration(config[field]))
    if config.get("Retries", 3) != 3:
        yield Option("--health-retries", str(config["Retries"]))


def _health_command(test: list[str]) -> str:
    """As ``--health-cmd`` takes it: a list of words as JSON, anything else for the shell."""
    kind, *words = test
    if kind == "NONE":
        return "none"
    if kind == "CMD-SHELL":
        command = " ".join(words)
        plain = command[:1] != "[" and command.partition(" ")[0].upper() not in _KINDS
        return command if plain else f"CMD-SHELL {command}"
    if len(words) == 1:
        # Podman splits one word at its blanks, and takes one in a list for the shell's.
        word = words[0]
        return f"CMD {word}" if len(word.split()) == 1 else f"CMD-SHELL exec {quote(word)}"
    return json.dumps(words, ensure_ascii=False)


_KINDS = ("CMD", "CMD-SHELL", "NONE")


def _on_failure(action: int) -> Options:
    yield Option("--health-on-failure", {0: "none", 2: "kill", 3: "restart", 4: "stop"}[action])


def _logging(said: Fragment) -> Options:
    if "driver" in said:
        yield Option("--log-driver", said["driver"])
    if "size" in said:
        # Here Podman's k and m are thousands and millions.
        yield Option("--log-opt", f"max-size={said['size']}")
    if "path" in said:
        yield Option("--log-opt", f"path={said['path']}")
    for key, value in sorted((said.get("options") or {}).items()):
        yield Option("--log-opt", f"{key}={value}")


def _exposed(ports: Fragment) -> Options:
    for port, protocol in ports.items():
        yield Option("--expose", port if protocol == "tcp" else f"{port}/{protocol}")


def _mounts(mounts: Sequence[Fragment]) -> Options:
    for said in mounts:
        options = list(said.get("options") or ())
        place = said["destination"]
        if said["type"] == "tmpfs":
            yield Option("--tmpfs", ":".join([place, *([",".join(options)] if options else [])]))
        else:
            # What the program adds by itself is left out; it takes more from a bind of one folder.
            added = ("rw",) if "bind" in options else ("rbind", "rw", "rprivate")
            yield volume(said["source"], place, [word for word in options if word not in added])


def _volumes(volumes: Sequence[Fragment]) -> Options:
    for said in volumes:
        yield volume(said["Name"], said["Dest"], list(said.get("Options") or ()))


_OF_MOUNTS = {"bind": "bind-nonrecursive=true", "Z": "relabel=private", "z": "relabel=shared"}
"""Options of ``--volume`` that ``--mount`` calls otherwise."""


def volume(source: str, target: str, options: list[str]) -> Option:
    """``SOURCE:TARGET[:OPTIONS]``; as a ``--mount`` where a path has a colon of its own."""
    if ":" in source or ":" in target:
        kind = "bind" if source.startswith("/") else "volume"
        words = [f"type={kind}", *([f"source={source}"] if source else [])]
        words += [f"destination={target}", *(_OF_MOUNTS.get(word, word) for word in options)]
        return Option("--mount", ",".join(words))
    parts = [source, target] if source else [target]
    return Option("--volume", ":".join([*parts, *([",".join(options)] if options else [])]))


def _image_volumes(volumes: Sequence[Fragment]) -> Options:
    for said in volumes:
        words = ["type=image", f"source={said['Source']}", f"destination={said['Destination']}"]
        words += ["rw=true"] if said["ReadWrite"] else []
        words += [f"subpath={said['subPath']}"] if "subPath" in said else []
        yield Option("--mount", ",".join(words))


def _secrets(secrets: Sequence[Fragment]) -> Options:
    for said in secrets:
        words = [said["Source"], "type=mount", f"target={said['Target']}"]
        words += [
            f"{name}={said[key]}" for name, key in (("uid", "UID"), ("gid", "GID")) if said[key]
        ]
        yield Option("--secret", ",".join([*words, f"mode={said['Mode']:04o}"]))


def _devices_limited(flag: str, key: str) -> Handler:
    def options(devices: Fragment) -> Options:
        for path, said in devices.items():
            yield Option(flag, f"{path}:{said[key]}")

    return options


_UNLIMITED = 2**64 - 1


def _ulimits(limits: Sequence[Fragment]) -> Options:
    for said in limits:
        soft, hard = (-1 if said[key] == _UNLIMITED else said[key] for key in ("soft", "hard"))
        yield Option("--ulimit", f"{said['type'].lower()}={soft}:{hard}")


def _device_rules(rules: Sequence[Fragment]) -> Options:
    for said in rules:
        numbers = ":".join(
            "*" if said.get(key, -1) == -1 else str(said[key]) for key in ("major", "minor")
        )
        yield Option("--device-cgroup-rule", f"{said['type']} {numbers} {said['access']}")


CONTAINER: dict[str, Handler] = {
    **SHARED,
    "annotations": pairs("--annotation"),
    "apparmor_profile": lambda said: each("--security-opt")([f"apparmor={said}"]),
    "cap_add": each("--cap-add"),
    "cap_drop": each("--cap-drop"),
    "cgroup_parent": text("--cgroup-parent"),
    "command": nothing,
    "create_working_dir": nothing,
    "device_cgroup_rule": _device_rules,
    "devices": lambda said: each("--device")([device["path"] for device in said]),
    "entrypoint": _entrypoint,
    "env": pairs("--env"),
    "expose": _exposed,
    "groups": each("--group-add"),
    "health_check_on_failure_action": _on_failure,
    "healthconfig": _health,
    "image": nothing,
    "image_volume_mode": nothing,
    "image_volumes": _image_volumes,
    "init": switch("--init"),
    "init_container_type": nothing,
    "log_configuration": _logging,
    "manage_password": lambda said: iter(() if said else (Option("--passwd", "false"),)),
    "mask": joined("--security-opt", "mask={}", ":"),
    "mounts": _mounts,
    "name": text("--name"),
    "no_new_privileges": lambda said: each("--security-opt")(["no-new-privileges"] if said else []),
    "oom_score_adj": text("--oom-score-adj"),
    "passwd_entry": text("--passwd-entry"),
    "pod": text("--pod"),
    "privileged": switch("--privileged"),
    "procfs_opts": joined("--security-opt", "proc-opts={}"),
    "r_limits": _ulimits,
    "read_only_filesystem": lambda said: iter(
        (Option("--read-only"), Option("--read-only-tmpfs", "false")) if said else ()
    ),
    "restart_policy": nothing,
    "restart_tries": nothing,
    "rootfs": nothing,
    "rootfs_overlay": nothing,
    "seccomp_profile_path": lambda said: each("--security-opt")([f"seccomp={said}"]),
    "secrets": _secrets,
    "selinux_opts": each("--security-opt", "label={}"),
    "stdin": switch("--interactive"),
    "stop_signal": text("--stop-signal"),
    "stop_timeout": text("--stop-timeout"),
    "storage_opts": pairs("--storage-opt"),
    "terminal": switch("--tty"),
    "throttleReadBpsDevice": _devices_limited("--device-read-bps", "rate"),
    "throttleReadIOPSDevice": _devices_limited("--device-read-iops", "rate"),
    "throttleWriteBpsDevice": _devices_limited("--device-write-bps", "rate"),
    "throttleWriteIOPSDevice": _devices_limited("--device-write-iops", "rate"),
    "unmask": joined("--security-opt", "unmask={}", ":"),
    "unsetenv": each("--unsetenv"),
    "use_image_hosts": switch("--no-hosts"),
    "user": text("--user"),
    "volumes": _volumes,
    "volumes_from": each("--volumes-from"),
    "weightDevice": _devices_limited("--blkio-weight-device", "weight"),
    "work_dir": text("--workdir"),
}
"""Fields of a container; ``nothing`` for those that the unit says in another way."""


def container_options(spec: Fragment) -> list[Option]:
    """The options of ``podman run`` that make the container that ``spec`` describes, without its
    image and command."""
    return [*of_table(CONTAINER, spec), *networks(spec), *user_namespace(spec)]
