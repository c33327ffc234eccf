"""A part as a unit of systemd itself, for Podman without Quadlet: what ``podman generate systemd
--new`` would write for the container or pod, with the dependencies and policies of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from shlex import join

from composer.systemd import quoting
from composer.systemd.options import Option
from composer.systemd.parts import BESIDE, Names, Part
from composer.systemd.relations import CGROUPS
from composer.systemd.units import Machine

_CID = "%t/%N.ctr-id"
_ONLINE = "network-online.target"
_POD = "%t/{}.pod-id"


def lines(part: Part, names: Names, machine: Machine) -> list[str]:
    """The file, without what stands above it."""
    folder = "%E/systemd/" + ("user" if machine.user else "system")
    network = [] if machine.user else [("Wants", _ONLINE), ("After", _ONLINE)]
    unit = [
        ("Description", quoting.escaped(part.description)),
        *network,
        *_needed(part, names),
        *part.unit,
    ]
    unit.append(("RequiresMountsFor", "%t/containers"))
    service = list(_WRITERS[part.section](part, names, machine))
    body = [f"{key}={value}".replace(BESIDE, folder) for key, value in _named(service)]
    return [
        "[Unit]",
        *(f"{k}={v}" for k, v in _merged(unit)),
        "",
        "[Service]",
        *body,
    ]


def _named(service: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield "Environment", "PODMAN_SYSTEMD_UNIT=%n"
    yield "SyslogIdentifier", "%N"
    yield from service


def _merged(unit: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each of the lists once."""
    lists = ("Requires", "Wants", "BindsTo", "After")
    said = {key: [v for k, v in unit if k == key] for key in lists}
    yield from ((k, v) for k, v in unit if k not in lists)
    yield from ((key, " ".join(values)) for key, values in said.items() if values)


def _needed(part: Part, names: Names) -> Iterator[tuple[str, str]]:
    """Quadlet finds these out itself."""
    for other in names.needed(part):
        yield "BindsTo" if other.section == "Pod" else "Requires", other.started_by
        yield "After", other.started_by


def _command(machine: Machine, words: Iterable[str], options: Iterable[Option], *after: str) -> str:
    """A command of Podman over several lines, an option each; ``words`` may have specifiers."""
    start = " ".join([quoting.word(machine.program), *words])
    rows = [quoting.words(quoting.escaped(w) for w in option.words()) for option in options]
    rows += [quoting.words(quoting.escaped(w) for w in after)] if after else []
    return " \\\n    ".join([start, *rows])


def _container(part: Part, names: Names, machine: Machine) -> Iterator[tuple[str, str]]:
    if part.one_shot:
        yield "Type", "oneshot"
        yield "RemainAfterExit", "yes"
        how = []
    else:
        yield "Type", "notify"
        yield "NotifyAccess", "all"
        told = part.healthy and not part.probed
        how = ["-d", "--sdnotify=" + ("healthy" if told else "conmon")]
    pod = next((found for o in part.options if o.flag == "--pod" for found in _pod(names, o)), None)
    # The pod is made anew with its unit; its id is what says which one is meant.
    options = [o for o in part.options if not (o.flag == "--pod" and pod is not None)]
    start = [quoting.escaped(w) for option in part.globals for w in option.words()]
    start += ["run", f"--cidfile={_CID}", "--replace", "--rm", *how]
    start += (
        [] if pod is None else [f"--pod-id-file={_POD.format(pod.started_by[: -len('.service')])}"]
    )
    start += [f"--cgroups={CGROUPS}"]
    root = [Option("--rootfs")] if part.rootfs else []
    stop = [str(o.value) for o in part.options if o.flag == "--stop-timeout"]
    yield from part.service
    yield "ExecStartPre", f"/bin/rm -f {_CID}"
    yield (
        "ExecStart",
        _command(machine, start, [*options, *root], part.rootfs or part.image, *part.command),
    )
    limit = f" -t {stop[0]}" if stop else ""
    yield "ExecStop", f"{quoting.word(machine.program)} stop --ignore{limit} --cidfile={_CID}"
    yield "ExecStopPost", f"{quoting.word(machine.program)} rm -f --ignore --cidfile={_CID}"


def _pod(names: Names, option: Option) -> Iterator[Part]:
    found = names.of_option(option)
    if found is not None:
        yield found[0]


def _pod_lines(part: Part, _names: Names, machine: Machine) -> Iterator[tuple[str, str]]:
    program = quoting.word(machine.program)
    yield "Type", "forking"
    yield "PIDFile", "%t/%N.pid"
    yield "Restart", "on-failure"
    yield from part.service
    identity = f"--pod-id-file={_POD.format('%N')}"
    yield "ExecStartPre", f"/bin/rm -f %t/%N.pid {_POD.format('%N')}"
    yield (
        "ExecStartPre",
        _command(
            machine,
            ["pod", "create", "--infra-conmon-pidfile=%t/%N.pid", identity, "--replace"],
            part.options,
        ),
    )
    yield "ExecStart", f"{program} pod start {identity}"
    yield "ExecStop", f"{program} pod stop --ignore -t 10 {identity}"
    yield "ExecStopPost", f"{program} pod rm --ignore -f {identity}"


def _resource(part: Part, _names: Names, machine: Machine) -> Iterator[tuple[str, str]]:
    """A unit that makes something unless it is there: Podman 4.3 cannot ignore that itself."""
    program = machine.program
    kind = part.section.lower()
    yield "Type", "oneshot"
    yield "RemainAfterExit", "yes"
    create = [program, kind, "create", *(w for o in part.options for w in o.words()), part.name]
    script = f"{join([program, kind, 'exists', part.name])} || exec {join(create)}"
    yield "ExecStart", quoting.words(["/bin/sh", "-c", quoting.escaped(script)])


def _build(part: Part, _names: Names, machine: Machine) -> Iterator[tuple[str, str]]:
    yield "Type", "oneshot"
    yield "RemainAfterExit", "yes"
    yield "ExecStart", _command(machine, ["build"], part.options, part.context)


def _image(part: Part, _names: Names, machine: Machine) -> Iterator[tuple[str, str]]:
    yield "Type", "oneshot"
    yield "RemainAfterExit", "yes"
    yield "ExecStart", _command(machine, ["pull"], part.options, part.image)


_WRITERS = {
    "Container": _container,
    "Pod": _pod_lines,
    "Network": _resource,
    "Volume": _resource,
    "Build": _build,
    "Image": _image,
}
