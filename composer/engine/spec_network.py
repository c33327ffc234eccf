"""The network side of a container: networks, names, ports, resolvers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from composer.engine.context import Context, NetworkFacts
from composer.engine.no_effect import NO_EFFECT
from composer.engine.spec_process import namespace
from composer.spec.model import Attachment, Project, Service
from composer.spec.podman import podman_extensions

Fragment = dict[str, Any]

_SHARED = ("container", "service")
_MODES_WITHOUT: dict[str, tuple[str, ...]] = {
    "ports": ("host", "none", "ns", *_SHARED),
    "expose": ("host", "none", "ns", *_SHARED),
    "dns": ("none", *_SHARED),
    "dns_opt": ("none", *_SHARED),
    "dns_search": ("none", *_SHARED),
    "extra_hosts": _SHARED,
    "mac_address": ("host", "none", "ns", "slirp4netns", "pasta", *_SHARED),
}
"""Attributes → the network modes in which they cannot be had."""


def networks(context: Context) -> Fragment:
    """``networks``, ``network_mode``, ``mac_address``.

    A container is known in each network by its service, its aliases, its own name and the link
    aliases that other services have for it.
    """
    service = context.service
    if context.joins("net"):
        return {}
    if service.network_mode:
        spec: Fragment = _mode(context, service.network_mode)
        if _possible(context, "mac_address"):
            # Podman's own network goes by this name, whatever its settings call it.
            own = _hardware_address(context, service.mac_address or "")
            spec["networks"] = {"default": {"static_mac": own}}
        return spec
    names = [service.name, context.name, *link_aliases(context.project, service.name)]
    attachments = {}
    for index, (key, said) in enumerate(_in_order(service)):
        attachment = _with_extensions(context, key, said or Attachment())
        mac = attachment.mac_address or (service.mac_address if index == 0 else None)
        part = _attachment(context, key, attachment, names, mac)
        if len(service.networks) > 1:
            # Podman would number the interfaces as it happens.
            part.setdefault("interface_name", f"eth{index}")
        attachments[context.project.networks[key].name] = part
    bridge: Fragment = {"netns": {"nsmode": "bridge"}}
    return bridge | ({"networks": attachments} if attachments else {})


def _mode(context: Context, text: str) -> Fragment:
    """``network_mode``; ``default`` is what Docker calls its own choice."""
    mode, _, options = text.partition(":")
    if mode in _USER_SPACE and options:
        return {"netns": {"nsmode": mode}, "network_options": {mode: options.split(",")}}
    return {"netns": namespace(context, "bridge" if text == "default" else text)}


_USER_SPACE = ("slirp4netns", "pasta")
"""Networks that a program beside the container makes; it takes options."""


def _in_order(service: Service) -> list[tuple[str, Attachment | None]]:
    """The networks by priority, the highest first, then by name: as Docker Compose connects them.

    The first gets ``eth0`` and the service's ``mac_address``.
    """
    return sorted(
        service.networks.items(), key=lambda item: (-(item[1].priority if item[1] else 0), item[0])
    )


_EXTENSIONS = ("mac_address", "interface_name")


def _with_extensions(context: Context, key: str, said: Attachment) -> Attachment:
    """``x-podman.mac_address`` and ``x-podman.interface_name`` count where the file has not said
    the specification's own."""
    if not said.extensions:
        return said
    more = podman_extensions(said.extensions)
    for name in more:
        if name not in _EXTENSIONS:
            known = ", ".join(_EXTENSIONS)
            context.warn(f"networks.{key}.x-podman.{name}", f"is unknown; {known} are known")
    return replace(
        said,
        mac_address=said.mac_address or more.get("mac_address"),
        interface_name=said.interface_name or more.get("interface_name"),
    )


def _attachment(
    context: Context, key: str, said: Attachment, names: list[str], mac: str | None
) -> Fragment:
    # A one-off container does not answer for its service, unless it is told to.
    answers = context.oneoff is None or context.oneoff.aliases
    aliases = [*names, *said.aliases] if answers else []
    spec: Fragment = {"aliases": list(dict.fromkeys(aliases))}
    said_addresses = {"ipv4_address": said.ipv4_address, "ipv6_address": said.ipv6_address}
    addresses = [
        _address(context, f"networks.{key}.{name}", text)
        for name, text in said_addresses.items()
        if text
    ]
    if addresses:
        spec["static_ips"] = addresses
    if mac:
        spec["static_mac"] = _hardware_address(context, mac)
    if said.interface_name:
        spec["interface_name"] = said.interface_name
    return spec


