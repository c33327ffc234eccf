"""Which services make up a workload, which of them only prepare it, and of what kind it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from composer.graph.needs import depends_on
from composer.graph.sequence import in_order
from composer.kube.generate.draft import Draft, Kind
from composer.kube.generate.extension import kubernetes
from composer.kube.names import dns_label
from composer.spec.model import Pod, Project, Service

COMPLETED = "service_completed_successfully"


@dataclass
class Workload:
    """Services whose containers are in one pod."""

    name: str
    members: list[Service]
    pod: Pod | None = None
    preparing: list[Service] = field(default_factory=list)
    """One-shot services that run to their end before the members start: init containers."""
    kind: Kind = "deployment"

    @property
    def replicas(self) -> int:
        """How many pods there are."""
        return self.pod.scale if self.pod is not None else self.members[0].replicas

    @property
    def path(self) -> str:
        """Where the file speaks of it."""
        if self.pod is not None and self.pod.key not in {s.name for s in self.members}:
            return f"x-podman.pods.{self.pod.key}"
        return f"services.{self.members[0].name}"

    @property
    def owner(self) -> Service | Pod:
        """Who says ports, networks, host names and the like for all of it."""
        return self.pod if self.pod is not None and self.pod.shares("net") else self.members[0]

    @property
    def speakers(self) -> list[Service | Pod]:
        """The owner and the members, each once."""
        own = self.owner
        return [own, *(service for service in self.members if service is not own)]

    @property
    def everyone(self) -> list[Service]:
        """The services with a container in it, those that prepare it first."""
        return [*self.preparing, *self.members]


def workloads(draft: Draft) -> list[Workload]:
    """The workloads of the project, in the order of the file."""
    project = draft.project
    found = _grouped(draft)
    home = {service.name: one for one in found.values() for service in one.members}
    once = _one_shots(project)
    for name in sorted(once, key=list(project.services).index):
        waiting = _waiting_workload(project, name, home)
        own = home[name]
        if waiting is not None and len(own.members) == 1 and own.replicas == 1:
            waiting.preparing.append(project.services[name])
            del found[own.name]
    order = in_order(project)
    for workload in found.values():
        for service in [s for s in workload.members if s.pod_init is not None]:
            workload.members.remove(service)
            workload.preparing.append(service)
        workload.preparing.sort(key=lambda service: order.index(service.name))
        workload.kind = _kind(draft, workload, once)
    return list(found.values())


def _grouped(draft: Draft) -> dict[str, Workload]:
    """A workload for each pod, and for each service that is in none."""
    project = draft.project
    found: dict[str, Workload] = {}
    homes: dict[str, str] = {}
    later = []
    for service in project.services.values():
        if service.provider is not None:
            draft.warn(f"services.{service.name}.provider", "a program of this machine provides it")
        elif (service.network_mode or "").startswith("service:"):
            later.append(service)
        else:
            pod = project.pod_of(service.name)
            name = _name(project, service, pod)
            found.setdefault(name, Workload(name, [], pod)).members.append(service)
            homes[service.name] = name
    while later:
        ready = [s for s in later if _parent(s) in homes]
        if not ready:  # what they join is not active, or provided
            break
        for service in ready:
            homes[service.name] = homes[_parent(service)]
            found[homes[service.name]].members.append(service)
            later.remove(service)
    return found


def _parent(service: Service) -> str:
    return (service.network_mode or "").removeprefix("service:")


def _name(project: Project, service: Service, pod: Pod | None) -> str:
    if pod is None:
        return dns_label(service.name, 52)  # room for what Kubernetes adds to names of pods
    name = pod.key
    while name in project.services and name not in pod.members:
        name += "-pod"
    return dns_label(name, 52)


def _one_shots(project: Project) -> dict[str, None]:
    """The services that others expect to end well."""
    return {
        name: None
        for service in project.services.values()
        for name, dependency in depends_on(service).items()
        if dependency.condition == COMPLETED
        and name in project.services
        and project.services[name].pod_init is None
    }


def _waiting_workload(project: Project, name: str, home: dict[str, Workload]) -> Workload | None:
    """The one workload that waits for the end of ``name``; None if there are more, or others that
    need it in another way."""
    waiting: dict[str, Workload] = {}
    for service in project.services.values():
        dependency = depends_on(service).get(name)
        if dependency is None:
            continue
        if dependency.condition != COMPLETED or service.name not in home:
            return None
        waiting[home[service.name].name] = home[service.name]
    if len(waiting) != 1 or home.get(name) is None:
        return None
    (found,) = waiting.values()
    # One that is an init container itself, or comes several times, would run it again and again.
    return found if found.replicas == 1 and found is not home[name] else None


_MODES: dict[str, Kind] = {"global": "daemonset", "global-job": "job", "replicated-job": "job"}


def _kind(draft: Draft, workload: Workload, once: dict[str, None]) -> Kind:
    if draft.options.kind is not None:
        return draft.options.kind
    for service in workload.members:
        said: Kind | None = kubernetes(draft.project, service).get("kind")
        if said is not None:
            return said
    if all(service.name in once or service.one_shot for service in workload.members):
        return "job"
    for service in workload.members:
        mode = service.deploy.mode if service.deploy is not None else None
        if mode in _MODES:
            return _MODES[mode]
    return "statefulset" if claims(draft.project, workload) else "deployment"


def claims(project: Project, workload: Workload) -> dict[str, None]:
    """The named volumes of ``workload`` that nobody else uses: each replica gets its own."""
    own: dict[str, None] = {}
    names = {service.name for service in workload.everyone}
    for service in workload.everyone:
        own |= dict.fromkeys(named_volumes(project, service))
    for other in project.services.values():
        if other.name not in names:
            for key in named_volumes(project, other):
                own.pop(key, None)
    return own


def named_volumes(project: Project, service: Service) -> list[str]:
    """The keys of the volumes of the project that become claims, and ``service`` mounts."""
    return [
        mount.source
        for mount in service.volumes
        if mount.type == "volume"
        and mount.source in project.volumes
        and not project.volumes[mount.source].external
        and not project.volumes[mount.source].temporary
        and not project.volumes[mount.source].driver_opts
    ]
