"""The volumes of a pod, and what its containers mount of them."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from composer.kube.names import PER_REPLICA
from composer.kube.quantities import size, size_text
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft, extend, mapping
from composer.kube.read.environment import expand, field_value
from composer.kube.read.workloads import Member, Workload
from composer.spec.tree import Map, put

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the place that Kubernetes' users name


class File(NamedTuple):
    """A file of a volume: what it is called there, its text and its permissions (octal)."""

    path: str
    config: str
    content: str
    mode: str | None
    said: Cursor


@dataclass
class Mounting:
    """One mount of a container that is to be said by ``service``."""

    draft: Draft
    workload: Workload
    member: Member
    service: Map
    mount: Cursor
    volume: Cursor
    """The volume, or the claim's template."""
    users: int
    """How many mounts of the pod are of this volume."""
    variables: Mapping[str, str]

    @property
    def target(self) -> str:
        """Where it is mounted."""
        return self.mount.get("mountPath").text().rstrip("/") or "/"

    @property
    def key(self) -> str:
        """What the volume is called in the document if it is no claim: others may have one of the
        same name, but for those of our own manifests, which were volumes of a project."""
        name = self.volume.get("name").text()
        return name if self.workload.one.ours else f"{self.workload.key}-{name}"

    @property
    def inside(self) -> str:
        """What of the volume is mounted; empty for all of it."""
        plain = self.mount.get("subPath").text()
        return plain or expand(self.mount.get("subPathExpr").text(), self.variables)

    @property
    def read_only(self) -> bool:
        """Whether nobody may write there."""
        return self.mount.get("readOnly").value is True

    def say(self, text: str) -> None:
        """Add a mount in its short form."""
        extend(self.service, "volumes", [text], self.mount.mark)

    def say_long(self, **values: object) -> None:
        """Add a mount in its long form."""
        whole = {"target": self.target, "read_only": self.read_only or None}
        made = mapping({"type": values.pop("type"), **values, **whole}, self.mount.mark)
        extend(self.service, "volumes", [made], self.mount.mark)

    def say_named(self, key: str) -> None:
        """Add a mount of the volume ``key`` of the document."""
        if self.inside:
            below = mapping({"subpath": self.inside}, self.mount.mark)
            self.say_long(type="volume", source=key, volume=below)
        else:
            self.say(f"{key}:{self.target}{':ro' if self.read_only else ''}")


def mounts(
    draft: Draft, workload: Workload, member: Member, service: Map, variables: Mapping[str, str]
) -> None:
    """Let ``service`` mount what the container of ``member`` mounts."""
    volumes = {v.get("name").text(): v for v in workload.spec.get("volumes").each()}
    for template in workload.one.root.get("spec", "volumeClaimTemplates").each():
        volumes[template.get("metadata", "name").text()] = template
    everywhere = Counter(
        mount.get("name").text()
        for other in workload.members
        for mount in other.said.get("volumeMounts").each()
    )
    for mount in member.said.get("volumeMounts").each():
        name = mount.get("name").text()
        volume = volumes[name]
        one = Mounting(
            *(draft, workload, member, service, mount, volume, everywhere[name], variables)
        )
        for key, said in volume.items():
            if key in _KINDS:
                _KINDS[key](one, said)
            elif key not in ("name", "metadata", "apiVersion", "kind", "status"):
                draft.wrong(said, "composer mounts no volumes of this kind", _HINT)


_HINT = "hostPath, emptyDir, configMap, secret, projected and persistentVolumeClaim are mounted"


# --- folders ------------------------------------------------------------------------------------


