"""The HTTP API of Kubernetes over a ``Store``: discovery, objects, watches, logs, and refusals.

Requests are recorded. What a real server would refuse is refused with its status objects: unknown
fields, unknown parameters, fields of other owners, users without rights.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from tests.fake_cluster.objects import Object
from tests.fake_cluster.store import KINDS, Kind, Owner, Refusal, Store

TOKEN = "admin-token"
"""Of the user ``admin``, who may do everything. ``kubectl`` sends none over plain HTTP, which is
for that user alone; whom else it is asked for is in a header (user impersonation)."""

_APPLY = "application/apply-patch+yaml"
_MERGE = ("application/merge-patch+json", "application/strategic-merge-patch+json")
_PATH = re.compile(
    r"/(?:api|apis)/(?P<version>v1|[a-z0-9.]+/v[a-z0-9]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[a-z]))?"
    r"/(?P<plural>[a-z]+)(?:/(?P<name>[^/]+))?(?:/(?P<sub>[a-z]+))?"
)
_PARAMETERS = {
    "GET": {"labelSelector", "fieldSelector", "watch", "resourceVersion", "limit", "timeout"}
    | {"container", "follow", "previous", "sinceTime", "sinceSeconds", "tailLines", "timestamps"},
    "PATCH": {"fieldManager", "fieldValidation", "force", "dryRun"},
    "POST": {"fieldManager", "fieldValidation", "dryRun"},
    "DELETE": {"gracePeriodSeconds"},
}


class Request(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    user: str
    body: Any


class _Target(NamedTuple):
    kind: Kind
    namespace: str
    name: str
    sub: str


class FakeCluster:
    """Serves the API on a port of the loopback inside of a ``with``."""

    title = "the stub of the tests, with the schemas of Kubernetes 1.32"

    def __init__(self) -> None:
        self.store = Store()
        self.requests: list[Request] = []
        self.logs: dict[tuple[str, str, str], list[str]] = {}
        """Lines with their times, by namespace, pod and container."""
        self.closing = threading.Event()
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _Exchange(cluster, self).run()

            def do_PATCH(self) -> None:
                _Exchange(cluster, self).run()

            def do_POST(self) -> None:
                _Exchange(cluster, self).run()

            def do_DELETE(self) -> None:
                _Exchange(cluster, self).run()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the requests are recorded."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def write_log(self, namespace: str, pod: str, container: str, line: str) -> None:
        """Let a container write a line (what a node would do)."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e9):09}Z"
        self.logs.setdefault((namespace, pod, container), []).append(f"{stamp} {line}")


