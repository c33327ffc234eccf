"""Probes as one health check, and what they look at as commands that run in the container."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft, deepen, listing, mapping
from composer.spec.tree import Map, Seq, put

_PERIOD, _TIMEOUT, _FAILURES = 10, 1, 3
"""Kubernetes' defaults: seconds, seconds, checks."""
_COMPOSE = {"interval": "30s", "timeout": "30s", "retries": 3, "start_interval": "5s"}
"""What a Compose file need not say."""
_KINDS = ("readinessProbe", "livenessProbe", "startupProbe")
"""The probes, the one first that says whether others may use the container."""


def healthcheck(draft: Draft, container: Cursor, service: Map, *, ours: bool) -> None:
    """Set the ``healthcheck`` of ``service`` from the probes of ``container``.

    A liveness probe also sets ``x-podman.on_unhealthy``, unless the manifest is ``ours``: Compose
    restarts nothing that is not healthy.
    """
    said = [probe for kind in _KINDS if (probe := _usable(draft, container.get(kind)))]
    if not said:
        return
    chosen = said[0]
    test = _test(container, chosen)
    check = mapping(
        {
            "test": test,
            "interval": f"{chosen.get('periodSeconds').number(_PERIOD)}s",
            "timeout": f"{chosen.get('timeoutSeconds').number(_TIMEOUT)}s",
            "retries": chosen.get("failureThreshold").number(_FAILURES),
            **_start(container, chosen, ours=ours),
        },
        chosen.mark,
    )
    for key, value in _COMPOSE.items():
        if check.get(key) == value:
            del check[key]
    put(service, "healthcheck", check, chosen.mark)
    threshold = chosen.get("successThreshold")
    if threshold.number(1) > 1:
        draft.warn(threshold, "one check that passes is enough for Podman")
    _restarts(container, said, test, service, ours=ours)


def _usable(draft: Draft, probe: Cursor) -> Cursor | None:
    if not probe:
        return None
    if probe.get("grpc"):
        draft.warn(probe.get("grpc"), "composer asks nothing over gRPC: the probe is left out")
        return None
    return probe


def _restarts(
    container: Cursor, said: list[Cursor], test: Seq, service: Map, *, ours: bool
) -> None:
    """What fails its liveness or startup probe is restarted.

    Podman acts on its one check. If that is another one, composer looks after the container.
    """
    acting = [probe for probe in said if not probe.path.endswith("readinessProbe")]
    if not acting:
        return
    if acting[0] is said[0] or _test(container, acting[0]) == test:
        if ours:  # the policy of restarts has made it
            return
        extension = mapping({"on_unhealthy": "restart"}, acting[0].mark)
        deepen(service, "x-podman", extension, acting[0].mark)
        return
    liveness = mapping(
        {
            "test": _test(container, acting[0]),
            "interval": f"{acting[0].get('periodSeconds').number(_PERIOD)}s",
            "retries": acting[0].get("failureThreshold").number(_FAILURES),
            "start_period": _start(container, acting[0], ours=False).get("start_period"),
        },
        acting[0].mark,
    )
    deepen(service, "x-podman", mapping({"liveness": liveness}, acting[0].mark), acting[0].mark)


def _start(container: Cursor, chosen: Cursor, *, ours: bool) -> dict[str, str]:
    """``start_period``: the delay before the first check, and the time that the startup probe
    leaves."""
    startup = container.get("startupProbe")
    seconds = chosen.get("initialDelaySeconds").number()
    found = {}
    if startup and startup.path != chosen.path:
        failures = startup.get("failureThreshold").number(_FAILURES)
        period = startup.get("periodSeconds").number(_PERIOD)
        if ours:  # it then has as many failures more as the check itself
            failures -= chosen.get("failureThreshold").number(_FAILURES)
            found["start_interval"] = f"{period}s"
        seconds += max(0, failures) * period + startup.get("initialDelaySeconds").number()
    return {"start_period": f"{seconds}s", **found} if seconds else {}


def _test(container: Cursor, probe: Cursor) -> Seq:
    """The ``test`` for a probe."""
    for key, command in _HANDLERS.items():
        said = probe.get(key)
        if said:
            seconds = probe.get("timeoutSeconds").number(_TIMEOUT)
            return listing(command(container, said, seconds), said.mark)
    return listing(["NONE"], probe.mark)


