"""Published ports as ``docker ps`` writes them, consecutive ones as a range."""

from __future__ import annotations

from collections.abc import Iterable

from composer.state import Published

ANY = "0.0.0.0"  # noqa: S104  (a text to show, nothing is bound to it)


def host_address(port: Published) -> str:
    """The address that a port is published on. Podman leaves it out when it is any."""
    return port.host_ip or ANY


def describe(ports: Iterable[Published]) -> str:
    """All ports in one text: ``0.0.0.0:8080-8082->80-82/tcp, 443/tcp``."""
    texts = []
    for first, last in _ranges(sorted(ports, key=_place)):
        inside = _span(first.container_port, last.container_port)
        if first.host_port:
            outside = _span(first.host_port, last.host_port)
            address = host_address(first)
            host = f"[{address}]" if ":" in address else address
            texts.append(f"{host}:{outside}->{inside}/{first.protocol}")
        else:
            texts.append(f"{inside}/{first.protocol}")
    return ", ".join(texts)


def _place(port: Published) -> tuple[str, str, int, int]:
    return (host_address(port), port.protocol, port.container_port, port.host_port)


def _ranges(ports: Iterable[Published]) -> list[tuple[Published, Published]]:
    """First and last port of each run that is consecutive both inside and outside."""
    found: list[tuple[Published, Published]] = []
    for port in ports:
        if found and _follows(found[-1][1], port):
            found[-1] = (found[-1][0], port)
        else:
            found.append((port, port))
    return found


def _follows(last: Published, port: Published) -> bool:
    same = host_address(last) == host_address(port) and last.protocol == port.protocol
    step = 1 if last.host_port else 0
    return (
        same
        and port.container_port == last.container_port + 1
        and port.host_port == last.host_port + step
    )


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