class _Exchange:
    """One request and its answer."""

    def __init__(self, cluster: FakeCluster, handler: BaseHTTPRequestHandler) -> None:
        self._cluster, self._handler, self._store = cluster, handler, cluster.store
        parts = urlsplit(handler.path)
        self._path = parts.path
        self._query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        length = int(handler.headers.get("Content-Length") or 0)
        self._body = json.loads(handler.rfile.read(length) or "null")
        self._user = handler.headers.get("Impersonate-User") or "admin"

    def run(self) -> None:
        method = self._handler.command
        request = Request(method, self._path, self._query, self._user, self._body)
        self._cluster.requests.append(request)
        try:
            found = _discovered(self._path)
            if found is not None:
                self._send(200, found)
                return
            target = self._target()
            self._check(target)
            getattr(self, f"_{method.lower()}")(target)
        except Refusal as refusal:
            self._send(refusal.code, _status(refusal))

    def _target(self) -> _Target:
        match = _PATH.fullmatch(self._path)
        known = {(kind.version, kind.plural): kind for kind in KINDS}
        kind = match and known.get((match["version"], match["plural"]))
        if (
            not match
            or kind is None
            or (match["sub"] or "status")
            not in (
                *kind.subresources,
                "status",
            )
        ):
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        return _Target(kind, match["namespace"] or "", match["name"] or "", match["sub"] or "")

    def _check(self, target: _Target) -> None:
        unknown = set(self._query) - _PARAMETERS[self._handler.command]
        if unknown:
            raise Refusal(400, "BadRequest", f"unknown parameters: {', '.join(sorted(unknown))}")
        if self._user == "nobody":
            kind, verb = target.kind, _VERBS[self._handler.command]
            if verb == "get" and not target.name:
                verb = "list"
            group = kind.version.rpartition("/")[0]
            text = (
                f'{kind.plural} is forbidden: User "nobody" cannot {verb} resource '
                f'"{kind.plural}" in API group "{group}" in the namespace "{target.namespace}"'
            )
            raise Refusal(403, "Forbidden", text)

    # --- one for each method -------------------------------------------------------------------
    def _get(self, target: _Target) -> None:
        kind, namespace, name, sub = target
        if sub == "log":
            self._log(namespace, name)
        elif name:
            self._send(200, self._store.get(kind, namespace, name))
        elif self._query.get("watch") in ("true", "1"):
            self._watch(target)
        else:
            self._send(200, self._store.list(kind, namespace, self._selects()))

    def _patch(self, target: _Target) -> None:
        kind, namespace, name, sub = target
        media = self._handler.headers.get("Content-Type", "")
        manager = self._query.get("fieldManager", "")
        dry_run = self._query.get("dryRun") == "All"
        if media == _APPLY:
            if not manager:
                raise Refusal(400, "BadRequest", "fieldManager is required for apply patch")
            status, found = self._store.apply(
                kind,
                namespace,
                name,
                self._body,
                manager,
                force=self._query.get("force") == "true",
                dry_run=dry_run,
            )
            self._send(status, found)
        elif media in _MERGE:
            owner = Owner(manager or "unknown", "Update", sub)
            changed = self._store.update(
                kind, namespace, name, lambda found: self._changed(found, target), owner
            )
            self._send(200, changed)
        else:
            raise Refusal(415, "UnsupportedMediaType", f"{media} is not known")

    def _changed(self, found: Object, target: _Target) -> Object:
        """What a merge patch makes of an object, or of the part of it that ``scale`` is about."""
        patch = self._body
        if target.sub == "scale" and set(patch) | set(patch["spec"]) != {"spec", "replicas"}:
            raise Refusal(400, "BadRequest", f"no Scale: {patch}")
        merged: Object = _merged(found, patch)
        return merged

    def _post(self, target: _Target) -> None:
        owner = Owner(self._query.get("fieldManager", "unknown"), "Update")
        made = self._store.create(target.kind, target.namespace, self._body, owner)
        self._send(201, made)

    def _delete(self, target: _Target) -> None:
        options = self._body or {}
        unknown = set(options) - {"kind", "apiVersion", "propagationPolicy", "dryRun"}
        if unknown or options.get("propagationPolicy") not in (None, "Background", "Foreground"):
            raise Refusal(400, "BadRequest", f"DeleteOptions: {options}")
        if options.get("dryRun") != ["All"]:
            self._store.delete(target.kind, target.namespace, target.name)
        self._send(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})

    # --- streams -------------------------------------------------------------------------------
    def _watch(self, target: _Target) -> None:
        since = int(self._query.get("resourceVersion") or 0)
        self._begin_stream("application/json")
        for event in self._store.watch(target.kind, target.namespace, self._selects(), since):
            data = b"" if event is None else json.dumps(event).encode() + b"\n"
            if self._cluster.closing.is_set() or not self._chunk(data):
                return

    def _log(self, namespace: str, pod: str) -> None:
        found = self._store.get(_POD, namespace, pod)
        names = [one["name"] for one in found["spec"]["containers"]]
        names += [one["name"] for one in found["spec"].get("initContainers") or ()]
        container = self._query.get("container") or names[0]
        if container not in names:
            text = f"container {container} is not valid for pod {pod}"
            raise Refusal(400, "BadRequest", text)
        if _never_ran(found, container, previous=self._query.get("previous") == "true"):
            text = f'container "{container}" in pod "{pod}" is waiting to start: ContainerCreating'
            raise Refusal(400, "BadRequest", text)
        lines = self._cluster.logs.setdefault((namespace, pod, container), [])
        self._begin_stream("text/plain")
        begin = self._query.get("sinceTime", "")[:19]  # in whole seconds, as on a real server
        place = len(lines)
        shown = [line for line in lines[:place] if line.partition(" ")[0] >= begin]
        if "tailLines" in self._query:
            shown = shown[max(0, len(shown) - int(self._query["tailLines"])) :]
        while self._chunk("".join(map(self._log_line, shown)).encode()):
            going = self._query.get("follow") == "true" and self._runs(namespace, pod, container)
            shown = lines[place:]
            place += len(shown)
            if not shown and (not going or self._cluster.closing.wait(0.05)):
                break
        self._end_stream()

    def _runs(self, namespace: str, pod: str, container: str) -> bool:
        try:
            found = self._store.get(_POD, namespace, pod)
        except Refusal:
            return False
        return "running" in _state_of(found, container).get("state", {})

    def _log_line(self, line: str) -> str:
        timed = self._query.get("timestamps") == "true"
        return (line if timed else line.partition(" ")[2]) + "\n"

    # --- HTTP ----------------------------------------------------------------------------------
    def _selects(self) -> Callable[[Object], bool]:
        labels = dict(
            pair.split("=", 1) for pair in self._query.get("labelSelector", "").split(",") if pair
        )
        fields = dict(
            pair.split("=", 1) for pair in self._query.get("fieldSelector", "").split(",") if pair
        )

        def wanted(found: Object) -> bool:
            present = found["metadata"].get("labels") or {}
            return labels.items() <= present.items() and all(
                str(found.get(key)) == value for key, value in fields.items()
            )

        return wanted

    def _send(self, status: int, found: Object) -> None:
        data = json.dumps(found).encode()
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(data)))
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def _begin_stream(self, media: str) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", media)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()
        self._handler.wfile.flush()

    def _chunk(self, data: bytes) -> bool:
        """Send ``data``; whether somebody still listens."""
        try:
            if data:
                self._handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                self._handler.wfile.flush()
        except OSError:
            return False
        return True

    def _end_stream(self) -> None:
        try:
            self._handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            return


