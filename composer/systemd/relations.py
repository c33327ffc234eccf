"""``depends_on``, restart policies, hooks and times → lines of ``[Unit]`` and ``[Service]``."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from shlex import join

from composer.graph.needs import depends_on, namespace_parents
from composer.spec.model import Hook, Pod, Project, Service
from composer.systemd.options import Fragment
from composer.systemd.parts import Part
from composer.systemd.quoting import escaped, words
from composer.systemd.units import Machine

Line = tuple[str, str]
Warn = Callable[[str, str], None]

_SECOND = 1_000_000_000
START_SECONDS = 900
"""How long a unit may take to start: pulling an image may be part of it."""
_STOP_MARGIN = 60
"""Seconds beyond the time that the container has to stop; Podman kills it before systemd does."""
HEALTHY_SINCE = (5, 0)
"""From then on Podman tells systemd itself when a container is healthy."""
CGROUPS = "no-conmon"
"""The monitor of a container stays in the control group of its unit, where systemd hears it, and
the container goes where Podman puts it: into its pod's. Quadlet's own choice (``split``) takes it
out of there, and does not work with control groups of version 1."""
_RESTARTS_DIRECTLY = (4, 9)
"""Machines with such a Podman mostly have systemd 254 or newer, where what waits for a unit goes on
to wait while that is tried again. Older ones do not know the line, say so and go on."""
_WINDOW = 3600
"""Seconds in which restarts are counted, where the file gives them a number and no window."""


def awaited(project: Project, condition: str) -> set[str]:
    """The services that others wait for with ``condition``."""
    return {
        name
        for service in project.services.values()
        for name, dependency in depends_on(service).items()
        if dependency.condition == condition
    }


def one_shots(project: Project) -> set[str]:
    """The services that run to their end before others start."""
    said = {name for name, s in project.services.items() if s.one_shot or s.pod_init}
    return said | (awaited(project, "service_completed_successfully") & set(project.services))


def dependencies(
    project: Project, service: Service, number: int, units: Mapping[str, Sequence[str]]
) -> list[Line]:
    """``Requires=`` or ``Wants=``, and ``After=``, for what the replica ``number`` needs.

    ``units`` has those of each service in the order of their numbers. Members of one pod wait for
    each other, and not for those of its other replicas. A container whose namespace is shared takes
    the replica along when it stops; it is the first of its service.
    """
    required: list[str] = []
    wanted: list[str] = []
    bound: list[str] = []
    members = project.pods[service.pod].members if service.pod is not None else ()
    for name, dependency in depends_on(service).items():
        found = units.get(name, ())
        if name in namespace_parents(service):
            bound += found[:1]
            continue
        beside = found[number - 1 : number] if name in members else found
        (required if dependency.required else wanted).extend(beside)
    if service.pod_init is None:
        first = [name for name in members if project.services[name].pod_init]
        required += [unit for name in first for unit in units.get(name, ())[number - 1 : number]]
    lines = [("Requires", " ".join(dict.fromkeys(required)))]
    lines += [("Wants", " ".join(dict.fromkeys(wanted)))]
    lines += [("BindsTo", " ".join(dict.fromkeys(bound)))]
    lines += [("After", " ".join(dict.fromkeys((*required, *wanted, *bound))))]
    return [line for line in lines if line[1]]


def restarts(
    service: Service, pod: Pod | None, one_shot: bool, release: tuple[int, int], warn: Warn
) -> tuple[list[Line], list[Line]]:
    """``restart`` or ``deploy.restart_policy``: lines of ``[Unit]`` and of ``[Service]``."""
    policy = service.deploy.restart_policy if service.deploy else None
    delay = window = None
    if policy is not None:
        word = {"none": "no", "on-failure": "on-failure"}.get(policy.condition or "any", "always")
        tries, delay, window = policy.max_attempts or 0, policy.delay, policy.window
    else:
        said = service.restart or (pod.restart if pod else None) or "no"
        name, _, number = said.partition(":")
        word = {"unless-stopped": "always", "": "no"}.get(name, name)
        tries = int(number) if number.isdecimal() else 0
    if one_shot and word == "always":
        warn("restart", "a unit that runs to its end cannot start again: on-failure does")
        word = "on-failure"
    if word == "no":
        return [], [("Restart", "no")]
    if tries:
        seconds = window.seconds if window else _WINDOW
        unit = [("StartLimitIntervalSec", f"{seconds:g}"), ("StartLimitBurst", str(tries + 1))]
    else:
        unit = [("StartLimitIntervalSec", "0")]
    pause = delay.seconds if delay else 1
    lines = [("Restart", word), ("RestartSec", f"{pause:g}")]
    if release >= _RESTARTS_DIRECTLY:
        lines.append(("RestartMode", "direct"))
    return unit, lines


def times(spec: Fragment, *, healthy: bool, one_shot: bool) -> list[Line]:
    """How long starting and stopping may take, and which end is a good one."""
    start = START_SECONDS
    if healthy:
        check = spec.get("healthconfig") or {}
        tries = int(check.get("Retries", 3))
        each = int(check.get("Interval", 30 * _SECOND)) + int(check.get("Timeout", 30 * _SECOND))
        start += (int(check.get("StartPeriod", 0)) + tries * each) // _SECOND
    stop = ("TimeoutStopSec", str(int(spec.get("stop_timeout", 10)) + _STOP_MARGIN))
    if one_shot:
        return [stop]
    number = int(spec.get("stop_signal", signal.SIGTERM))
    # Who ends by the signal that it is stopped with has not failed; SIGKILL has other causes, too.
    told = [("SuccessExitStatus", str(128 + number))] if number != signal.SIGKILL else []
    return [("TimeoutStartSec", str(start)), stop, *told]


def health(part: Part, spec: Fragment, machine: Machine) -> list[Line]:
    """The command that waits for the health of a container, where Podman does not tell of it.

    Its checks count as any others: where a container that is unhealthy is ended, they come no more
    often than the file says.
    """
    if not part.probed:
        return []
    interval = int((spec.get("healthconfig") or {}).get("Interval", 30 * _SECOND)) // _SECOND
    pause = max(1, interval) if spec.get("health_check_on_failure_action") else 1
    check = join([machine.program, "healthcheck", "run", part.name])
    there = join([machine.program, "container", "exists", part.name])
    script = f"until {check} >/dev/null 2>&1; do {there} || exit 1; sleep {pause}; done"
    return [("ExecStartPost", words(["/bin/sh", "-c", escaped(script)]))]


def hooks(service: Service, part: Part, machine: Machine) -> list[Line]:
    """``post_start`` and ``pre_stop`` as commands in the container."""
    lines = [("ExecStartPost", _executed(hook, part, machine)) for hook in service.post_start]
    lines += [("ExecStop", "-" + _executed(hook, part, machine)) for hook in service.pre_stop]
    return lines


def _executed(hook: Hook, part: Part, machine: Machine) -> str:
    options = ["--user", hook.user] if hook.user else []
    options += ["--workdir", hook.working_dir] if hook.working_dir else []
    options += ["--privileged"] if hook.privileged else []
    for key, value in sorted(hook.environment.items()):
        options += ["--env", key if value is None else f"{key}={value}"]
    command = [machine.program, "exec", *options, part.name, *hook.command]
    return words(escaped(text) for text in command)
