"""Health checks as probes: HTTP and TCP where the command does no more than that, else ``exec``."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from composer.kube.generate.environment import literal
from composer.kube.generate.quantities import whole_seconds
from composer.spec.model import Healthcheck, Nanoseconds, Service
from composer.spec.podman import podman_extensions
from composer.spec.units import nanoseconds

_INTERVAL = Nanoseconds(30 * 10**9)
_START_INTERVAL = Nanoseconds(5 * 10**9)
_RETRIES = 3
_LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "")  # noqa: S104 - only compared
_FAILING = re.compile(r"\s*\|\|\s*(exit\s+1|exit|false)\s*;?\s*\Z")
_SHELL = re.compile(r"[|&;<>()$`\\*?\[\]{}~\n]")
"""What makes a command one for a shell."""


def probes(service: Service) -> dict[str, Any]:
    """The probes of a container, from ``healthcheck``.

    A container that is not healthy gets no requests (``readinessProbe``). It is restarted
    (``livenessProbe``) if the file asks for restarts: Compose leaves it running otherwise.
    """
    check = service.healthcheck
    handler = _handler(check) if check is not None else None
    own = _liveness(service)
    if check is None or handler is None:
        return own
    probe = {
        **handler,
        "periodSeconds": whole_seconds(check.interval or _INTERVAL),
        "timeoutSeconds": whole_seconds(check.timeout or _INTERVAL),
        "failureThreshold": check.retries or _RETRIES,
    }
    found = {"readinessProbe": probe}
    asked = podman_extensions(service.extensions).get("on_unhealthy") == "restart"
    if own:
        found |= own
    elif asked or service.restart not in (None, "no"):
        found["livenessProbe"] = dict(probe)
    if check.start_period:
        every = whole_seconds(check.start_interval or _START_INTERVAL)
        found["startupProbe"] = {
            **handler,
            "periodSeconds": every,
            "timeoutSeconds": probe["timeoutSeconds"],
            "failureThreshold": math.ceil(check.start_period.seconds / every)
            + probe["failureThreshold"],
        }
    return found


def _liveness(service: Service) -> dict[str, Any]:
    """The ``livenessProbe`` for a check of its own (``x-podman.liveness``)."""
    said = service.liveness
    if said is None:
        return {}
    test = said["test"]
    words = ("CMD-SHELL", test) if isinstance(test, str) else tuple(map(str, test))
    handler = _handler(Healthcheck(test=words))
    if handler is None:
        return {}
    probe = {
        **handler,
        "periodSeconds": whole_seconds(nanoseconds(str(said.get("interval", "30s")))),
        "failureThreshold": int(said.get("retries", _RETRIES)),
    }
    if delay := nanoseconds(str(said.get("start_period", "0s"))):
        probe["initialDelaySeconds"] = whole_seconds(delay)
    return {"livenessProbe": probe}


def _handler(check: Healthcheck) -> dict[str, Any] | None:
    """How Kubernetes finds out; None if the file says that nobody does."""
    if check.disable or check.test[:1] == ("NONE",) or len(check.test) < 2:
        return None
    word, *rest = check.test
    if word == "CMD-SHELL":
        text = " ".join(rest)
        command = ["/bin/sh", "-c", text]
        plain = _words(_FAILING.sub("", text))
    else:
        command = plain = rest
    return _recognised(plain) or {"exec": {"command": [literal(part) for part in command]}}


def _words(text: str) -> list[str]:
    """A command of a shell as words; none if it needs the shell."""
    if _SHELL.search(text):
        return []
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _recognised(words: Sequence[str]) -> dict[str, Any] | None:
    program = words[0].rpartition("/")[2] if words else ""
    reader = {"curl": _curl, "wget": _wget, "nc": _netcat}.get(program)
    return reader(words[1:]) if reader is not None else None


_CURL_FLAGS = re.compile(r"-[fsSLkIg]+\Z|--(fail|silent|show-error|location|insecure|head)\Z")
_CURL_VALUES = ("-o", "--output", "-m", "--max-time", "--connect-timeout", "--retry")


def _curl(words: Sequence[str]) -> dict[str, Any] | None:
    """``curl -f URL``; without ``-f`` it is content with any answer, and no HTTP probe is."""
    urls, headers, fails = [], [], False
    rest = iter(words)
    for word in rest:
        if _CURL_FLAGS.match(word):
            fails = fails or word == "--fail" or (not word.startswith("--") and "f" in word)
        elif word in _CURL_VALUES or word.startswith(("-o", "-m")):
            if word in _CURL_VALUES:
                next(rest, None)
        elif word in ("-H", "--header"):
            name, _, value = next(rest, "").partition(":")
            headers.append({"name": name.strip(), "value": value.strip()})
        elif word.startswith("-"):
            return None
        else:
            urls.append(word)
    return _http(urls, headers) if fails else None


_WGET_FLAGS = re.compile(r"-q|--quiet|-nv|--no-verbose|--spider|-S|--no-check-certificate|-qO-?\Z")
_WGET_VALUES = ("-O", "-T", "-t", "-qO", "--output-document", "--timeout", "--tries")


def _wget(words: Sequence[str]) -> dict[str, Any] | None:
    urls = []
    rest = iter(words)
    for word in rest:
        name = word.partition("=")[0]
        if name in _WGET_VALUES:
            if "=" not in word:
                next(rest, None)
        elif _WGET_FLAGS.match(word) or word.startswith(("-O", "-T", "-t")):
            continue
        elif word.startswith("-"):
            return None
        else:
            urls.append(word)
    return _http(urls, [])


def _http(urls: Sequence[str], headers: list[dict[str, str]]) -> dict[str, Any] | None:
    if len(urls) != 1:
        return None
    url = urls[0] if "://" in urls[0] else f"http://{urls[0]}"
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    if (parts.hostname or "") not in _LOCAL or parts.username:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found: dict[str, Any] = {"path": path, "port": port}
    if parts.scheme == "https":
        found["scheme"] = "HTTPS"
    if headers:
        found["httpHeaders"] = headers
    return {"httpGet": found}


def _netcat(words: Sequence[str]) -> dict[str, Any] | None:
    """``nc -z localhost PORT``."""
    flags = [word for word in words if word.startswith("-")]
    plain = [word for word in words if not word.startswith("-")]
    if flags[-1:] == ["-w"]:
        plain = plain[1:]
    if not any("z" in flag for flag in flags) or len(plain) != 2:
        return None
    host, port = plain
    return {"tcpSocket": {"port": int(port)}} if host in _LOCAL and port.isdecimal() else None
