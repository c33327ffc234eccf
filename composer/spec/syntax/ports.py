"""``services.*.ports[]`` in its short form: ``[[HOST_IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL]``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_PROTOCOLS = ("tcp", "udp", "sctp")
_FORM = "[[HOST_IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL] is expected"


def expand(value: str | int | float) -> list[dict[str, Any]]:
    """The long forms of a short one; a range of container ports gives one for each port.

    Raises ``ValueError``.
    """
    text = str(value)
    body, slash, protocol = text.partition("/")
    protocol = protocol.lower() if slash else "tcp"
    if protocol not in _PROTOCOLS:
        raise ValueError(f"{protocol!r} is no protocol; {', '.join(_PROTOCOLS)} are allowed")
    rest, _, container = body.rpartition(":")
    address, _, host = rest.rpartition(":")
    first, last = _range(container, text)
    published = list(_published(host, last - first, text))
    mappings = [
        _mapping(_address(address, text), port, published[port - first], protocol)
        for port in range(first, last + 1)
    ]
    # Docker Compose orders the ports of a range as text.
    return sorted(mappings, key=lambda mapping: f"{mapping['target']}/{protocol}")


def _mapping(address: str, target: int, published: str, protocol: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {"mode": "ingress"}
    if address:
        mapping["host_ip"] = address
    mapping["target"] = target
    if published:
        mapping["published"] = published
    mapping["protocol"] = protocol
    return mapping


def _published(host: str, extra: int, text: str) -> Iterator[str]:
    """The published port of each container port."""
    if not host:
        yield from [""] * (extra + 1)
        return
    first, last = _range(host, text)
    if last - first == extra:
        yield from (str(port) for port in range(first, last + 1))
    elif extra == 0:
        yield f"{first}-{last}"
    else:
        raise ValueError(
            f"{text!r} maps {last - first + 1} host ports to {extra + 1} of containers"
        )


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
    port = int(text)
    if port > 65535:
        raise ValueError(f"{port} is not a port; the highest is 65535")
    return port


def _address(text: str, whole: str) -> str:
    if not text:
        return ""
    from ipaddress import ip_address

    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        ip_address(bare)
    except ValueError:
        raise ValueError(f"{whole!r}: {bare!r} is not an IP address; {_FORM}") from None
    return bare
