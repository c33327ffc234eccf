"""``extra_hosts[]``: ``HOST=ADDRESS`` or ``HOST:ADDRESS``; an IPv6 address may have brackets."""

from __future__ import annotations


def entry(text: str) -> str:
    """An entry as ``HOST=ADDRESS``. Raises ``ValueError``."""
    host, separator, address = text.partition("=")
    if not separator:
        host, separator, address = text.partition(":")
    host, address = host.strip(), address.strip()
    if not host or not address:
        raise ValueError(f"{text!r} is not allowed; HOST=ADDRESS is expected")
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    return f"{host}={address}"
