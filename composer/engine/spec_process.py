"""The process of a container: what runs, as whom, with which environment, labels and checks."""

from __future__ import annotations

import posixpath
import re
import signal
from collections.abc import Callable
from typing import Any

from composer import __version__, state
from composer.engine.context import Context
from composer.spec.contents import contents_of
from composer.spec.model import Healthcheck, Nanoseconds

Fragment = dict[str, Any]

_SECOND = 1_000_000_000
_STOP_SECONDS = 10
_HEALTH_DEFAULTS: dict[str, int] = {
    "Interval": 30 * _SECOND,
    "Timeout": 30 * _SECOND,
    "Retries": 3,
    "StartPeriod": 0,
}


def command(context: Context) -> Fragment:
    """``entrypoint`` and ``command`` with Docker's meaning.

    An entrypoint drops the image's command; an empty one drops only the image's entrypoint. Podman
    drops the command in both cases, so that the image's has to be said again.
    """
    service = context.service
    spec: Fragment = {}
    if service.command:
        spec["command"] = list(service.command)
    if service.entrypoint:
        spec["entrypoint"] = list(service.entrypoint)
    elif service.entrypoint is not None:
        spec["entrypoint"] = [""]
        spec.setdefault("command", list(context.image.command))
    return spec


def environment(context: Context) -> Fragment:
    """``environment``: a variable without a value is not set, not even by the image."""
    said = context.service.environment
    spec: Fragment = {"env": {k: v for k, v in said.items() if v is not None}}
    unset = sorted(k for k, v in said.items() if v is None)
    return spec | ({"unsetenv": unset} if unset else {})


_IN_LABELS = {"running_or_healthy": "service_healthy"}
"""What is waited for in pods → Docker Compose's word for it."""


def labels(context: Context) -> Fragment:
    """The user's labels and those that Docker Compose and podman-compose find containers by."""
    project, service = context.project, context.service
    ours = {
        state.PROJECT: project.name,
        state.SERVICE: service.name,
        state.CONFIG_HASH: service.config_hash,
        state.IMAGE: context.image.id,
        state.ONEOFF: str(context.oneoff is not None),
        state.WORKING_DIR: project.working_dir,
        state.CONFIG_FILES: ",".join(project.files),
        state.DEPENDS_ON: ",".join(
            f"{name}:{_IN_LABELS.get(d.condition, d.condition)}:{str(d.restart).lower()}"
            for name, d in service.depends_on.items()
        ),
        state.VERSION: __version__,
        state.PODMAN_PROJECT: project.name,
        state.PODMAN_SERVICE: service.name,
        state.PODMAN_CONFIG_HASH: service.config_hash,
        state.PODMAN_VERSION: __version__,
    }
    if context.oneoff is None:
        ours[state.NUMBER] = str(context.number)
    elif context.oneoff.slug:
        ours[state.SLUG] = context.oneoff.slug
    if project.dialect == "podman":
        ours[state.UNIT] = f"podman-compose@{project.name}.service"
    contents = contents_of(project, service)
    if contents:
        ours[state.CONTENTS] = state.packed(contents)
    return {"labels": {**service.labels, **ours}}


def container_annotations(context: Context) -> Fragment:
    """``annotations``."""
    return {"annotations": dict(context.service.annotations)}


def working_dir(context: Context) -> Fragment:
    """``working_dir``: made when the image lacks it, as Docker does."""
    return {"work_dir": context.service.working_dir, "create_working_dir": True}


def user(context: Context) -> Fragment:
    """``user`` and ``group_add``."""
    service = context.service
    spec: Fragment = {}
    if service.user:
        spec["user"] = service.user
    if service.group_add:
        spec["groups"] = list(service.group_add)
    return spec


def terminal(context: Context) -> Fragment:
    """``tty`` and ``stdin_open``."""
    return {"terminal": context.service.tty, "stdin": context.service.stdin_open}


def init(context: Context) -> Fragment:
    """``init``."""
    return {"init": bool(context.service.init)}


