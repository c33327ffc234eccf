"""The network side of a container: networks, names, ports, resolvers."""

from __future__ import annotations

from typing import Any

from composer.engine.context import Context
from composer.engine.spec_process import namespace
from composer.spec.model import Attachment, Service

Fragment = dict[str, Any]

_OWN_STACK = ("", "bridge", "private", "slirp4netns", "pasta")
"""The network modes in which a container has ports, host entries and resolvers of its own."""


def networks(context: Context) -> Fragment:
    """``networks``, ``network_mode``, ``mac_address``.

    A container is known in each network by its service, its aliases, its own name and the link
    aliases that other services have for it.
    """
    service = context.service
    if service.network_mode:
        return {"netns": _mode(context, service.network_mode)}
    names = [service.name, context.name, *_link_aliases(context)]
    attachments = {}
    for index, (key, said) in enumerate(service.networks.items()):
        attachment = said or Attachment()
        mac = attachment.mac_address or (service.mac_address if index == 0 else None)
        attachments[context.project.networks[key].name] = _attachment(
            context, key, attachment, names, mac
        )
    spec: Fragment = {"netns": {"nsmode": "bridge"}}
    return spec | ({"networks": attachments} if attachments else {})


def _mode(context: Context, text: str) -> Fragment:
    """``network_mode``; ``default`` is what Docker calls its own choice."""
    return namespace(context, "bridge" if text == "default" else text)


def _attachment(
    context: Context, key: str, said: Attachment, names: list[str], mac: str | None
) -> Fragment:
    # A one-off container does not answer for its service.
    aliases = list(said.aliases) if context.oneoff else [*names, *said.aliases]
    spec: Fragment = {"aliases": list(dict.fromkeys(aliases))}
    addresses = [a for a in (said.ipv4_address, said.ipv6_address) if a]
    if addresses:
        spec["static_ips"] = addresses
    if mac:
        spec["static_mac"] = mac
    if said.interface_name:
        spec["interface_name"] = said.interface_name
    ignored = {
        "link_local_ips": said.link_local_ips,
        "driver_opts": said.driver_opts,
        "gw_priority": said.gw_priority,
        "priority": said.priority,
    }
    for attribute, value in ignored.items():
        if value:
            context.warn(f"networks.{key}.{attribute}", "Podman has nothing like it")
    return spec


def _link_aliases(context: Context) -> list[str]:
    """What other services of the project call this one in their ``links``."""
    links = (link for other in context.project.services.values() for link in other.links)
    pairs = (link.partition(":") for link in links)
    return [alias for name, _, alias in pairs if alias and name == context.service.name]


def has_own_stack(service: Service) -> bool:
    """Whether the service shares its network with nobody, not even the host."""
    return (service.network_mode or "").partition(":")[0] in ("default", *_OWN_STACK)


def resolvers(context: Context) -> Fragment:
    """``dns``, ``dns_search`` and ``dns_opt``.

    On several networks Podman's name server answers a bare name for all of them, but a name with
    the search suffix ``.dns.podman`` only for its own. A resolver that tries the suffix first and
    takes "no such name" for the last word would know the names of one network only; so such a
    container has no search list unless the file says one.
    """
    service = context.service
    if not has_own_stack(service):
        return {}
    search = list(service.dns_search)
    if not search and len(service.networks) > 1:
        search = ["."]
    said = {
        "dns_server": list(service.dns),
        "dns_search": search,
        "dns_option": list(service.dns_opt),
    }
    return {key: value for key, value in said.items() if value}


def hosts(context: Context) -> Fragment:
    """``extra_hosts``. ``host-gateway`` is Podman's word as well."""
    entries = []
    for entry in context.service.extra_hosts:
        host, _, address = entry.partition("=") if "=" in entry else entry.partition(":")
        entries.append(f"{host}:{address.strip('[]')}")
    return {"hostadd": entries} if entries and has_own_stack(context.service) else {}


def ports(context: Context) -> Fragment:
    """``ports``: with no published port Podman chooses one, of a range the first free is taken."""
    mappings = []
    for port in context.service.ports if has_own_stack(context.service) else ():
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
    for text in context.service.expose if has_own_stack(context.service) else ():
        numbers, _, protocol = text.partition("/")
        first, _, last = numbers.partition("-")
        if first.isdecimal():
            for number in range(int(first), int(last or first) + 1):
                exposed[str(number)] = protocol or "tcp"
    return {"expose": exposed} if exposed else {}


def external_links(context: Context) -> Fragment:
    """``external_links``: containers on a shared network answer to their own names already."""
    for link in context.service.external_links:
        name, _, alias = link.partition(":")
        if alias and alias != name:
            context.warn("external_links", f"{name} is known by its own name only, not as {alias}")
    return {}
