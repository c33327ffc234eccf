"""A registry of the tests' own on the loopback: it serves one image in versions, and counts."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import platform
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """The body of a request: of a length that was said, or in chunks."""
    if request.headers.get("Transfer-Encoding") != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length", 0)))
    data = b""
    while size := int(request.rfile.readline(), 16):
        data += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return data


class Registry:
    """Serves ``app:1`` of plain HTTP on ``port`` inside of a ``with``; ``publish`` changes it."""

    def __init__(self) -> None:
        self.asked = 0
        """How often a manifest was asked for."""
        self.pushed: dict[str, bytes] = {}
        """The manifests that were pushed, by ``NAME:TAG``."""
        self._uploads: dict[str, bytes] = {}
        """What has come of each upload that is under way, by its path."""
        self._blobs: dict[str, bytes] = {}
        self._manifest = b""
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                registry.answer(self)

            def do_HEAD(self) -> None:
                registry.answer(self)

            def do_POST(self) -> None:
                registry.take(self)

            def do_PATCH(self) -> None:
                registry.take(self)

            def do_PUT(self) -> None:
                registry.take(self)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the requests are no result."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def publish(self, text: str) -> str:
        """Make ``app:1`` an image whose only file has ``text``; the image's id."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            entry = tarfile.TarInfo("version")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
        plain = buffer.getvalue()
        layer = gzip.compress(plain, mtime=0)
        config = json.dumps(
            {
                "architecture": _MACHINES.get(platform.machine(), platform.machine()),
                "os": "linux",
                "config": {"Cmd": ["/none"]},
                "rootfs": {"type": "layers", "diff_ids": [digest(plain)]},
            }
        ).encode()
        parts = {CONFIG: config, LAYER: layer}
        self._blobs |= {digest(data): data for data in parts.values()}
        described = [
            {"mediaType": kind, "digest": digest(data), "size": len(data)}
            for kind, data in parts.items()
        ]
        content = {"config": described[0], "layers": described[1:]}
        self._manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, **content}).encode()
        return digest(config).removeprefix("sha256:")

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One request of the registry's protocol (OCI distribution specification)."""
        kind, _, name = request.path.rpartition("/")
        status, data, media = 404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', "application/json"
        if request.path == "/v2/":
            status, data = 200, b"{}"
        elif kind == "/v2/app/manifests":
            self.asked += 1
            if name in ("1", digest(self._manifest)):
                status, data, media = 200, self._manifest, MANIFEST
        elif name in self._blobs:
            status, data, media = 200, self._blobs[name], "application/octet-stream"
        request.send_response(status)
        request.send_header("Content-Type", media)
        request.send_header("Content-Length", str(len(data)))
        request.send_header("Docker-Content-Digest", digest(data))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(data)

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """One step of a push: the begin of an upload, a part of it, its end, or a manifest."""
        path, _, query = request.path.partition("?")
        data = _body(request)
        status, location = 201, path
        if request.command == "POST":
            status, location = 202, f"{path}{len(self._uploads)}"
            self._uploads[location] = b""
        elif request.command == "PATCH":
            status = 202
            self._uploads[path] += data
        elif "/manifests/" in path:
            name, _, tag = path.removeprefix("/v2/").partition("/manifests/")
            self.pushed[f"{name}:{tag}"] = data
        else:
            name = unquote(query).rpartition("digest=")[2].partition("&")[0]
            self._blobs[name] = self._uploads.pop(path) + data
        request.send_response(status)
        request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.send_header("Docker-Content-Digest", digest(data))
        request.end_headers()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Be gone: nobody answers any more. A second time does nothing."""
        self._server.shutdown()
        self._server.server_close()
