"""A client of the API for tests: plain HTTP with a token, to a stub or to a real server."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.fake_cluster.server import TOKEN

_GROUPS = {
    "deployments": "apps/v1",
    "statefulsets": "apps/v1",
    "daemonsets": "apps/v1",
    "jobs": "batch/v1",
    "networkpolicies": "networking.k8s.io/v1",
}
_MERGE = "application/merge-patch+json"


class Cluster(Protocol):
    """A running API server."""

    title: str
    """What it is, for reports."""
    url: str


class Client:
    """Looks at a cluster and changes it, past the program."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._context = ssl._create_unverified_context()

    def call(
        self, method: str, path: str, body: Any = None, *, media: str = "application/json"
    ) -> dict[str, Any]:
        """One request. Raises ``urllib.error.HTTPError``."""
        request = urllib.request.Request(
            self._url + path,
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {TOKEN}", "Content-Type": media},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30, context=self._context) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def path(self, plural: str, namespace: str, name: str = "") -> str:
        """The path of a kind, or of one object."""
        version = _GROUPS.get(plural, "v1")
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        return f"{root}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")

    def objects(self, plural: str, namespace: str) -> list[dict[str, Any]]:
        """All objects of a kind."""
        found: list[dict[str, Any]] = self.call("GET", self.path(plural, namespace))["items"]
        return found

    def names(self, plural: str, namespace: str) -> list[str]:
        """The names of all objects of a kind."""
        return [one["metadata"]["name"] for one in self.objects(plural, namespace)]

    def get(self, plural: str, namespace: str, name: str) -> dict[str, Any] | None:
        """An object, or None."""
        try:
            return self.call("GET", self.path(plural, namespace, name))
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def namespace(self, name: str) -> dict[str, Any] | None:
        """A namespace that is not on its way out, or None."""
        try:
            found = self.call("GET", f"/api/v1/namespaces/{name}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None
        return None if found.get("status", {}).get("phase") == "Terminating" else found

    def create(self, plural: str, namespace: str, manifest: Mapping[str, Any]) -> None:
        """POST an object."""
        self.call("POST", self.path(plural, namespace), manifest)

    def make_namespace(self, name: str) -> None:
        """POST a namespace."""
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.call("POST", "/api/v1/namespaces", manifest)

    def merge(
        self, plural: str, namespace: str, name: str, patch: Any, *, manager: str, sub: str = ""
    ) -> None:
        """PATCH an object, or a part of it (``status``), as ``manager``."""
        path = self.path(plural, namespace, name) + (f"/{sub}" if sub else "")
        query = urllib.parse.urlencode({"fieldManager": manager})
        self.call("PATCH", f"{path}?{query}", patch, media=_MERGE)

    def delete(self, plural: str, namespace: str, name: str) -> None:
        """DELETE an object at once."""
        options = {"propagationPolicy": "Background"}
        self.call("DELETE", self.path(plural, namespace, name), options)


def write_kubeconfig(path: Path, url: str) -> Path:
    """A kubeconfig with the contexts ``admin`` (the current one) and ``nobody``."""
    cluster: dict[str, Any] = {"server": url}
    if url.startswith("https:"):
        cluster["insecure-skip-tls-verify"] = True
    users = {"admin": {"token": TOKEN}, "nobody": {"token": TOKEN, "as": "nobody"}}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [
            {"name": name, "context": {"cluster": "test", "user": name}} for name in users
        ],
        "current-context": "admin",
    }
    path.write_text(json.dumps(config))
    return path