def _address(context: Context, attribute: str, text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        hint = "write it as 10.0.0.5 or fd00::5"
        raise context.wrong(attribute, f"{text!r} is no address", hint) from None
    return text


def _hardware_address(context: Context, text: str) -> str:
    if re.fullmatch(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", text) is None:
        hint = "write it as 02:42:ac:11:00:03"
        raise context.wrong("mac_address", f"{text!r} is no hardware address", hint)
    return text


def link_aliases(project: Project, service: str) -> list[str]:
    """What other services of the project call ``service`` in their ``links``."""
    links = (link for other in project.services.values() for link in other.links)
    pairs = (link.partition(":") for link in links)
    return [alias for name, _, alias in pairs if alias and name == service]


def _possible(context: Context, attribute: str) -> bool:
    """Whether the service says ``attribute`` and its network mode allows that; warns if not."""
    service = context.service
    mode = service.network_mode or ""
    if not getattr(service, attribute):
        return False
    if mode.partition(":")[0] not in _MODES_WITHOUT[attribute]:
        return True
    context.lacks("network_mode", mode, attribute=attribute)
    return False


def resolvers(context: Context) -> Fragment:
    """``dns``, ``dns_search`` and ``dns_opt``.

    On several networks Podman's name server answers a bare name for all of them, but a name with
    the search suffix ``.dns.podman`` only for its own. A resolver that tries the suffix first and
    takes "no such name" for the last word would know the names of one network only; so such a
    container has no search list unless the file says one.
    """
    service = context.service
    if context.joins("net"):
        return {}
    search = list(service.dns_search) if _possible(context, "dns_search") else []
    if not search and len(service.networks) > 1:
        search = ["."]
    said = {
        "dns_server": _servers(context) if _possible(context, "dns") else [],
        "dns_search": search,
        "dns_option": list(service.dns_opt) if _possible(context, "dns_opt") else [],
    }
    return {key: value for key, value in said.items() if value}


def _servers(context: Context) -> list[str]:
    """``dns``, behind Podman's own server where that does not ask them itself.

    Before 4.4 Podman writes these servers into ``resolv.conf`` in place of its own: services would
    not know each other any more. One address of it is enough: it answers for all networks.
    """
    servers = [_address(context, f"dns[{i}]", text) for i, text in enumerate(context.service.dns)]
    if context.around.release >= _FORWARDS:
        return servers
    for network in _networks_of(context):
        if network.dns and network.gateways:
            context.lacks("dns")
            return [network.gateways[0], *servers]
    return servers


def _networks_of(context: Context) -> Iterator[NetworkFacts]:
    for key, _ in _in_order(context.service):
        yield context.around.network(context.project.networks[key].name)


_FORWARDS = NO_EFFECT["services.*.dns"].before or (0, 0)


def hosts(context: Context) -> Fragment:
    """``extra_hosts``."""
    entries = []
    for entry in context.service.extra_hosts if _possible(context, "extra_hosts") else ():
        host, _, address = entry.partition("=") if "=" in entry else entry.partition(":")
        if address == _HOST_GATEWAY:
            address = _host_gateway(context)
        if address:
            entries.append(f"{host}:{address.strip('[]')}")
    return {"hostadd": entries} if entries else {}


_HOST_GATEWAY = "host-gateway"


def _host_gateway(context: Context) -> str:
    """Podman's own word for the address of its machine, or that address where it knows no word.

    Empty, with a warning, if there is none to be found.
    """
    if context.around.release >= _KNOWS_HOST_GATEWAY:
        return _HOST_GATEWAY
    if context.service.network_mode == "host":
        return "127.0.0.1"
    if not context.around.rootless:
        for network in _networks_of(context):
            if network.gateways:
                return network.gateways[0]
    address = context.around.host_address()
    if not address:
        context.lacks("extra_hosts")
    return address


_KNOWS_HOST_GATEWAY = NO_EFFECT["services.*.extra_hosts"].before or (0, 0)


def ports(context: Context) -> Fragment:
    """``ports``: with no published port Podman chooses one, of a range the first free is taken."""
    mappings = []
    for port in context.service.ports if _possible(context, "ports") else ():
        published = port.published or ""
        host_port = (
            int(published)
            if published.isdecimal()
            else context.around.free_port(port)
            if published
            else 0
        )
        mapping: Fragment = {"container_port": port.target, "protocol": port.protocol}
        if host_port:
            mapping["host_port"] = host_port
        if port.host_ip:
            mapping["host_ip"] = port.host_ip
        mappings.append(mapping)
    return {"portmappings": mappings} if mappings else {}


def expose(context: Context) -> Fragment:
    """``expose``: ``port``, ``port/protocol`` and ranges of them."""
    exposed: dict[str, str] = {}
    for text in context.service.expose if _possible(context, "expose") else ():
        found = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(\w+))?", text)
        if found is None:
            raise context.wrong("expose", f"{text!r} is no port", "write it as 80, 80-90 or 53/udp")
        first, last, protocol = found.groups()
        for number in range(int(first), int(last or first) + 1):
            exposed[str(number)] = protocol or "tcp"
    return {"expose": exposed} if exposed else {}


def external_links(context: Context) -> Fragment:
    """``external_links``: containers on a shared network answer to their own names already."""
    for link in context.service.external_links:
        name, _, alias = link.partition(":")
        if alias and alias != name:
            context.lacks("external_links", name)
    return {}