def _empty(one: Mounting, said: Cursor) -> None:
    """``emptyDir``: of one container alone, or a volume of the pod; in memory or not."""
    limit = said.get("sizeLimit")
    memory = said.get("medium").text().startswith("Memory")
    options = f"size={size_text(size(limit.value))}" if limit else ""
    if memory and one.target == SHARED_MEMORY:
        if limit:
            put(one.service, "shm_size", size_text(size(limit.value)), one.mount.mark)
        return
    if limit and not memory:
        one.draft.warn(limit, "Podman does not limit the size of volumes")
    if one.users == 1 and not one.inside:
        if not memory:
            one.say(f"{one.target}:ro" if one.read_only else one.target)
            return
        flags = ",".join(filter(None, (options, "ro" if one.read_only else "")))
        extend(
            *(one.service, "tmpfs"),
            [f"{one.target}:{flags}" if flags else one.target],
            one.mount.mark,
        )
        return
    key = one.key
    extension = {"temporary": True, "per_replica": True}
    tmpfs = {"type": "tmpfs", "device": "tmpfs", "o": options or None}
    volume = {
        "driver_opts": mapping(tmpfs, said.mark) if memory else None,
        "x-podman": mapping(extension, said.mark),
    }
    one.draft.add("volumes", key, mapping(volume, said.mark), said.mark)
    one.say_named(key)


_MADE = ("DirectoryOrCreate",)
_THERE = ("", "Directory", "File", "Socket", "CharDevice", "BlockDevice", "FileOrCreate")
_PROPAGATION = {"HostToContainer": "rslave", "Bidirectional": "rshared"}


def _host(one: Mounting, said: Cursor) -> None:
    """``hostPath``."""
    kind = said.get("type")
    if kind.text() not in (*_MADE, *_THERE):
        allowed = ", ".join((*_MADE, *_THERE[1:]))
        one.draft.wrong(kind, f"{kind.value!r} is not allowed; {allowed} can be said")
    if kind.text() == "FileOrCreate":
        one.draft.warn(kind, "the file has to be there: composer makes none")
    path = said.get("path")
    if not path.text().startswith("/"):
        one.draft.wrong(path, f"{path.value!r} is no absolute path")
    propagation = one.mount.get("mountPropagation")
    bind = {
        "create_host_path": True if kind.text() in _MADE else None,
        "propagation": _PROPAGATION.get(propagation.text()),
    }
    source = posixpath.normpath(posixpath.join(path.text(), one.inside))
    below = mapping(bind, said.mark)
    one.say_long(type="bind", source=source, bind=below or None)


def _claim(one: Mounting, said: Cursor) -> None:
    """``persistentVolumeClaim``: a volume of the project."""
    key = said.get("claimName").text()
    one.draft.add("volumes", key, None, said.mark)
    _say_claim(one, key, read_only=said.get("readOnly").value is True)


def _say_claim(one: Mounting, key: str, *, read_only: bool) -> None:
    if read_only and not one.read_only:
        one.say(f"{key}:{one.target}:ro")
    else:
        one.say_named(key)


def _template(one: Mounting, said: Cursor) -> None:
    """An entry of ``volumeClaimTemplates``: each replica has a volume of its own, but for one that
    the replicas of a service shared before we made a manifest of it."""
    name = one.volume.get("metadata", "name").text()
    others = [
        template.get("metadata", "name").text()
        for other in one.draft.of_kind("StatefulSet")
        if other is not one.workload.one
        for template in other.root.get("spec", "volumeClaimTemplates").each()
    ]
    claims = [claim.name for claim in one.draft.of_kind("PersistentVolumeClaim")]
    key = f"{one.workload.key}-{name}" if name in (*others, *claims) else name
    own = mapping({"x-podman": mapping({"per_replica": True}, said.mark)}, said.mark)
    said_so = PER_REPLICA in one.volume.get("metadata", "labels").pairs()
    shared = one.workload.one.ours and not said_so
    one.draft.add("volumes", key, None if shared else own, one.volume.mark)
    one.say_named(key)


def _ephemeral(one: Mounting, said: Cursor) -> None:
    """``ephemeral``: a claim that goes with the pod."""
    key = one.key
    extension = mapping({"temporary": True, "per_replica": True}, said.mark)
    one.draft.add("volumes", key, mapping({"x-podman": extension}, said.mark), said.mark)
    one.say_named(key)


def _nfs(one: Mounting, said: Cursor) -> None:
    """``nfs``, by the kernel's own mount."""
    key = one.key
    read_only = ",ro" if said.get("readOnly").value is True else ""
    options = {
        "type": "nfs",
        "o": f"addr={said.get('server').text()}{read_only}",
        "device": f":{said.get('path').text()}",
    }
    volume = mapping({"driver_opts": mapping(options, said.mark)}, said.mark)
    one.draft.add("volumes", key, volume, said.mark)
    one.say_named(key)


