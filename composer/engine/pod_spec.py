"""``Pod`` → the JSON of POST /libpod/pods/create (Podman's PodSpecGenerator).

What the members of a pod share belongs to its infra container, which is mapped as a service is.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from composer import __version__, state
from composer.engine import spec_network as network
from composer.engine import spec_process as process
from composer.engine import spec_resources as resources
from composer.engine.container_spec import merge
from composer.engine.context import Context, ImageConfig, Surroundings
from composer.spec.definitions import pod_digests
from composer.spec.model import Attachment, Pod, Project, Service

Fragment = dict[str, Any]

_AS_A_SERVICE = (
    *("hostname", "domainname", "networks", "mac_address", "ports", "extra_hosts"),
    *("dns", "dns_search", "dns_opt", "cpus", "cpuset", "mem_limit", "shm_size", "sysctls"),
    "userns_mode",
)
"""What the file says of a pod in the words and with the meaning that services have for it."""

_MAPPINGS = {
    "net": (network.networks, network.resolvers, network.hosts, network.ports),
    "ipc": (resources.shared_memory,),
    "uts": (process.hostname,),
}
"""By namespace: the mappings of what lies in it, where the members share it."""

_ALWAYS = (process.namespaces, resources.limits, resources.sysctls)


def pod_spec(
    project: Project, key: str, number: int, around: Surroundings, warnings: list[str]
) -> Fragment:
    """The whole request body for the pod ``key`` of the replicas ``number``.

    What cannot be honoured is added to ``warnings``. Raises ``ComposerError`` for what cannot be.
    """
    pod = project.pods[key]
    name = project.pod_name(key, number)
    spec: Fragment = {"name": name, "labels": _labels(project, pod, number)}
    spec["exit_policy"] = pod.exit_policy
    context = Context(
        project=project,
        service=_infra_service(project, pod, number),
        number=number,
        name=name,
        image=ImageConfig(id="", name=""),
        around=around,
        warnings=warnings,
        place=f"x-podman.pods.{key}",
    )
    if pod.infra is None:
        return {**spec, **resources.limits(context), "no_infra": True}
    infra: Fragment = {
        "infra_name": f"{name}-infra",
        "infra_image": pod.infra.image,
        "infra_command": list(pod.infra.command),
        "shared_namespaces": list(pod.share) or ["none"],
        "security_opt": list(pod.security_opt),
    }
    spec |= {key: value for key, value in infra.items() if value}
    shared = [mapping for kind, own in _MAPPINGS.items() if pod.shares(kind) for mapping in own]
    if not pod.shares("net"):
        # Else it would have an address in Podman's own network, for nobody.
        spec["netns"] = {"nsmode": "none"}
    for mapping in (*shared, *_ALWAYS):
        merge(spec, mapping(context))
    if "resource_limits" in spec:
        # Podman tells of a limit of memory only beside one of processors.
        spec["resource_limits"].setdefault("cpu", {})
    return {key: value for key, value in spec.items() if value or key == "labels"}


def _infra_service(project: Project, pod: Pod, number: int) -> Service:
    """The infra container as a service, which answers in its networks to the members' names."""
    names: list[str] = []
    for member in pod.members:
        own = project.container_name(member, number)
        names += [member, own, *network.link_aliases(project, member)]
    service = Service(name=pod.key, **{name: getattr(pod, name) for name in _AS_A_SERVICE})
    attachments = {key: said or Attachment() for key, said in pod.networks.items()}
    return replace(
        service,
        networks={
            key: replace(said, aliases=(*names, *said.aliases)) for key, said in attachments.items()
        },
    )


def _labels(project: Project, pod: Pod, number: int) -> dict[str, str]:
    """The user's labels and ours, which the infra container gets as well: it names no service."""
    return {
        **pod.labels,
        state.PROJECT: project.name,
        state.PODMAN_PROJECT: project.name,
        state.POD: pod.key,
        state.NUMBER: "1" if pod.single else str(number),
        state.CONFIG_HASH: pod.config_hash,
        state.DEFINITION: state.packed(pod_digests(pod)),
        state.WORKING_DIR: project.working_dir,
        state.CONFIG_FILES: ",".join(project.files),
        state.VERSION: __version__,
    }
