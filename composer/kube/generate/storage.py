"""The volumes of a workload's pods, and what its containers mount."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from composer.kube.generate.draft import Draft, Manifest
from composer.kube.generate.extension import kubernetes_volume
from composer.kube.generate.files import config_map, file_object, gather, object_key
from composer.kube.generate.metadata import add_labels
from composer.kube.generate.quantities import memory
from composer.kube.generate.workloads import Workload, claims, named_volumes
from composer.kube.names import PER_REPLICA, dns_label
from composer.spec.model import FileReference, Mount, Service, Volume
from composer.spec.units import size as bytes_of

SIZE = "1Gi"
"""What a volume asks for that says no ``size``: Compose has no word for it."""

VolumeMount = dict[str, Any]


class Storage:
    """Collects the volumes of one workload while its containers are made."""

    def __init__(self, draft: Draft, workload: Workload) -> None:
        self.draft = draft
        self.workload = workload
        self.volumes: dict[str, dict[str, Any]] = {}
        """What pods have besides the claims of a StatefulSet, by name."""
        self.templates: dict[str, Manifest] = {}
        """``volumeClaimTemplates`` by name."""
        own = claims(draft.project, workload) if workload.kind == "statefulset" else {}
        self._own_claims = frozenset(own)

    def mounts(self, service: Service) -> list[VolumeMount]:
        """The ``volumeMounts`` of the container of ``service``."""
        found: list[VolumeMount] = []
        for index, mount in enumerate(service.volumes):
            made = _MOUNTS[mount.type](
                self, service, mount, f"services.{service.name}.volumes[{index}]"
            )
            found += [made] if made else []
        found += self._inherited(service)
        for entry in service.tmpfs:
            target, _, options = entry.partition(":")
            found.append(self._memory(service, target, _sizes(options)))
        shm = service.shm_size or (self.workload.pod.shm_size if self.workload.pod else None)
        if shm:
            found.append(self._memory(service, "/dev/shm", int(shm), name="shm"))  # noqa: S108
        for section, references in (("configs", service.configs), ("secrets", service.secrets)):
            found += [self._reference(service, section, reference) for reference in references]
        return self._distinct(service, found)

    def _distinct(self, service: Service, mounts: list[VolumeMount]) -> list[VolumeMount]:
        """``mounts``, each place once, the last that is said for it."""
        found: dict[str, VolumeMount] = {}
        for mount in mounts:
            place = mount["mountPath"]
            if ":" in place or not place.strip():
                path = f"services.{service.name}.volumes"
                self.draft.warn(path, f"{place!r} is no place in a container: left out")
                continue
            found.pop(place, None)
            found[place] = mount
        return list(found.values())

    def _add(self, name: str, **source: Any) -> str:
        """Add a volume and return its name, which is another if that stands for another source."""
        wanted, number = dns_label(name), 1
        chosen = wanted
        while chosen in self.templates or self.volumes.get(chosen, source) != source:
            number += 1
            chosen = dns_label(f"{wanted}-{number}")
        self.volumes[chosen] = source
        return chosen

    def _inherited(self, service: Service) -> list[VolumeMount]:
        """``volumes_from``, as far as it names services."""
        found = []
        for index, entry in enumerate(service.volumes_from):
            path = f"services.{service.name}.volumes_from[{index}]"
            name, _, mode = entry.partition(":")
            other = self.draft.project.services.get(name)
            if other is None:
                self.draft.warn(path, f"{entry!r} is no service of the file: left out")
                continue
            own = {mount.target for mount in service.volumes}
            found += [
                {**mount, "readOnly": True} if mode == "ro" else mount
                for mount in self.mounts(other)
                if mount["mountPath"] not in own
            ]
        return found

    def named(self, service: Service, mount: Mount, _path: str) -> VolumeMount | None:
        """A volume of the project, or one without a name."""
        if mount.source is None:
            return self._mount(self._add(_short(service, mount.target), emptyDir={}), mount)
        volume = self.draft.project.volumes[mount.source]
        plain = _LOCAL_DRIVERS.get(volume.driver_opts.get("type", ""))
        if plain is not None and not volume.external:
            return self._mount(self._add(mount.source, **plain(volume)), mount)
        if volume.temporary:  # of the pod, as kube import has them of an emptyDir
            return self._mount(self._add(mount.source, emptyDir={}), mount)
        if volume.driver_opts and not volume.external:
            self.draft.warn(f"volumes.{volume.key}.driver_opts", "a claim knows no such options")
        name = dns_label(volume.key)
        if volume.key in self._own_claims:
            self.templates[name] = claim(self.draft, volume, self.workload, template=True)
            return self._mount(name, mount)
        bound = dns_label(volume.name) if volume.external else name
        if not volume.external:
            claim(self.draft, volume, self.workload)
        source = {"persistentVolumeClaim": {"claimName": bound}}
        return self._mount(self._add(name, **source), mount)

    def bound(self, service: Service, mount: Mount, path: str) -> VolumeMount | None:
        """A file or folder of this machine: in a ConfigMap if it can be, else of the node."""
        source = mount.source or ""
        files = gather(source) if mount.read_only else None
        if files is None:
            self.draft.warn(path, _why_of_the_node(source, mount))
            path_there = {"path": source, "type": _kind_of(source, mount)}
            volume = self._add(_short(service, mount.target), hostPath=path_there)
            said = mount.bind.propagation if mount.bind is not None else None
            propagation = _PROPAGATION.get(said or "")
            return self._mount(volume, mount) | (
                {"mountPropagation": propagation} if propagation else {}
            )
        name = self._config_map(source, config_map(files.texts))
        found = self._mount(self._add(name, configMap={"name": name, **files.details()}), mount)
        if not files.folder:
            found["subPath"] = next(iter(files.paths.values()))
        return found

    def _config_map(self, source: str, parts: Mapping[str, Any]) -> str:
        """The name of the ConfigMap with ``parts``, called as its source is in the project."""
        relative = os.path.relpath(source, self.draft.project.working_dir)
        wanted = dns_label(relative.replace("..", ""), 50)
        name, number = wanted, 1
        owner = self.workload.name
        while True:
            made = self.draft.add("ConfigMap", name, owner, **parts)
            if all(made.get(key) == part for key, part in parts.items()):
                return name
            number += 1
            name = f"{wanted}-{number}"

    def in_memory(self, service: Service, mount: Mount, _path: str) -> VolumeMount | None:
        """``type: tmpfs``."""
        size = mount.tmpfs.size if mount.tmpfs is not None else None
        found = self._memory(service, mount.target, size)
        return {**found, "readOnly": True} if mount.read_only else found

    def unknown(self, _service: Service, mount: Mount, path: str) -> VolumeMount | None:
        """What not every cluster has a word for."""
        self.draft.warn(path, f"a mount of type {mount.type!r} has no counterpart: left out")
        return None

    def _memory(
        self, service: Service, target: str, size: int | None, name: str = ""
    ) -> VolumeMount:
        content: dict[str, Any] = {"medium": "Memory"}
        if size:
            content["sizeLimit"] = memory(size)
        volume = self._add(name or _short(service, target), emptyDir=content)
        return {"name": volume, "mountPath": target}

    def _reference(self, service: Service, section: str, said: FileReference) -> VolumeMount:
        """A config or secret: its text as one file at its place."""
        defined = getattr(self.draft.project, section)[said.source]
        name = file_object(self.draft, section, defined, self.workload.name)
        key = object_key(defined)
        folder = "/run/secrets/" if section == "secrets" else "/"
        target = said.target or said.source
        content: dict[str, Any] = {"secretName" if section == "secrets" else "name": name}
        if said.mode is not None:
            mode = int(said.mode, 8) if isinstance(said.mode, str) else said.mode
            content["defaultMode"] = mode
        if said.uid or said.gid:
            self.draft.warn(
                f"services.{service.name}.{section}", f"{said.source}: Kubernetes sets no owner"
            )
        kind = "secret" if section == "secrets" else "configMap"
        if kind == "secret":
            content["optional"] = False  # Podman 4.3 falls over one that does not say it
        volume = self._add(name, **{kind: content})
        where = target if target.startswith("/") else folder + target
        return {"name": volume, "mountPath": where, "subPath": key, "readOnly": True}

    def _mount(self, volume: str, mount: Mount) -> VolumeMount:
        found: VolumeMount = {"name": volume, "mountPath": mount.target}
        if mount.volume is not None and mount.volume.subpath:
            found["subPath"] = mount.volume.subpath
        if mount.read_only:
            found["readOnly"] = True
        return found


_MOUNTS: dict[str, Callable[[Storage, Service, Mount, str], VolumeMount | None]] = {
    "volume": Storage.named,
    "bind": Storage.bound,
    "tmpfs": Storage.in_memory,
    "image": Storage.unknown,
    "npipe": Storage.unknown,
    "cluster": Storage.unknown,
}


def claim(draft: Draft, volume: Volume, workload: Workload, *, template: bool = False) -> Manifest:
    """The PersistentVolumeClaim of a volume: added to ``draft``, or a template of a StatefulSet."""
    said = kubernetes_volume(draft.project, volume)
    spec: dict[str, Any] = {"accessModes": [said.get("access") or _access(draft, volume, template)]}
    if "class" in said:
        spec["storageClassName"] = said["class"]
    spec["resources"] = {"requests": {"storage": said.get("size", SIZE)}}
    name = dns_label(volume.key)
    if volume.driver not in (None, "local"):
        path = f"volumes.{volume.key}.driver"
        draft.warn(path, "claims have classes of storage (x-kubernetes.class)")
    made: Manifest = {"metadata": {"name": name}, "spec": spec}
    if not template:
        made = draft.add("PersistentVolumeClaim", name, workload.name, spec=spec)
    if template and volume.per_replica:
        made["metadata"]["labels"] = {PER_REPLICA: "true"}
    add_labels(draft, f"volumes.{volume.key}.labels", made["metadata"], volume.labels)
    return made


def _access(draft: Draft, volume: Volume, template: bool) -> str:
    """Many pods at once only where the file has many: not every storage can do that."""
    project = draft.project
    users = [s for s in project.services.values() if volume.key in named_volumes(project, s)]
    pods = {service.pod or service.name for service in users}
    many = len(pods) > 1 or any(service.replicas > 1 for service in users)
    return "ReadWriteMany" if many and not template else "ReadWriteOnce"


def _nfs(volume: Volume) -> dict[str, Any]:
    options = dict(
        entry.partition("=")[::2] for entry in volume.driver_opts.get("o", "").split(",")
    )
    path = volume.driver_opts.get("device", "").lstrip(":")
    found: dict[str, Any] = {"server": options.get("addr", ""), "path": path}
    if "ro" in options:
        found["readOnly"] = True
    return {"nfs": found}


def _tmpfs(volume: Volume) -> dict[str, Any]:
    size = _sizes(volume.driver_opts.get("o", ""))
    return {"emptyDir": {"medium": "Memory", **({"sizeLimit": memory(size)} if size else {})}}


_LOCAL_DRIVERS: dict[str, Callable[[Volume], dict[str, Any]]] = {
    "nfs": _nfs,
    "nfs4": _nfs,
    "tmpfs": _tmpfs,
}
"""Types of the ``local`` driver that pods have volumes for."""


_PROPAGATION = {
    "rshared": "Bidirectional",
    "shared": "Bidirectional",
    "rslave": "HostToContainer",
    "slave": "HostToContainer",
}


def _kind_of(source: str, mount: Mount) -> str:
    """The ``type`` of a ``hostPath``."""
    if Path(source).is_socket():
        return "Socket"
    if Path(source).is_file():
        return "File"
    there = mount.bind is not None and not mount.bind.create_host_path
    return "Directory" if there else "DirectoryOrCreate"


def _sizes(options: str) -> int | None:
    """The ``size`` among mount options, in bytes."""
    for option in options.split(","):
        key, _, value = option.partition("=")
        if key == "size":
            try:
                return int(bytes_of(value))
            except ValueError:
                return None
    return None


def _short(service: Service, target: str) -> str:
    return dns_label(f"{service.name}-{target.strip('/') or 'root'}", 50)


def _why_of_the_node(source: str, mount: Mount) -> str:
    reason = "the node that the pod is on has to have it"
    if not mount.read_only and Path(source).exists():
        reason += " (mounted read-only, small files would be put into a ConfigMap)"
    return f"{source}: {reason}"