def _image(one: Mounting, said: Cursor) -> None:
    """``image``: the files of an image."""
    below = mapping({"subpath": one.inside}, said.mark) if one.inside else None
    one.say_long(type="image", source=said.get("reference").text(), image=below)


# --- files --------------------------------------------------------------------------------------


def _files(one: Mounting, said: Cursor) -> None:
    """``configMap``, ``secret``, ``downwardAPI``, ``projected``: one config for each file."""
    kind = said.path.rpartition(".")[2]
    found = list(_of_kind(one, kind, said))
    if one.inside:
        found = [file for file in found if f"{file.path}/".startswith(f"{one.inside}/")]
        if not found and not said.get("optional").value:
            one.draft.wrong(one.mount.get("subPath"), f"the volume has no {one.inside}")
    for file in found:
        rest = file.path.removeprefix(one.inside).strip("/")
        target = posixpath.join(one.target, rest) if rest else one.target
        config = mapping({"content": file.content}, file.said.mark)
        one.draft.add("configs", file.config, config, file.said.mark)
        entry = {"source": file.config, "target": target, "mode": file.mode}
        extend(one.service, "configs", [mapping(entry, one.mount.mark)], one.mount.mark)


def _of_kind(one: Mounting, kind: str, said: Cursor) -> Iterator[File]:
    if kind == "projected":
        mode = said.get("defaultMode")
        for source in said.get("sources").each():
            for inner, below in source.items():
                if inner in ("configMap", "secret", "downwardAPI"):
                    yield from _with_mode(_of_kind(one, inner, below), mode)
                else:
                    one.draft.warn(below, "there is nothing like it without a cluster: left out")
        return
    mode = said.get("defaultMode")
    found = _downward(one, said) if kind == "downwardAPI" else _entries(one, kind, said)
    yield from _with_mode(found, mode)


def _with_mode(files: Iterator[File], mode: Cursor) -> Iterator[File]:
    for file in files:
        own = octal(mode) if mode and file.mode is None else file.mode
        yield file._replace(mode=own)


def octal(mode: Cursor) -> str:
    """Permissions as a Compose file says them: ``"0644"``."""
    return f"{mode.number():04o}"


def _entries(one: Mounting, kind: str, said: Cursor) -> Iterator[File]:
    """The files of a ConfigMap or Secret: all keys, or the ``items``."""
    name = said.first("secretName", "name").text()
    texts = one.draft.texts.of("Secret" if kind == "secret" else "ConfigMap", name)
    if texts is None:  # it is optional
        return
    wanted = [(item.get("key").text(), item) for item in said.get("items").each()]
    for key, item in wanted or [(key, said) for key in texts]:
        text = texts.get(key)
        if text is None:
            continue
        prefix = "secret-" if kind == "secret" and one.draft.texts.of("ConfigMap", name) else ""
        config = prefix + (name if len(texts) == 1 else f"{name}-{key}")
        path = item.get("path").text(key) if wanted else key
        mode = octal(item.get("mode")) if wanted and item.get("mode") else None
        at = Cursor(None, item.path, text.mark)
        yield File(path, config, text.content, mode, at)


def _downward(one: Mounting, said: Cursor) -> Iterator[File]:
    """The files of ``downwardAPI``, as far as their content is known beforehand."""
    for item in said.get("items").each():
        field = item.get("fieldRef", "fieldPath")
        content = field_value(one.workload, field.text()) if field else None
        if content is None:
            one.draft.warn(item, "it is not known beforehand: the file is left out")
            continue
        path = item.get("path").text()
        config = f"{one.workload.key}-{path.replace('/', '-')}"
        mode = octal(item.get("mode")) if item.get("mode") else None
        yield File(path, config, content, mode, item)


_KINDS: dict[str, Callable[[Mounting, Cursor], None]] = {
    "configMap": _files,
    "downwardAPI": _files,
    "emptyDir": _empty,
    "ephemeral": _ephemeral,
    "hostPath": _host,
    "image": _image,
    "nfs": _nfs,
    "persistentVolumeClaim": _claim,
    "projected": _files,
    "secret": _files,
    "spec": _template,
}
"""By kind of volume (``spec`` is that of a claim's template): how a container gets to it."""
