"""The objects of a cluster: server-side apply with owners of fields, watches, deletion."""

from __future__ import annotations

import copy
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.fake_cluster import schema
from tests.fake_cluster.objects import Object, completed, forbidden_change
from tests.fake_cluster.schema import Path

_SERVERS = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")


class Kind(NamedTuple):
    """One kind of the API."""

    version: str
    kind: str
    plural: str
    namespaced: bool = True
    subresources: tuple[str, ...] = ("status",)


KINDS = (
    Kind("v1", "Namespace", "namespaces", namespaced=False),
    Kind("v1", "ServiceAccount", "serviceaccounts", subresources=()),
    Kind("v1", "Secret", "secrets", subresources=()),
    Kind("v1", "ConfigMap", "configmaps", subresources=()),
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    Kind("v1", "Service", "services"),
    Kind("v1", "Pod", "pods", subresources=("status", "log")),
    Kind("v1", "Event", "events", subresources=()),
    Kind("apps/v1", "Deployment", "deployments", subresources=("status", "scale")),
    Kind("apps/v1", "StatefulSet", "statefulsets", subresources=("status", "scale")),
    Kind("apps/v1", "DaemonSet", "daemonsets"),
    Kind("apps/v1", "ReplicaSet", "replicasets"),
    Kind("batch/v1", "Job", "jobs"),
    Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses"),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
)


class Owner(NamedTuple):
    """Who has set fields. Two operations of one manager are two owners, as on a real server."""

    manager: str
    operation: str
    subresource: str = ""

    def __str__(self) -> str:
        return f'"{self.manager}"' + (
            f' with subresource "{self.subresource}"' if self.subresource else ""
        )