def _exec(_container: Cursor, said: Cursor, _seconds: int) -> list[str]:
    words = said.get("command").texts()
    if words[:2] in (["/bin/sh", "-c"], ["sh", "-c"]) and len(words) == 3:
        return ["CMD-SHELL", words[2]]
    return ["CMD", *words]


def _http(container: Cursor, said: Cursor, seconds: int) -> list[str]:
    return ["CMD-SHELL", http_command(container, said, seconds)]


def _tcp(container: Cursor, said: Cursor, _seconds: int) -> list[str]:
    """The port is listened on; the kernel's own list tells so without any program but grep."""
    port = port_number(container, said.get("port"))
    host = said.get("host").text("127.0.0.1")
    netcat = f"nc -z {shlex.quote(host)} {port} 2>/dev/null"
    if host not in ("127.0.0.1", "localhost"):
        return ["CMD-SHELL", netcat]
    listed = f"grep -qs ':{port:04X} [0-9A-F]*:0000 0A ' /proc/net/tcp /proc/net/tcp6"
    return ["CMD-SHELL", f"{netcat} || {listed}"]


_HANDLERS: dict[str, Callable[[Cursor, Cursor, int], list[str]]] = {
    "exec": _exec,
    "httpGet": _http,
    "tcpSocket": _tcp,
}


def http_command(container: Cursor, said: Cursor, seconds: int) -> str:
    """A command for the shell that gets ``httpGet`` with what the image has: curl, wget, Python, or
    bash alone."""
    scheme = said.get("scheme").text("HTTP").lower()
    host = said.get("host").text("127.0.0.1")
    port = port_number(container, said.get("port"))
    path = "/" + said.get("path").text("/").lstrip("/")
    headers = [
        f"{header.get('name').text()}: {header.get('value').text()}"
        for header in said.get("httpHeaders").each()
    ]
    url = shlex.quote(f"{scheme}://{host}:{port}{path}")
    quoted = [shlex.quote(header) for header in headers]
    insecure = scheme == "https"
    curl = ["curl", "-fsS", *(["-k"] if insecure else []), f"-o /dev/null -m {seconds}"]
    curl += [f"-H {header}" for header in quoted]
    wget = ["wget", "-q", *(["--no-check-certificate"] if insecure else []), "-O /dev/null"]
    asks = " ".join((*(f"--header {header}" for header in quoted), url))
    bare = f"{' '.join(wget)} {asks}"
    # Debian's static busybox crashes over the option for the time.
    timed = f"{' '.join(wget)} -T {seconds} {asks} || {{ test $? = 139 && {bare}; }}"
    ways = [("curl", " ".join((*curl, url))), ("wget", timed)]
    if not insecure:
        ways.append(("bash", f"bash -c {shlex.quote(_by_bash(host, port, path, headers))}"))
    tried = "\nelif ".join(f"command -v {name} >/dev/null; then\n  {line}" for name, line in ways)
    return f"if {tried}\nelse\n  exit 1\nfi\n"


def _by_bash(host: str, port: int, path: str, headers: list[str]) -> str:
    """A request over bash's own sockets: answers from 200 to 399 are well."""
    named = any(header.lower().startswith("host:") for header in headers)
    lines = [f"GET {path} HTTP/1.0", *([] if named else [f"Host: {host}:{port}"]), *headers]
    plain = [re.sub(r'([\\"$`])', r"\\\1", line).replace("%", "%%") for line in lines]
    request = "".join(f"{line}\\r\\n" for line in (*plain, ""))
    return (
        f'exec 3<>/dev/tcp/{host}/{port} && printf "{request}" >&3 '
        "&& read -r _ code _ <&3 && ((code >= 200 && code < 400))"
    )


def port_number(container: Cursor, said: Cursor) -> int:
    """A port of ``container`` by its number or its name; 0 for a name that it has not."""
    if isinstance(said.value, int) or said.text().isdecimal():
        return said.number()
    for port in container.get("ports").each():
        if port.get("name").value == said.value:
            return port.get("containerPort").number()
    return 0
