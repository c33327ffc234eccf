"""What Podman's API is asked for → the options of the podman program that ask for the same.

A container, pod, network or volume is first described as ``composer up`` would post it; tables here
say which option stands for each field. So there is one translation of the Compose file, and a field
that no table has is an error, not a loss.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Fragment = Mapping[str, Any]


class Option(NamedTuple):
    """An option of the podman program; without a value it is a switch."""

    flag: str
    """``--label``"""
    value: str | None = None

    def words(self) -> list[str]:
        """As the program takes it: switches take their value behind ``=`` only, and some readers of
        units drop empty words."""
        if self.value is None:
            return [self.flag]
        apart = self.value not in ("", "true", "false")
        return [self.flag, self.value] if apart else [f"{self.flag}={self.value}"]


Options = Iterator[Option]
Handler = Callable[[Any], Options]


def text(flag: str) -> Handler:
    """A field with one value."""

    def options(value: Any) -> Options:
        if value is not None:
            yield Option(flag, str(value))

    return options


def switch(flag: str) -> Handler:
    """A field that is true or not."""

    def options(value: Any) -> Options:
        if value:
            yield Option(flag)

    return options


def each(flag: str, form: str = "{}") -> Handler:
    """A list: the option once for each entry."""

    def options(values: Any) -> Options:
        for value in values:
            yield Option(flag, form.format(value))

    return options


def pairs(flag: str, between: str = "=") -> Handler:
    """A mapping: the option once for each key, in the order of keys."""

    def options(values: Any) -> Options:
        for key in sorted(values):
            yield Option(flag, f"{key}{between}{values[key]}")

    return options


def joined(flag: str, form: str = "{}", between: str = ",") -> Handler:
    """A list in one option."""

    def options(values: Any) -> Options:
        if values:
            yield Option(flag, form.format(between.join(values)))

    return options


def nothing(_value: Any) -> Options:
    """A field that the unit says elsewhere, or that is what the program does anyhow."""
    return iter(())


def namespace(flag: str) -> Handler:
    """``{"nsmode": …, "value": …}``."""

    def options(said: Fragment) -> Options:
        mode, value = said.get("nsmode", ""), said.get("value", "")
        mode = "ns" if mode == "path" else mode
        if mode:
            yield Option(flag, f"{mode}:{value}" if value else mode)

    return options


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
        return f"CMD {words[0]}"
    return json.dumps(words, ensure_ascii=False)


_KINDS = ("CMD", "CMD-SHELL", "NONE")


def duration(nanoseconds: int) -> str:
    """As Go reads it: ``1500ms``, ``90s``."""
    for unit, size in (("s", _SECOND), ("ms", 1_000_000), ("us", 1_000)):
        if nanoseconds % size == 0:
            return f"{nanoseconds // size}{unit}"
    return f"{nanoseconds}ns"


def size(number: int) -> str:
    """Bytes in the largest unit that has no remainder: ``64m``."""
    for unit, factor in (("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)):
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return f"{number}b"


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


def networks(spec: Fragment) -> Options:
    """``netns``, ``networks`` and ``network_options`` together."""
    netns = spec.get("netns", {})
    mode = netns.get("nsmode", "")
    attached: Fragment = spec.get("networks") or {}
    if mode == "bridge" and attached:
        for name, said in attached.items():
            yield Option("--network", attachment("bridge" if name == "default" else name, said))
        return
    options = (spec.get("network_options") or {}).get(mode)
    if options:
        yield Option("--network", f"{mode}:{','.join(options)}")
    elif mode:
        yield from namespace("--network")(netns)
    for said in attached.values():
        yield from text("--mac-address")(said.get("static_mac"))


def attachment(name: str, said: Fragment) -> str:
    """``NAME[:OPTION=VALUE,…]``."""
    options = [f"alias={alias}" for alias in said.get("aliases", ())]
    options += [f"ip={address}" for address in said.get("static_ips", ())]
    options += [f"mac={said['static_mac']}"] if "static_mac" in said else []
    options += [f"interface_name={said['interface_name']}"] if "interface_name" in said else []
    return f"{name}:{','.join(options)}" if options else name


def _ports(mappings: Sequence[Fragment]) -> Options:
    for said in mappings:
        host, port = said.get("host_ip", ""), said.get("host_port", "")
        host = f"[{host}]" if ":" in host else host
        outside = f"{host}:{port}:" if host else f"{port}:" if port else ""
        protocol = said.get("protocol", "tcp")
        suffix = "" if protocol == "tcp" else f"/{protocol}"
        yield Option("--publish", f"{outside}{said['container_port']}{suffix}")


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


def volume(source: str, target: str, options: list[str]) -> Option:
    """``SOURCE:TARGET[:OPTIONS]``; as a ``--mount`` where a path has a colon of its own."""
    if ":" in source or ":" in target:
        words = ["type=bind", f"source={source}", f"destination={target}"]
        words += ["bind-nonrecursive=true" if word == "bind" else word for word in options]
        words = [
            "relabel=private" if w == "Z" else "relabel=shared" if w == "z" else w for w in words
        ]
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


def _limits(said: Fragment) -> Options:
    cpu, memory = said.get("cpu") or {}, said.get("memory") or {}
    pids, io = said.get("pids") or {}, said.get("blockIO") or {}
    if "quota" in cpu and cpu.get("period") == 100_000:
        yield Option("--cpus", f"{cpu['quota'] / 100_000:g}")
    else:
        yield from text("--cpu-quota")(cpu.get("quota"))
        yield from text("--cpu-period")(cpu.get("period"))
    yield from text("--cpu-shares")(cpu.get("shares"))
    yield from text("--cpuset-cpus")(cpu.get("cpus"))
    yield from text("--cpu-rt-runtime")(cpu.get("realtimeRuntime"))
    yield from text("--cpu-rt-period")(cpu.get("realtimePeriod"))
    for flag, key in (
        ("--memory", "limit"),
        ("--memory-reservation", "reservation"),
        ("--memory-swap", "swap"),
    ):
        if key in memory:
            yield Option(flag, size(memory[key]))
    yield from text("--memory-swappiness")(memory.get("swappiness"))
    yield from switch("--oom-kill-disable")(memory.get("disableOOMKiller"))
    yield from text("--pids-limit")(pids.get("limit"))
    yield from text("--blkio-weight")(io.get("weight"))


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


def _shared_memory(number: int) -> Options:
    if number:
        yield Option("--shm-size", size(number))


def _rootfs(spec: Fragment) -> str:
    return f"{spec['rootfs']}:O" if spec.get("rootfs_overlay") else str(spec["rootfs"])


def _user_namespace(spec: Fragment) -> Options:
    """``userns`` and ``idmappings``."""
    maps = spec.get("idmappings") or {}
    if maps.get("AutoUserNs"):
        amount = (maps.get("AutoUserNsOpts") or {}).get("Size")
        yield Option("--userns", f"auto:size={amount}" if amount else "auto")
    elif "UIDMap" in maps:
        for flag, key in (("--uidmap", "UIDMap"), ("--gidmap", "GIDMap")):
            for said in maps[key]:
                yield Option(flag, f"{said['container_id']}:{said['host_id']}:{said['size']}")
    elif "userns" in spec:
        yield from namespace("--userns")(spec["userns"])


_SHARED: dict[str, Handler] = {
    "cgroupns": namespace("--cgroupns"),
    "dns_option": each("--dns-option"),
    "dns_search": each("--dns-search"),
    "dns_server": each("--dns"),
    "hostadd": each("--add-host"),
    "hostname": text("--hostname"),
    "idmappings": nothing,
    "ipcns": namespace("--ipc"),
    "labels": pairs("--label"),
    "netns": nothing,
    "network_options": nothing,
    "networks": nothing,
    "pidns": namespace("--pid"),
    "portmappings": _ports,
    "resource_limits": _limits,
    "shm_size": _shared_memory,
    "sysctl": pairs("--sysctl"),
    "userns": nothing,
    "utsns": namespace("--uts"),
}
"""What containers and pods have in common."""

CONTAINER: dict[str, Handler] = {
    **_SHARED,
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

POD: dict[str, Handler] = {
    **_SHARED,
    "exit_policy": text("--exit-policy"),
    "infra_command": lambda said: iter((Option("--infra-command", json.dumps(list(said))),)),
    "infra_image": text("--infra-image"),
    "infra_name": text("--infra-name"),
    "name": text("--name"),
    "security_opt": each("--security-opt"),
    "shared_namespaces": joined("--share"),
}
"""Fields of a pod."""


def container_options(spec: Fragment) -> list[Option]:
    """The options of ``podman run`` that make the container that ``spec`` describes, without its
    image and command."""
    return [*_of(CONTAINER, spec), *networks(spec), *_user_namespace(spec)]


def pod_options(spec: Fragment) -> list[Option]:
    """The options of ``podman pod create`` for ``spec``."""
    return [*_of(POD, spec), *networks(spec), *_user_namespace(spec)]


def _of(table: Mapping[str, Handler], spec: Fragment) -> Options:
    for field, value in spec.items():
        yield from table[field](value)


def network_options(spec: Fragment) -> list[Option]:
    """The options of ``podman network create`` for the body of POST /networks/create."""
    return list(_of(_NETWORK, spec))


def _subnets(subnets: Sequence[Fragment]) -> Options:
    for said in subnets:
        yield Option("--subnet", said["subnet"])
        yield from text("--gateway")(said.get("gateway"))
        lease = said.get("lease_range")
        if lease:
            first, last = (ipaddress.ip_address(lease[key]) for key in ("start_ip", "end_ip"))
            for block in ipaddress.summarize_address_range(first, last):
                yield Option("--ip-range", str(block))


def _ipam(options: Fragment) -> Options:
    for key, value in sorted(options.items()):
        yield (
            Option("--ipam-driver", value) if key == "driver" else Option("--opt", f"{key}={value}")
        )


def _routes(routes: Sequence[Fragment]) -> Options:
    for said in routes:
        metric = [str(said["metric"])] if "metric" in said else []
        yield Option("--route", ",".join([said["destination"], said["gateway"], *metric]))


_NETWORK: dict[str, Handler] = {
    "dns_enabled": lambda said: iter(() if said else (Option("--disable-dns"),)),
    "driver": lambda said: iter(() if said == "bridge" else (Option("--driver", said),)),
    "internal": switch("--internal"),
    "ipam_options": _ipam,
    "ipv6_enabled": switch("--ipv6"),
    "labels": pairs("--label"),
    "name": nothing,
    "network_dns_servers": each("--dns"),
    "network_interface": text("--interface-name"),
    "options": pairs("--opt"),
    "routes": _routes,
    "subnets": _subnets,
}


def volume_options(spec: Fragment) -> list[Option]:
    """The options of ``podman volume create`` for the body of POST /volumes/create."""
    return list(_of(_VOLUME, spec))


_VOLUME: dict[str, Handler] = {
    "Driver": lambda said: iter(() if said == "local" else (Option("--driver", said),)),
    "Labels": pairs("--label"),
    "Name": nothing,
    "Options": pairs("--opt"),
}