class Refusal(Exception):
    """An answer with a status object of a failure."""

    def __init__(
        self, code: int, reason: str, message: str, causes: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.causes = code, reason, message, causes


class _Entry:
    """An object, and who has set which of its fields."""

    def __init__(self, found: Object) -> None:
        self.object = found
        self.owners: dict[Owner, set[Path]] = {}


Key = tuple[Kind, str, str]
"""Kind, namespace, name."""


class Store:
    """All objects. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._entries: dict[Key, _Entry] = {}
        self._version = 100
        self._news: list[tuple[int, Key, str, Object]] = []
        self.make_namespace("default")

    def make_namespace(self, name: str) -> None:
        """Make a namespace past the API."""
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.create(KINDS[0], "", manifest, Owner("tests", "Update"))

    # --- looking ---------------------------------------------------------------------------
    def get(self, kind: Kind, namespace: str, name: str) -> Object:
        """The object. Raises ``Refusal`` 404."""
        with self._lock:
            return copy.deepcopy(self._entry((kind, namespace, name)).object)

    def list(self, kind: Kind, namespace: str, wanted: Callable[[Object], bool]) -> Object:
        """A list object with those that are ``wanted``; all namespaces for an empty one."""
        with self._lock:
            items = [
                copy.deepcopy(entry.object)
                for key, entry in self._entries.items()
                if key[0] == kind and namespace in ("", key[1]) and wanted(entry.object)
            ]
            version = str(self._version)
        for one in items:  # a list says its kind once
            del one["apiVersion"], one["kind"]
        return {
            "apiVersion": kind.version,
            "kind": f"{kind.kind}List",
            "metadata": {"resourceVersion": version},
            "items": items,
        }

    def watch(
        self, kind: Kind, namespace: str, wanted: Callable[[Object], bool], since: int
    ) -> Iterator[Object | None]:
        """Watch events newer than version ``since``; None now and then, while there is nothing."""
        while True:
            with self._lock:
                if self._version <= since:
                    self._lock.wait(0.1)
                news = [one for one in self._news if one[0] > since]
                since = max([since, *(one[0] for one in news)])
            for _, key, action, found in news:
                if key[0] == kind and namespace in ("", key[1]) and wanted(found):
                    yield {"type": action, "object": found}
            yield None

    # --- changing --------------------------------------------------------------------------
    def create(self, kind: Kind, namespace: str, manifest: Object, owner: Owner) -> Object:
        """POST: a new object. Raises ``Refusal`` 409 if there is one, 404 without namespace."""
        with self._lock:
            key = (kind, namespace, manifest["metadata"]["name"])
            if key in self._entries:
                text = f'{kind.plural} "{key[2]}" already exists'
                raise Refusal(409, "AlreadyExists", text)
            entry = self._new(key, manifest)
            self._check(key, manifest)
            entry.owners[owner] = self._fields(kind, manifest)
            self._keep(key, entry)
            return copy.deepcopy(entry.object)

    def apply(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        manifest: Object,
        manager: str,
        *,
        force: bool,
        dry_run: bool,
    ) -> tuple[int, Object]:
        """PATCH with a whole manifest (server-side apply). Returns the status and the object."""
        with self._lock:
            key, owner = (kind, namespace, name), Owner(manager, "Apply")
            self._check(key, manifest)
            present = self._entries.get(key)
            if present is None:
                entry = self._new(key, manifest)
                entry.owners[owner] = self._fields(kind, manifest)
                if not dry_run:
                    self._keep(key, entry)
                return 201, copy.deepcopy(entry.object)
            entry = copy.deepcopy(present)
            self._merge(key, entry, manifest, owner, force=force)
            return 200, self._replace(key, present, entry, dry_run=dry_run)

    def update(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        change: Callable[[Object], Object],
        owner: Owner,
    ) -> Object:
        """Set an object to what ``change`` makes of it; changed fields get ``owner`` as owner."""
        with self._lock:
            key = (kind, namespace, name)
            present = self._entry(key)
            entry = copy.deepcopy(present)
            entry.object = change(entry.object)
            before = dict(self._leaves(kind, present.object))
            changed = {
                path
                for path, value in self._leaves(kind, entry.object)
                if before.get(path, ...) != value
            }
            if changed:
                for other in entry.owners:
                    entry.owners[other] = entry.owners[other] - changed
                entry.owners[owner] = entry.owners.get(owner, set()) | changed
            return self._replace(key, present, entry, dry_run=False)

    def delete(self, kind: Kind, namespace: str, name: str) -> None:
        """Remove an object with what belongs to it, a namespace with all that is in it."""
        with self._lock:
            key = (kind, namespace, name)
            entry = self._entry(key)
            self._forget(key)
            uid = entry.object["metadata"]["uid"]
            for other, held in list(self._entries.items()):
                owners = held.object["metadata"].get("ownerReferences") or ()
                within = kind.kind == "Namespace" and other[1] == name
                if other in self._entries and (within or uid in {one["uid"] for one in owners}):
                    self.delete(*other)

    # --- within ----------------------------------------------------------------------------
    def _entry(self, key: Key) -> _Entry:
        if key not in self._entries:
            raise Refusal(404, "NotFound", f'{_group(key[0])} "{key[2]}" not found')
        return self._entries[key]

    def _check(self, key: Key, manifest: Object) -> None:
        kind, namespace, name = key
        if kind.namespaced and (KINDS[0], "", namespace) not in self._entries:
            raise Refusal(404, "NotFound", f'namespaces "{namespace}" not found')
        said = (manifest.get("apiVersion"), manifest.get("kind"))
        if said != (kind.version, kind.kind):
            raise Refusal(400, "BadRequest", f"the object is {said}, and not {kind[:2]}")
        if manifest["metadata"].get("name") != name:
            raise Refusal(400, "BadRequest", "the name of the object does not match the URL")
        known = schema.schema_of(kind.version, kind.kind)
        wrong = next(schema.problems(manifest, known), None)
        if wrong is None:
            _check_hosts(key, manifest)
        if wrong is not None:
            where = f"{namespace}/{name}; {kind.version}, Kind={kind.kind}"
            text = f"failed to create typed patch object ({where}): {wrong}"
            raise Refusal(400, "BadRequest", text)

    def _fields(self, kind: Kind, manifest: Object) -> set[Path]:
        return {path for path, _ in self._leaves(kind, manifest)}

    def _leaves(self, kind: Kind, found: Object) -> Iterator[tuple[Path, Any]]:
        """The owned fields, without those of the server and without what names the object."""
        metadata = {
            key: value
            for key, value in found["metadata"].items()
            if key not in (*_SERVERS, "name", "namespace")
        }
        plain = {key: v for key, v in found.items() if key not in ("apiVersion", "kind")}
        plain["metadata"] = metadata
        return schema.leaves(plain, schema.schema_of(kind.version, kind.kind))

    def _new(self, key: Key, manifest: Object) -> _Entry:
        metadata = {
            **manifest["metadata"],
            "uid": str(uuid.uuid4()),
            "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "generation": 1,
        }
        if key[0].namespaced:
            metadata["namespace"] = key[1]
        return _Entry(completed({**copy.deepcopy(manifest), "metadata": metadata}))

    def _merge(
        self, key: Key, entry: _Entry, manifest: Object, owner: Owner, *, force: bool
    ) -> None:
        kind = key[0]
        known = schema.schema_of(kind.version, kind.kind)
        live = dict(self._leaves(kind, entry.object))
        said = dict(
            self._leaves(kind, completed({**manifest, "metadata": _with_uid(entry, manifest)}))
        )
        wanted = self._fields(kind, manifest)
        conflicts = [
            (other, path)
            for other, fields in entry.owners.items()
            if other != owner
            for path in sorted(fields & wanted, key=str)
            if live.get(path, ...) != said.get(path)
        ]
        if conflicts and not force:
            raise _conflict(kind, conflicts)
        for other, path in conflicts:
            entry.owners[other] = entry.owners[other] - {path}
        mine = entry.owners.get(owner, set())
        others = set().union(*(f for o, f in entry.owners.items() if o != owner))
        merged = schema.merged(entry.object, manifest, known)
        for path in mine - wanted - others:
            merged = schema.without(merged, known, path)
        entry.object = completed(merged)
        entry.owners[owner] = wanted

    def _replace(self, key: Key, present: _Entry, entry: _Entry, *, dry_run: bool) -> Object:
        """Put ``entry`` in the place of ``present`` if it is another; the object then."""
        wrong = forbidden_change(present.object, entry.object)
        if wrong is not None:
            field, text = wrong
            kind = key[0].kind
            raise Refusal(
                422,
                "Invalid",
                f'{kind}.{key[0].version} "{key[2]}" is invalid: {field}: {text}',
                [{"reason": "FieldValueInvalid", "message": text, "field": field}],
            )
        if entry.object != present.object:
            if entry.object.get("spec") != present.object.get("spec"):
                entry.object["metadata"]["generation"] += 1
            if not dry_run:
                self._keep(key, entry, "MODIFIED")
        elif not dry_run:
            present.owners = entry.owners
        return copy.deepcopy(entry.object)

    def _keep(self, key: Key, entry: _Entry, action: str = "ADDED") -> None:
        self._version += 1
        metadata = entry.object["metadata"]
        metadata["resourceVersion"] = str(self._version)
        metadata["managedFields"] = [
            {"manager": owner.manager, "operation": owner.operation, "apiVersion": key[0].version}
            for owner, fields in entry.owners.items()
            if fields
        ]
        self._entries[key] = entry
        self._tell(key, action, entry.object)
        if key[0].kind == "Namespace" and action == "ADDED":
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "default"},
            }
            self.create(KINDS[1], key[2], account, Owner("kube-controller-manager", "Update"))
            text = {"ca.crt": ""}
            root = {"apiVersion": "v1", "kind": "ConfigMap", "data": text}
            root["metadata"] = {"name": "kube-root-ca.crt"}
            self.create(KINDS[3], key[2], root, Owner("kube-controller-manager", "Update"))

    def _forget(self, key: Key) -> None:
        entry = self._entries.pop(key)
        self._version += 1
        self._tell(key, "DELETED", entry.object)

    def _tell(self, key: Key, action: str, found: Object) -> None:
        self._news.append((self._version, key, action, copy.deepcopy(found)))
        self._lock.notify_all()


def _check_hosts(key: Key, manifest: Object) -> None:
    """Refuse hosts of an Ingress that are no names of the DNS."""
    for rule in (manifest.get("spec") or {}).get("rules") or ():
        host = rule.get("host", "")
        if not re.fullmatch(r"[a-z0-9*.-]*", host):
            text = f"Invalid value: {host!r}: a lowercase RFC 1123 subdomain must consist of …"
            cause = {"reason": "FieldValueInvalid", "message": text, "field": "spec.rules[0].host"}
            whole = f'{key[0].kind} "{key[2]}" is invalid: spec.rules[0].host: {text}'
            raise Refusal(422, "Invalid", whole, [cause])


def _with_uid(entry: _Entry, manifest: Object) -> Object:
    return {**manifest["metadata"], "uid": entry.object["metadata"]["uid"]}


def _group(kind: Kind) -> str:
    group = kind.version.rpartition("/")[0]
    return f"{kind.plural}.{group}" if group else kind.plural


def _conflict(kind: Kind, conflicts: list[tuple[Owner, Path]]) -> Refusal:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {owner} using {kind.version}",
            "field": schema.shown(path),
        }
        for owner, path in conflicts
    ]
    lines = "\n".join(f"{cause['message']}: {cause['field']}" for cause in causes)
    many = "s" if len(causes) > 1 else ""
    return Refusal(
        409, "Conflict", f"Apply failed with {len(causes)} conflict{many}: {lines}", causes
    )
