"""``Project`` → parts: every container, pod, network, volume and image that a unit stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from msgspec.structs import replace

from composer import state
from composer.engine.container_spec import container_spec
from composer.engine.context import Context, ImageConfig, NetworkFacts, Surroundings
from composer.engine.pod_spec import pod_spec
from composer.engine.resource_spec import network_spec, volume_spec
from composer.errors import ComposerError
from composer.graph.needs import image_name
from composer.spec.contents import with_contents
from composer.spec.model import Port, Project, Service
from composer.systemd import relations
from composer.systemd.container_options import container_options
from composer.systemd.images import build_part, image_part, qualified
from composer.systemd.leftovers import LEFT, adapt, adapt_network
from composer.systemd.options import Fragment, Option
from composer.systemd.parts import Part
from composer.systemd.quoting import escaped, words
from composer.systemd.resource_options import network_options, pod_options, volume_options
from composer.systemd.secrets import Secrets
from composer.systemd.units import Machine, Replica

Images = Callable[[str], ImageConfig | None]


_LOST = "what is in it is lost when the unit stops"


class Description:
    """The parts of a project. What cannot be said is in ``warnings``."""

    def __init__(self, project: Project, machine: Machine, images: Images) -> None:
        self.project = project = with_contents(project, project.services)
        self.machine = machine
        self.warnings: list[str] = list(project.warnings)
        self.secrets = Secrets(project)
        self.replicas_by_base: dict[str, Replica] = {}
        """By the name of the unit, without a suffix."""
        self._images = cache(images)
        self._ports = set(_fixed_ports(project))
        self._one_shots = relations.one_shots(project)
        self._healthy = relations.awaited(project, "service_healthy") | relations.awaited(
            project, "running_or_healthy"
        )
        self._services = {n: s for n, s in project.services.items() if self._has_unit(s)}
        self._units = {
            name: [f"{self._base(name, n)}.service" for n in self._numbers(service)]
            for name, service in self._services.items()
        }
        self.parts = [*self._networks(), *self._volumes(), *self._built(), *self._pods()]
        self.parts += self._containers()

    def _warn(self, path: str, text: str) -> None:
        self.warnings.append(f"{path}: {text}")

    def _has_unit(self, service: Service) -> bool:
        if service.provider is None:
            return True
        self._warn(f"services.{service.name}.provider", LEFT["provider"])
        return False

    def _base(self, service: str, number: int) -> str:
        """The name of a replica's unit: never a name of the user's own, which may be anybody's."""
        return "-".join((self.project.name, service, str(number)))

    def _numbers(self, service: Service) -> range:
        pod = self.project.pod_of(service.name)
        return range(1, (service.replicas if pod is None or pod.single else pod.scale) + 1)

    # --- networks, volumes, images ----------------------------------------------------------------

    def _networks(self) -> Iterator[Part]:
        used = {key for service in self._services.values() for key in service.networks}
        used |= {key for pod in self.project.pods.values() for key in pod.networks}
        for key in sorted(used & self.project.networks.keys()):
            network = self.project.networks[key]
            if network.external:
                continue
            spec = network_spec(self.project, key, self.warnings.append, self.machine.release)
            adapt_network(spec, self.machine.release, partial(self._warn, f"networks.{key}"))
            yield Part(
                section="Network",
                base=f"{self.project.name}-{key}",
                name=network.name,
                description=f"network {network.name}",
                options=network_options(spec),
            )

    def _volumes(self) -> Iterator[Part]:
        mounts = [(s, m) for s in self._services.values() for m in s.volumes if m.type == "volume"]
        keys = sorted({m.source for _, m in mounts if m.source in self.project.volumes})
        for key in keys:
            volume = self.project.volumes[key]
            users = [service for service, mount in mounts if mount.source == key]
            if volume.external:
                continue
            numbers = max((self._numbers(service)[-1:] or [1])[0] for service in users)
            for number in range(1, numbers + 1) if volume.per_replica else (1,):
                name = volume.name_for(number)
                yield Part(
                    section="Volume",
                    base=f"{self.project.name}-{key}" + (f"-{number}" * volume.per_replica),
                    name=name,
                    description=f"volume {name}",
                    options=volume_options(volume_spec(self.project, key, name)),
                )

    def _built(self) -> Iterator[Part]:
        seen: set[str] = set()
        for service in self._services.values():
            if service.build is not None:
                part = build_part(self.project, service, self.warnings.append)
            elif self._pulls(service):
                part = image_part(self.project, service)
            else:
                continue
            if part.name not in seen:
                seen.add(part.name)
                yield part

    def _pulls(self, service: Service) -> bool:
        """Whether a unit pulls the image, before the containers that want it at each start."""
        always = service.pull_policy == "always" and service.build is None and not service.rootfs
        return always and self.machine.release >= (4, 8)

    # --- pods and containers ----------------------------------------------------------------------

    def _pods(self) -> Iterator[Part]:
        for key, pod in self.project.pods.items():
            if pod.infra is None:
                path = f"x-podman.pods.{key}.infra"
                raise ComposerError(
                    f"{path}: a pod without an infra container cannot be a unit",
                    hint="leave infra out: systemd watches a pod by that container",
                    position=self.project.where(path),
                )
            for number in (1,) if pod.single else range(1, pod.scale + 1):
                spec = pod_spec(self.project, key, number, self._around(), self.warnings)
                name = str(spec["name"])
                yield Part(
                    section="Pod",
                    base=name
                    if name.startswith(f"{self.project.name}-")
                    else f"{self.project.name}-{name}",
                    name=name,
                    description=f"{self.project.name}: pod {key}"
                    + (f", {number}" * (pod.scale > 1)),
                    options=pod_options(spec),
                    unit=[("PartOf", f"{self.project.name}.target")],
                    service=[("TimeoutStartSec", str(relations.START_SECONDS))],
                )

    def _containers(self) -> Iterator[Part]:
        for name, service in self._services.items():
            for number in self._numbers(service):
                yield self._container(service, number)
                base = self._base(name, number)
                container = self.project.container_name(name, number)
                self.replicas_by_base[base] = Replica(name, number, container, f"{base}.service")

    def _container(self, service: Service, number: int) -> Part:
        project, name = self.project, service.name
        context = self._context(service, number)
        spec = container_spec(context)
        if not context.image.id:
            spec["labels"].pop(state.IMAGE, None)
        first = number == 1
        done = tuple(f"services.{name}.{attribute}: " for attribute in _done_by_units(service))
        self.warnings += [w for w in context.warnings if first and not w.startswith(done)]
        warn = self._about(name if first else None)
        adapt(spec, service, self.machine.release, warn)
        part = Part(
            section="Container",
            base=self._base(name, number),
            name=context.name,
            description=f"{project.name}: {name}" + (f", {number}" * (service.replicas > 1)),
            options=[*container_options(spec), *self._pull(service)],
            globals=[Option("--runtime", service.runtime)] if service.runtime else [],
            image=str(spec.get("image", "")),
            rootfs=_rootfs(spec),
            command=tuple(spec.get("command") or ()),
            one_shot=name in self._one_shots,
            healthy=name in self._healthy and _checked(spec),
        )
        part.options += [self.secrets.option(file, service, part) for file in context.files]
        part.probed = part.healthy and (
            self.machine.release < relations.HEALTHY_SINCE or bool(service.post_start)
        )
        if self._pulls(service):
            part.pulled = image_part(project, service).name
        release = self.machine.release
        unit, restart = relations.restarts(service, context.pod, part.one_shot, release, warn)
        part.unit += [("PartOf", f"{project.name}.target")]
        part.unit += [*relations.dependencies(project, service, number, self._units), *unit]
        part.service += restart
        part.service += relations.times(spec, healthy=part.healthy, one_shot=part.one_shot)
        part.service += [("ExecStartPre", _folder(path)) for path in context.folders]
        # What a hook does may be what makes the container healthy.
        part.service += relations.hooks(service, part, self.machine)
        part.service += relations.health(part, spec, self.machine)
        if first:
            self._tell_of_loss(service, spec, context.image)
        return part

    def _about(self, service: str | None) -> relations.Warn:
        def warn(attribute: str, text: str) -> None:
            if service is not None:
                self._warn(f"services.{service}.{attribute}", text)

        return warn

    def _context(self, service: Service, number: int) -> Context:
        project, name = self.project, service.name
        image = image_name(project, service)
        found = self._images(image) if image else None
        built = service.build is not None
        # Init containers of Podman are pods' own; here they are units that the others wait for.
        return Context(
            project=project,
            service=replace(service, pod_init=None),
            number=number,
            name=project.container_name(name, number),
            image=found or ImageConfig(id="", name=qualified(image, built) if image else ""),
            around=self._around(),
            pod=project.pod_of(name),
        )

    def _pull(self, service: Service) -> list[Option]:
        policy = service.pull_policy or "missing"
        if service.rootfs or service.build or self._pulls(service):
            return []
        if service.platform and policy != "always":
            return [Option("--platform", service.platform)]
        if policy in ("missing", "if_not_present", "build"):
            return []
        if policy in ("never", "always"):
            return [Option("--pull", policy)]
        self._warn(f"services.{service.name}.pull_policy", f"{policy} becomes newer: at each start")
        return [Option("--pull", "newer")]

    def _tell_of_loss(self, service: Service, spec: Fragment, image: ImageConfig) -> None:
        """Anonymous volumes end with their container, and units make a new one at each start."""
        path = f"services.{service.name}"
        for index, mount in enumerate(service.volumes):
            if mount.type == "volume" and mount.source is None:
                self._warn(f"{path}.volumes[{index}]", f"{_LOST}: give the volume a name")
        mounted = {said["Dest"] for said in spec.get("volumes", ())}
        mounted |= {said["destination"] for said in spec.get("mounts", ())}
        for place in image.volumes:
            if place.rstrip("/") not in {target.rstrip("/") for target in mounted}:
                self._warn(f"{path}.image", f"{place}: {_LOST}: mount a volume there")

    # --- surroundings -----------------------------------------------------------------------------

    def _around(self) -> Surroundings:
        """What mappings ask of the engine, answered without one."""
        return Surroundings(
            peer=lambda service: self.project.container_name(service, 1),
            free_port=self._free_port,
            volume_path=self._volume_path,
            local=True,
            network=lambda _name: NetworkFacts(),
            host_address=lambda: "",
            release=self.machine.release,
            rootless=self.machine.rootless,
            socket=self.machine.socket,
            deferred=True,
        )

    def _free_port(self, port: Port) -> int:
        """The first port of a range that no other replica has been given."""
        first, _, last = (port.published or "").partition("-")
        for number in range(int(first), int(last or first) + 1):
            if (number, port.protocol) not in self._ports:
                self._ports.add((number, port.protocol))
                return number
        path = next(path for path, ports in _ports(self.project) if port in ports)
        raise ComposerError(
            f"{path}: no port is left in {port.published}/{port.protocol}",
            hint="widen the range: each replica needs a port of its own",
            position=self.project.where(path),
        )

    def _volume_path(self, name: str) -> str:
        rootless = Path.home() / ".local/share/containers"
        own = rootless if self.machine.rootless else Path("/var/lib/containers")
        folder = Path(self.machine.volumes) if self.machine.volumes else own / "storage/volumes"
        return str(folder / name / "_data")


