"""Checks of Podman itself, by what it says of itself (GET /libpod/info)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from composer.doctor.finding import Finding, Status
from composer.doctor.host import Host
from composer.doctor.names import PROGRAM, lost_entries

OLDEST = (4, 3)
CONTROLLERS = ("cpu", "memory", "pids")
HELPERS = (
    "usr/lib/podman",
    "usr/libexec/podman",
    "usr/local/libexec/podman",
    "usr/local/lib/podman",
)
"""Folders in which Podman looks for the programs that it calls."""

Info = Mapping[str, Any]


def check_program(host: Host, name: str) -> Finding:
    """The podman program, which terminals and builds are handed to."""
    found = host.which(name)
    if found is None:
        text = f"there is no {name} program: exec, run, attach and build need it"
        return Finding("Podman", "program", "error", text, host.install("podman"))
    return Finding("Podman", "program", "ok", found)


def check_podman(host: Host, info: Info, url: str) -> Iterator[Finding]:
    """All that ``info`` says. What needs files of the engine's machine is asked of a local one."""
    yield _version(host, info, url)
    yield _cgroups(info)
    yield _runtime(info)
    yield _backend(host, info)
    if url.startswith("unix://"):
        yield _names(host, info)
        yield _health(host)
    yield _storage(host, info)
    yield _registries(info)


def _finding(check: str, status: Status, message: str, fix: str = "") -> Finding:
    return Finding("Podman", check, status, message, fix)


def _version(host: Host, info: Info, url: str) -> Finding:
    text = str((info.get("version") or {}).get("Version", ""))
    numbers = tuple(int(part) for part in text.split("-")[0].split(".")[:2] if part.isdecimal())
    if numbers < OLDEST:
        message = f"Podman {text or '?'} at {url} is too old: 4.3 is the oldest that composer knows"
        return _finding("version", "error", message, host.install("podman"))
    rights = "rootless" if _host(info, "security", "rootless") else "root"
    return _finding("version", "ok", f"{text}, {rights}, at {url}")


def _host(info: Info, *path: str) -> Any:
    value: Any = info.get("host")
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _cgroups(info: Info) -> Finding:
    version, manager = _host(info, "cgroupVersion"), _host(info, "cgroupManager")
    rootless = bool(_host(info, "security", "rootless"))
    if version == "v1" and rootless:
        return _finding(
            "cgroups",
            "warning",
            "cgroups of version 1: limits of memory and CPUs have no effect without root's rights",
            "boot with systemd.unified_cgroup_hierarchy=1",
        )
    missing = [name for name in CONTROLLERS if name not in (_host(info, "cgroupControllers") or ())]
    if missing and rootless:
        return _finding(
            "cgroups",
            "warning",
            f"the user may not set limits of {', '.join(missing)}: such limits fail",
            "sudo mkdir -p /etc/systemd/system/user@.service.d && printf "
            "'[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo tee "
            "/etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload",
        )
    return _finding("cgroups", "ok", f"version {str(version).removeprefix('v')}, {manager}")


def _runtime(info: Info) -> Finding:
    name, path = _host(info, "ociRuntime", "name"), _host(info, "ociRuntime", "path")
    if name == "crun" and _host(info, "cgroupVersion") == "v1":
        return _finding(
            "runtime",
            "note",
            "crun refuses hybrid cgroups (versions 1 and 2); if containers do not start, use runc",
            "printf '[engine]\\nruntime = \"runc\"\\n' >> containers.conf",
        )
    return _finding("runtime", "ok", f"{name} ({path})")


def _backend(host: Host, info: Info) -> Finding:
    backend = _host(info, "networkBackend")
    if backend == "cni":
        return _finding(
            "network",
            "warning",
            "the network backend is CNI, which Podman 5 lacks: static addresses and names may fail",
            f'{host.install("netavark", "aardvark-dns")}, then network_backend = "netavark" below '
            "[network] of containers.conf, and podman system reset (which removes all containers)",
        )
    return _finding("network", "ok", str(backend or "unknown"))


def _names(host: Host, info: Info) -> Finding:
    plugin = "dnsname" if _host(info, "networkBackend") == "cni" else "aardvark-dns"
    said = _host(info, "networkBackendInfo", "dns", "path")
    folders = ("usr/lib/cni", "usr/libexec/cni", "opt/cni/bin") if plugin == "dnsname" else HELPERS
    places = [Path(said)] if said else [host.root / folder / plugin for folder in folders]
    found = next((place for place in places if place.exists()), None) or host.which(plugin)
    if found is None:
        text = f"{plugin} is missing: services do not find each other by name"
        package = (
            "golang-github-containernetworking-plugin-dnsname" if plugin == "dnsname" else plugin
        )
        return _finding("names", "error", text, host.install(package))
    run_root = str((info.get("store") or {}).get("runRoot") or "")
    if _host(info, "security", "rootless") and run_root.startswith("/"):
        place, lost = lost_entries(host, run_root)
        if lost:
            text = f"the name server fails because of containers that are gone: {', '.join(lost)}"
            fix = f"podman stop --all; pkill -u {host.uid} -x {PROGRAM}; rm -r {place}"
            return _finding("names", "error", f"{text}; services do not find each other", fix)
    return _finding("names", "ok", str(found))


def _health(host: Host) -> Finding:
    if (host.root / "run/systemd/system").is_dir():
        return _finding("health checks", "ok", "systemd's timers run them")
    return _finding(
        "health checks",
        "note",
        "no systemd, so Podman runs none: composer does while a command waits and while up is "
        "attached",
        "composer health",
    )


def _storage(host: Host, info: Info) -> Finding:
    store = info.get("store") or {}
    driver = str(store.get("graphDriverName", ""))
    if driver == "vfs":
        return _finding(
            "storage",
            "warning",
            "the storage driver vfs copies whole images for each container: slow, and large",
            f"{host.install('fuse-overlayfs')}, then podman system reset (which removes all images "
            "and containers)",
        )
    allocated, used = store.get("graphRootAllocated") or 0, store.get("graphRootUsed") or 0
    if allocated and allocated - used < allocated // 50:
        text = f"{driver}; {store.get('graphRoot')} is nearly full"
        return _finding("storage", "warning", text, "podman system prune")
    return _finding("storage", "ok", f"{driver}, in {store.get('graphRoot')}")


def _registries(info: Info) -> Finding:
    registries = info.get("registries") or {}
    blocked = [
        name
        for name, said in registries.items()
        if isinstance(said, Mapping) and said.get("Blocked")
    ]
    searched = registries.get("search") or ()
    if "docker.io" in blocked:
        text = "registries.conf blocks docker.io, which images without a registry come from"
        return _finding("registries", "warning", text, "name registries in the Compose file")
    if searched and "docker.io" not in searched:
        text = f"images without a registry come from {', '.join(searched)}, not from Docker Hub"
        return _finding("registries", "note", text)
    return _finding("registries", "ok", "images without a registry come from docker.io")
