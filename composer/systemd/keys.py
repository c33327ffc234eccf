"""Quadlet's keys: which option of the podman program each one stands for, and since when.

What has no key, or one that is younger than the Podman that units are for, is in ``PodmanArgs=``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from composer.systemd.options import Option

Version = tuple[int, int]
Kind = Literal["raw", "words", "switch"]
"""How Quadlet reads a value: as it stands, as words with quotes, as a truth."""


class Key(NamedTuple):
    """One key of a section."""

    name: str
    kind: Kind = "raw"
    since: Version = (4, 6)
    """The first Podman that surely has it; a version too late costs nothing but looks."""
    value: Callable[[str], str | None] = lambda value: value
    """What of the option's value the key says; None where the key cannot say it."""


def _after(prefix: str, then: str | None = None) -> Callable[[str], str | None]:
    """The rest of a value that begins with ``prefix``; ``then`` for a value that is all of it."""

    def value(said: str) -> str | None:
        if then is not None:
            return then if said == prefix else None
        return said.removeprefix(prefix) if said.startswith(prefix) else None

    return value


_PORT = frozenset("0123456789-")


def _port(said: str) -> str | None:
    number, _, protocol = said.partition("/")
    return said if set(number) <= _PORT and protocol in ("", "tcp", "udp") else None


def _sourced(said: str) -> str | None:
    """Quadlet does not stand a mount without a source."""
    return said if ",source=" in said else None


CONTAINER: dict[str, tuple[Key, ...]] = {
    "--add-host": (Key("AddHost", since=(5, 3)),),
    "--annotation": (Key("Annotation", "words"),),
    "--cap-add": (Key("AddCapability", "words"),),
    "--cap-drop": (Key("DropCapability", "words"),),
    "--device": (Key("AddDevice", "words"),),
    "--dns": (Key("DNS", since=(4, 8)),),
    "--dns-option": (Key("DNSOption", since=(4, 8)),),
    "--dns-search": (Key("DNSSearch", since=(4, 8)),),
    "--entrypoint": (Key("Entrypoint", since=(5, 0)),),
    "--env": (Key("Environment", "words"),),
    "--expose": (Key("ExposeHostPort", value=_port),),
    "--gidmap": (Key("GIDMap", "words", (5, 0)),),
    "--group-add": (Key("GroupAdd", since=(5, 1)),),
    "--health-cmd": (Key("HealthCmd"),),
    "--health-interval": (Key("HealthInterval"),),
    "--health-on-failure": (Key("HealthOnFailure"),),
    "--health-retries": (Key("HealthRetries"),),
    "--health-start-period": (Key("HealthStartPeriod"),),
    "--health-timeout": (Key("HealthTimeout"),),
    "--hostname": (Key("HostName"),),
    "--init": (Key("RunInit", "switch"),),
    "--label": (Key("Label", "words"),),
    "--log-driver": (Key("LogDriver"),),
    "--log-opt": (Key("LogOpt", "words", (5, 2)),),
    "--memory": (Key("Memory", since=(5, 6)),),
    "--mount": (Key("Mount", "words", value=_sourced),),
    "--name": (Key("ContainerName"),),
    "--network": (Key("Network"),),
    "--pids-limit": (Key("PidsLimit", since=(4, 8)),),
    "--pod": (Key("Pod", since=(5, 0)),),
    "--publish": (Key("PublishPort"),),
    "--pull": (Key("Pull"),),
    "--read-only": (Key("ReadOnly", "switch"),),
    "--read-only-tmpfs": (Key("ReadOnlyTmpfs", since=(4, 8)),),
    "--secret": (Key("Secret", "words"),),
    "--security-opt": (
        Key("NoNewPrivileges", value=_after("no-new-privileges", "true")),
        Key("SecurityLabelDisable", value=_after("label=disable", "true")),
        Key("SecurityLabelNested", value=_after("label=nested", "true")),
        Key("SecurityLabelType", value=_after("label=type:")),
        Key("SecurityLabelLevel", value=_after("label=level:")),
        Key("SecurityLabelFileType", value=_after("label=filetype:")),
        Key("SeccompProfile", value=_after("seccomp=")),
        Key("Mask", "words", value=_after("mask=")),
        Key("Unmask", "words", value=_after("unmask=")),
    ),
    "--shm-size": (Key("ShmSize", since=(4, 8)),),
    "--stop-signal": (Key("StopSignal", since=(5, 3)),),
    "--stop-timeout": (Key("StopTimeout", since=(5, 0)),),
    "--sysctl": (Key("Sysctl", "words"),),
    "--tmpfs": (Key("Tmpfs"),),
    "--uidmap": (Key("UIDMap", "words", (5, 0)),),
    "--ulimit": (Key("Ulimit", since=(4, 8)),),
    "--user": (Key("User"),),
    "--userns": (Key("UserNS"),),
    "--volume": (Key("Volume"),),
    "--workdir": (Key("WorkingDir"),),
}