def stopping(context: Context) -> Fragment:
    """``stop_signal`` and ``stop_grace_period`` (10 seconds unless said, as Docker's)."""
    service = context.service
    grace = service.stop_grace_period
    spec: Fragment = {
        "stop_timeout": _STOP_SECONDS if grace is None else max(0, -(-int(grace) // _SECOND))
    }
    if service.stop_signal:
        spec["stop_signal"] = signal_number(context, service.stop_signal)
    return spec


def signal_number(context: Context, text: str) -> int:
    """The number of a signal (``SIGINT``, ``INT``, ``2``, ``SIGRTMIN+3``)."""
    if text.isdecimal():
        return int(text)
    word = text.upper().removeprefix("SIG")
    realtime = re.fullmatch(r"(RTMIN|RTMAX)(?:([+-])(\d+))?", word)
    if realtime:
        offset = int(realtime[3] or 0)
        base = signal.SIGRTMIN if realtime[1] == "RTMIN" else signal.SIGRTMAX
        return int(base) + (-offset if realtime[2] == "-" else offset)
    try:
        return int(signal.Signals[f"SIG{word}"])
    except KeyError:
        hint = "use a name such as SIGTERM or a number"
        raise context.wrong("stop_signal", f"{text!r} is no signal", hint) from None


_RESTART_CONDITIONS = {"none": "no", "on-failure": "on-failure", "any": "always"}


def restart(context: Context) -> Fragment:
    """``deploy.restart_policy``, else ``restart``."""
    service = context.service
    policy = service.deploy.restart_policy if service.deploy else None
    if policy is not None:
        name = _RESTART_CONDITIONS.get(policy.condition or "any", "always")
        tries = str(policy.max_attempts or "") if name == "on-failure" else ""
    elif service.restart is not None:
        name, _, tries = service.restart.partition(":")
    else:
        return {}
    spec: Fragment = {"restart_policy": name or "no"}
    if tries and not tries.isdecimal():
        raise context.wrong("restart", f"{tries!r} is no number", "write it as on-failure:3")
    return spec | ({"restart_tries": int(tries)} if tries else {})


def healthcheck(context: Context) -> Fragment:
    """``healthcheck`` over the image's. Every field is sent: Podman 4.3 takes a missing timeout for
    one of 0 seconds."""
    said = context.service.healthcheck or Healthcheck()
    if said.disable or said.test[:1] == ("NONE",):
        return {"healthconfig": {"Test": ["NONE"], **_HEALTH_DEFAULTS}}
    image = {key: value for key, value in context.image.healthcheck.items() if value}
    test = list(said.test) or image.get("Test")
    if not test or test[0] == "NONE":
        return {}
    config = {**_HEALTH_DEFAULTS, **{key: image[key] for key in _HEALTH_DEFAULTS if key in image}}
    ours: dict[str, Nanoseconds | int | None] = {
        "Interval": said.interval,
        "Timeout": said.timeout,
        "Retries": said.retries,
        "StartPeriod": said.start_period,
    }
    for key, value in ours.items():
        # Docker takes 0 for "not said"; Podman would take it at its word.
        if value:
            config[key] = int(value)
    return {"healthconfig": {"Test": test, **config}}


_LOG_DRIVERS = {
    "json-file": "k8s-file",
    "local": "k8s-file",
    "k8s-file": "k8s-file",
    "journald": "journald",
    "none": "none",
    "passthrough": "passthrough",
}


def logging(context: Context) -> Fragment:
    """``logging``: Docker's file drivers become Podman's, with the size limit kept."""
    said = context.service.logging
    if said is None:
        return {}
    driver = _LOG_DRIVERS.get(said.driver or "json-file")
    if driver is None:
        context.lacks("logging.driver", said.driver or "")
        return {}
    spec: Fragment = {"driver": driver} if said.driver else {}
    for key, value in said.options.items():
        option = _LOG_OPTIONS.get((driver, key))
        if option is None:
            context.lacks("logging.options.*", driver, attribute=f"logging.options.{key}")
        else:
            spec |= option(context, value)
    return {"log_configuration": spec} if spec else {}


_LOG_OPTIONS: dict[tuple[str, str], Callable[[Context, str], Fragment]] = {
    ("k8s-file", "max-size"): lambda context, text: {"size": _size(context, text)},
    ("k8s-file", "path"): lambda _context, text: {"path": text},
    ("journald", "tag"): lambda _context, text: {"options": {"tag": text}},
}
"""By Podman's driver and the option's name. A tag keeps a container with a log file from starting:
its monitor refuses it."""


def _size(context: Context, text: str) -> int:
    """Bytes of ``10m``; -1 stands for no limit."""
    if text.strip() == "-1":
        return -1
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", text.lower())
    if found is None:
        hint = "write it as 10m"
        raise context.wrong("logging.options.max-size", f"{text!r} is no size", hint)
    return int(float(found[1]) * 1024 ** " kmgt".index(found[2] or " "))


def namespaces(context: Context) -> Fragment:
    """``ipc``, ``pid``, ``uts``, ``cgroup`` and ``userns_mode``."""
    service = context.service
    said = {
        "ipcns": service.ipc,
        "pidns": service.pid,
        "utsns": service.uts,
        "cgroupns": service.cgroup,
        "userns": service.userns_mode,
    }
    spec: Fragment = {key: namespace(context, text) for key, text in said.items() if text}
    mode, _, options = (service.userns_mode or "").partition(":")
    if mode == "auto":
        spec["userns"] = {"nsmode": "auto"}
        spec["idmappings"] = {"AutoUserNs": True, "AutoUserNsOpts": _auto_ids(context, options)}
    return spec


def _auto_ids(context: Context, options: str) -> Fragment:
    """``size=NUMBER`` of ``userns_mode: auto``; as many ids as the image needs unless said."""
    if not options:
        return {}
    name, _, value = options.partition("=")
    if name != "size" or not value.isdecimal():
        hint = "write it as auto or auto:size=65536"
        raise context.wrong("userns_mode", f"{options!r} is no option of auto", hint)
    return {"Size": int(value)}


def namespace(context: Context, text: str) -> Fragment:
    """Podman's form of ``host``, ``private``, ``service:NAME``, ``container:NAME``, ``ns:PATH``."""
    mode, _, value = text.partition(":")
    if mode == "service":
        return {"nsmode": "container", "value": context.around.peer(value)}
    if mode == "ns":
        return {"nsmode": "path", "value": value}
    return {"nsmode": mode, "value": value} if value else {"nsmode": mode}


def hostname(context: Context) -> Fragment:
    """``hostname`` and ``domainname``."""
    service = context.service
    spec: Fragment = {}
    if service.hostname:
        spec["hostname"] = service.hostname
    if service.domainname and context.around.rootless:
        context.lacks("domainname")
    elif service.domainname:
        spec["sysctl"] = {"kernel.domainname": service.domainname}
    return spec


def security(context: Context) -> Fragment:
    """``privileged``, capabilities, ``read_only``, ``security_opt``."""
    service = context.service
    said: Fragment = {
        "privileged": service.privileged,
        "read_only_filesystem": service.read_only,
        "cap_add": list(service.cap_add),
        "cap_drop": list(service.cap_drop),
    }
    spec: Fragment = {key: value for key, value in said.items() if value}
    for text in service.security_opt:
        key, _, value = text.replace("=", ":", 1).partition(":")
        option = _SECURITY_OPTIONS.get(key)
        if option is None:
            context.lacks("security_opt", key)
        else:
            option(spec, value)
    profile = spec.get("seccomp_profile_path", "")
    if profile not in ("", "unconfined"):
        spec["seccomp_profile_path"] = posixpath.join(context.project.working_dir, profile)
    return spec


def _no_new_privileges(spec: Fragment, value: str) -> None:
    spec["no_new_privileges"] = value != "false"


def _selinux(spec: Fragment, value: str) -> None:
    spec.setdefault("selinux_opts", []).append(value)


def _apparmor(spec: Fragment, value: str) -> None:
    spec["apparmor_profile"] = value


def _seccomp(spec: Fragment, value: str) -> None:
    if value != "builtin":
        spec["seccomp_profile_path"] = value


def _proc_options(spec: Fragment, value: str) -> None:
    spec["procfs_opts"] = value.split(",")


def _mask(spec: Fragment, value: str) -> None:
    spec.setdefault("mask", []).extend(value.split(":"))


def _unmask(spec: Fragment, value: str) -> None:
    spec.setdefault("unmask", []).extend(["ALL"] if value == "unconfined" else value.split(":"))


_SECURITY_OPTIONS: dict[str, Callable[[Fragment, str], None]] = {
    "no-new-privileges": _no_new_privileges,
    "label": _selinux,
    "apparmor": _apparmor,
    "proc-opts": _proc_options,
    "seccomp": _seccomp,
    "mask": _mask,
    "unmask": _unmask,
    "systempaths": _unmask,
}