_POD = next(kind for kind in KINDS if kind.kind == "Pod")
_VERBS = {"GET": "get", "PATCH": "patch", "POST": "create", "DELETE": "delete"}


def _state_of(pod: Object, container: str) -> Object:
    """What the status of a pod says of a container; empty if nothing."""
    status = pod.get("status") or {}
    told = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    return next((one for one in told if one["name"] == container), {})


def _never_ran(pod: Object, container: str, *, previous: bool) -> bool:
    """Whether a container has no log, or none of a run before this one (``previous``)."""
    known = _state_of(pod, container)
    earlier = "terminated" in known.get("lastState", {})
    if previous:
        return not earlier
    return not earlier and not {"running", "terminated"} & set(known.get("state", {}))


def _status(refusal: Refusal) -> Object:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": refusal.message,
        "reason": refusal.reason,
        "details": {"causes": refusal.causes} if refusal.causes else {},
        "code": refusal.code,
    }


def _merged(found: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict) or not isinstance(found, dict):
        return patch
    result = dict(found)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key, {}), value)
    return result


def _discovered(path: str) -> Object | None:
    """The answer to a question about the API itself; None for other paths."""
    versions = dict.fromkeys(kind.version for kind in KINDS)
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        groups = [
            {"name": version.partition("/")[0], "preferredVersion": {"groupVersion": version}}
            for version in versions
            if "/" in version
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    version = path.removeprefix("/apis/").removeprefix("/api/")
    if version not in versions:
        return None
    resources = [
        {
            "name": kind.plural,
            "kind": kind.kind,
            "namespaced": kind.namespaced,
            "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
        }
        for kind in KINDS
        if kind.version == version
    ]
    return {"kind": "APIResourceList", "groupVersion": version, "resources": resources}
