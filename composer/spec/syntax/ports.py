"""``services.*.ports[]`` in its short form: ``[[HOST_IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_PROTOCOLS = ("tcp", "udp", "sctp")
_FORM = "[[HOST_IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL] is expected"


def expand(value: str | int | float) -> list[dict[str, Any]]:
    """The long forms of a short one; a range of container ports gives one for each port.

    Raises ``ValueError``.
    """
    ip, ports, host_ports, protocol = _parsed(value)
    mappings = [
        _mapping(ip, port, host_port, protocol)
        for port, host_port in zip(ports, host_ports, strict=True)
    ]
    # Docker Compose orders the ports of a range as text.
    return sorted(mappings, key=lambda mapping: f"{mapping['target']}/{protocol}")


def check(value: str | int | float) -> str | int | float:
    """A short form as it is, if it is well formed. Raises ``ValueError``."""
    _parsed(value)
    return value


def _parsed(value: str | int | float) -> tuple[str, range, Sequence[int | str], str]:
    """The address, the container's ports, the host's, and the protocol."""
    text = str(value)
    body, slash, protocol = text.partition("/")
    protocol = protocol.lower() if slash else "tcp"
    if protocol not in _PROTOCOLS:
        raise ValueError(f"{protocol!r} is no protocol; {', '.join(_PROTOCOLS)} are allowed")
    rest, _, container = body.rpartition(":")
    bind, _, host = rest.rpartition(":")
    first, last = _range(container, text)
    if first == 0:
        raise ValueError(f"{text!r} is not a port mapping; a container's port is 1 or more")
    host_ports = _host_ports(host, last - first, text)
    ip = address(bind, text) if bind else ""
    return ip, range(first, last + 1), host_ports, protocol


def _mapping(ip: str, target: int, host_port: int | str, protocol: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {"mode": "ingress"}
    if ip:
        mapping["host_ip"] = ip
    mapping["target"] = target
    if host_port:
        mapping["published"] = str(host_port)
    mapping["protocol"] = protocol
    return mapping


def _host_ports(host: str, extra: int, text: str) -> Sequence[int | str]:
    """The published port of each container port."""
    if not host:
        return [""] * (extra + 1)
    first, last = _range(host, text)
    if last - first == extra:
        return range(first, last + 1)
    if extra == 0:
        return [f"{first}-{last}"]
    raise ValueError(f"{text!r} maps {last - first + 1} host ports to {extra + 1} of containers")


def _range(text: str, whole: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    low = port_number(first, whole)
    high = port_number(last, whole) if dash else low
    if high < low:
        raise ValueError(f"{whole!r} has a range that ends before it starts")
    return low, high


def port_number(text: str, whole: str) -> int:
    """A port from its digits. Raises ``ValueError`` that shows ``whole``."""
    if not text.isascii() or not text.isdecimal():
        raise ValueError(f"{whole!r} is not a port mapping; {_FORM}")
    digits = text.lstrip("0") or "0"
    if len(digits) > 5 or int(digits) > 65535:
        raise ValueError(f"{text} is not a port; the highest is 65535")
    return int(digits)


def published(value: str | int) -> str:
    """The host port of a long form: a port or a range, as text. Raises ``ValueError``."""
    text = str(value)
    if text:
        _range(text, text)
    return text


def address(text: str, whole: str | None = None) -> str:
    """An address of the host without brackets. Raises ``ValueError``, which shows ``whole``."""
    from ipaddress import ip_address

    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        ip_address(bare)
    except ValueError:
        shown = f"{whole!r}: " if whole else ""
        raise ValueError(f"{shown}{bare!r} is not an IP address") from None
    return bare