POD: dict[str, tuple[Key, ...]] = {
    "--add-host": (Key("AddHost", since=(5, 3)),),
    "--dns": (Key("DNS", since=(5, 3)),),
    "--dns-option": (Key("DNSOption", since=(5, 3)),),
    "--dns-search": (Key("DNSSearch", since=(5, 3)),),
    "--exit-policy": (Key("ExitPolicy", since=(5, 6)),),
    "--gidmap": (Key("GIDMap", "words", (5, 3)),),
    "--hostname": (Key("HostName", since=(5, 6)),),
    "--label": (Key("Label", "words", (5, 6)),),
    "--name": (Key("PodName", since=(5, 0)),),
    "--network": (Key("Network", since=(5, 0)),),
    "--publish": (Key("PublishPort", since=(5, 0)),),
    "--shm-size": (Key("ShmSize", since=(5, 4)),),
    "--uidmap": (Key("UIDMap", "words", (5, 3)),),
    "--userns": (Key("UserNS", since=(5, 3)),),
}

NETWORK: dict[str, tuple[Key, ...]] = {
    "--disable-dns": (Key("DisableDNS", "switch"),),
    "--dns": (Key("DNS", since=(4, 8)),),
    "--driver": (Key("Driver"),),
    "--gateway": (Key("Gateway"),),
    "--interface-name": (Key("InterfaceName", since=(5, 6)),),
    "--internal": (Key("Internal", "switch"),),
    "--ip-range": (Key("IPRange"),),
    "--ipam-driver": (Key("IPAMDriver"),),
    "--ipv6": (Key("IPv6", "switch"),),
    "--label": (Key("Label", "words"),),
    "--opt": (Key("Options", "words", (5, 0)),),
    "--subnet": (Key("Subnet"),),
}

VOLUME: dict[str, tuple[Key, ...]] = {
    "--driver": (Key("Driver"),),
    "--label": (Key("Label", "words"),),
    "--opt": (
        Key("Type", value=_after("type=")),
        Key("Device", value=_after("device=")),
        Key("Options", value=_after("o=")),
    ),
}

BUILD: dict[str, tuple[Key, ...]] = {
    "--file": (Key("File", since=(5, 2)),),
    "--label": (Key("Label", "words", (5, 2)),),
    "--network": (Key("Network", since=(5, 2)),),
    "--pull": (Key("Pull", since=(5, 2)),),
    "--secret": (Key("Secret", "words", (5, 2)),),
    "--tag": (Key("ImageTag", since=(5, 2)),),
    "--target": (Key("Target", since=(5, 2)),),
}

IMAGE: dict[str, tuple[Key, ...]] = {
    "--arch": (Key("Arch", since=(4, 8)),),
    "--os": (Key("OS", since=(4, 8)),),
    "--variant": (Key("Variant", since=(4, 8)),),
}

SECTIONS: dict[str, dict[str, tuple[Key, ...]]] = {
    "Container": CONTAINER,
    "Pod": POD,
    "Network": NETWORK,
    "Volume": VOLUME,
    "Build": BUILD,
    "Image": IMAGE,
}


def key_for(section: str, option: Option, release: Version) -> tuple[Key, str] | None:
    """The key of ``section`` that says ``option``, with its value; None if there is none."""
    if option.value == "":
        return None  # Quadlet takes an empty value for none.
    for key in SECTIONS[section].get(option.flag, ()):
        if key.since > release:
            continue
        if key.kind == "switch":
            return key, "true"
        value = key.value(option.value or "")
        if value is not None:
            return key, value
    return None
