"""What containers and pods have in common, as options."""

from __future__ import annotations

from collections.abc import Sequence

from composer.systemd.options import (
    Fragment,
    Handler,
    Option,
    Options,
    each,
    namespace,
    nothing,
    pairs,
    size,
    switch,
    text,
)


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


def _shared_memory(number: int) -> Options:
    if number:
        yield Option("--shm-size", size(number))


def user_namespace(spec: Fragment) -> Options:
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


SHARED: dict[str, Handler] = {
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