def _rootfs(spec: Fragment) -> str:
    overlay = ":O" if spec.get("rootfs_overlay") else ""
    return f"{spec['rootfs']}{overlay}" if "rootfs" in spec else ""


def _checked(spec: Fragment) -> bool:
    test = (spec.get("healthconfig") or {}).get("Test") or ["NONE"]
    return bool(test[0] != "NONE")


def _folder(path: str) -> str:
    return words(["/bin/mkdir", "-p", escaped(path)])


def _ports(project: Project) -> Iterator[tuple[str, tuple[Port, ...]]]:
    """All published ports, by where the file says them."""
    for name, service in project.services.items():
        yield f"services.{name}.ports", service.ports
    for key, pod in project.pods.items():
        yield f"x-podman.pods.{key}.ports", pod.ports


def _fixed_ports(project: Project) -> Iterator[tuple[int, str]]:
    """The host ports that the file gives to somebody: ranges are dealt out around them."""
    for _, ports in _ports(project):
        for port in ports:
            if (port.published or "").isdecimal():
                yield int(port.published or ""), port.protocol


def _done_by_units(service: Service) -> Iterator[str]:
    """Attributes that Podman's API has nothing for, and its program or systemd has."""
    policy = service.deploy.restart_policy if service.deploy else None
    yield "runtime"
    yield "deploy.restart_policy.delay"
    if policy is not None and policy.max_attempts:
        yield "deploy.restart_policy.window"
