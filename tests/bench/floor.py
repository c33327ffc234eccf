"""The floor: the same containers made by driving Podman's API directly with four workers.

As a program: ``python tests/bench/floor.py up|down COUNT NAME [chain]``, or with ``pods MEMBERS``
in the place of ``chain`` for COUNT pods of so many containers. It knows nothing of Compose and
imports nothing of composer.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

WORKERS = 4
WAITING = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]


class Connection(http.client.HTTPConnection):
    """HTTP over the socket in CONTAINER_HOST."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.environ["CONTAINER_HOST"].removeprefix("unix://"))


_LOCAL = threading.local()


def call(method: str, path: str, body: object = None) -> None:
    """One call; an answer of 400 or above ends the program."""
    connection = getattr(_LOCAL, "connection", None)
    if connection is None:
        connection = _LOCAL.connection = Connection("localhost")
    text = None if body is None else json.dumps(body)
    connection.request(method, f"/v4.0.0/libpod{path}", text, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status >= 400:
        raise SystemExit(f"{method} {path}: {answer.status} {data!r}")


def create(name: str, place: dict[str, object]) -> None:
    """Create one container; ``place`` says on which network, or in which pod."""
    spec = {"name": name, "image": "docker.io/library/busybox:latest", "command": WAITING}
    call("POST", "/containers/create", {**spec, **place})


def on(network: str) -> dict[str, object]:
    """What puts a container or a pod on a network."""
    return {"netns": {"nsmode": "bridge"}, "networks": {network: {}}}


def create_network(name: str) -> None:
    """Create a network that is kept apart from others, as Compose's are."""
    network = {
        "name": name,
        "driver": "bridge",
        "dns_enabled": True,
        "options": {"isolate": "true"},
    }
    call("POST", "/networks/create", network)


def up_pods(count: int, name: str, members: int) -> None:
    """Create a network and ``count`` pods of ``members`` containers on it, and start them."""
    create_network(name)
    names = [f"{name}-{n}" for n in range(count)]

    def fill(pod: str) -> None:
        call("POST", "/pods/create", {"name": pod, **on(name)})
        for member in range(members):
            create(f"{pod}-{member}", {"pod": pod})
        call("POST", f"/pods/{pod}/start")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(fill, names))


def down_pods(count: int, name: str) -> None:
    """Stop and remove what ``up_pods`` made."""

    def away(pod: str) -> None:
        call("POST", f"/pods/{pod}/stop?t=10")
        call("DELETE", f"/pods/{pod}?force=true")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(away, [f"{name}-{n}" for n in range(count)]))
    call("DELETE", f"/networks/{name}")


def up(count: int, name: str, *, chain: bool) -> None:
    """Create a network and ``count`` containers on it, and start them."""
    create_network(name)
    names = [f"{name}-{n}" for n in range(count)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda n: create(n, on(name)), names))
        starts = map if chain else pool.map
        list(starts(lambda n: call("POST", f"/containers/{n}/start"), names))


def down(count: int, name: str) -> None:
    """Stop and remove what ``up`` made."""

    def away(container: str) -> None:
        call("POST", f"/containers/{container}/stop?timeout=10")
        call("DELETE", f"/containers/{container}?force=true")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(away, [f"{name}-{n}" for n in range(count)]))
    call("DELETE", f"/networks/{name}")


if __name__ == "__main__":
    action, number, prefix, *more = sys.argv[1:]
    if more[:1] == ["pods"]:
        if action == "up":
            up_pods(int(number), prefix, int(more[1]))
        else:
            down_pods(int(number), prefix)
    elif action == "up":
        up(int(number), prefix, chain=bool(more))
    else:
        down(int(number), prefix)
