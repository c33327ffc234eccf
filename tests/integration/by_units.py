"""Containers as units of systemd would make them, without systemd: their commands, run by hand."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from composer.spec import Options, load
from composer.systemd.generate import generate
from composer.systemd.quoting import VARIABLES
from composer.systemd.units import Machine, Units
from tests.scenarios.steps import Scenario
from tests.testbed import Testbed

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def units_of(
    scenario: Scenario, release: tuple[int, int], folder: Path
) -> tuple[Units, dict[str, str]]:
    """The units of a project for the engine that the tests run on, and the text of each service.

    What Quadlet reads lies in ``folder`` then.
    """
    testbed, file = scenario.testbed, str(scenario.folder / "compose.yaml")
    project = load(
        Options(
            project_directory=str(scenario.folder),
            files=(file,),
            project_name=scenario.name,
            environ=scenario.environ(),
        )
    )
    machine = Machine(
        release=release,
        user=testbed.rootless,
        rootless=testbed.rootless,
        cgroups_v2=False,
        program="podman",
        socket=testbed.socket,
        volumes=str(testbed.folder / "root/volumes"),
    )
    units = generate(project, machine)
    return units, _services(testbed, units, folder)


def _services(testbed: Testbed, units: Units, folder: Path) -> dict[str, str]:
    """The text of each service, by its name: written so, or made by Quadlet of its files."""
    folder.mkdir(exist_ok=True)
    if units.format == "units":
        return {file.name: file.text for file in units.files}
    for file in units.files:
        if file.quadlet:
            (folder / file.name).write_text(file.text)
    assert testbed.programs is not None
    done = subprocess.run(
        [str(testbed.programs / "quadlet"), "-dryrun", *(["-user"] if testbed.rootless else [])],
        env={**os.environ, "QUADLET_UNIT_DIRS": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = [line for line in done.stderr.splitlines() if "Loading source unit file" not in line]
    assert not told
    return dict(re.findall(r"^---(\S+)---\n(.*?)(?=^---\S+---\n|\Z)", done.stdout, re.M | re.S))


def command(text: str, unit: str, runtime: str, key: str = "ExecStart") -> list[str]:
    """The words of a unit's command, as systemd reads them (systemd.service(5))."""
    joined = text.replace("\\\n", " ")
    line = re.findall(rf"^{key}=(.*)$", joined, re.M)[-1]
    stem = unit.removesuffix(".service")
    said = {"%": "%", "t": runtime, "N": stem, "n": unit, "i": stem.partition("@")[2]}
    meant = {f"${{{name}}}": value for value, name in VARIABLES.items()}
    words = []
    for quoted, plain in _WORD.findall(line):
        word = plain or _unescaped(quoted)
        word = re.sub(r"%(.)", lambda m: said[m[1]], word)
        words.append(meant.get(word, word.replace("$$", "$")))
    return words


def podman(testbed: Testbed, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The engine's own program: options are those of its release."""
    program = testbed.programs / "podman" if testbed.programs else "podman"
    command = [str(program), "--url", f"unix://{testbed.socket}", *arguments]
    return subprocess.run(command, env=testbed.environ(), capture_output=True, text=True)


def done(testbed: Testbed, *arguments: str) -> str:
    """The same, for what has to succeed."""
    result = podman(testbed, *arguments)
    assert result.returncode == 0, f"{arguments}: {result.stderr}"
    return result.stdout


POD = "ExecStartPre"
"""The line of a pod's unit that makes the pod."""


def of_pod(words: Sequence[str]) -> list[str]:
    """``podman pod create …`` of a unit, without the file that only systemd has a use for."""
    start = words.index("pod")
    return [word for word in words[start:] if not word.startswith("--infra-conmon-pidfile")]


def created(words: Sequence[str], name: str) -> list[str]:
    """``podman run …`` of a unit as ``create``, under another name, and without what only systemd
    has a use for."""
    start = words.index("run")
    # Which the remote program has no --passwd for.
    own = ("--cidfile", "--sdnotify", "--cgroups", "--passwd")
    kept: Iterator[str] = iter(words[start + 1 :])
    result = ["create", "--name", name]
    for word in kept:
        if word in ("-d", "--replace", "--rm") or word.partition("=")[0] in own:
            if word == "--cgroups":
                next(kept)
        elif word == "--name":
            next(kept)
        else:
            result.append(word)
    return result


def _unescaped(text: str) -> str:
    """C's escapes, with bytes of UTF-8 as ``\\xHH``."""
    bytes_ = re.sub(r"((?:\\x[0-9a-f]{2})+)", lambda m: _bytes(m[1]), text)
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), bytes_)


def _bytes(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode()


def made_once(words: Sequence[str]) -> list[str]:
    """The command of Podman by which a unit makes a network or volume, unless it is there."""
    script = words[2].partition(" || exec ")[2] if words[0] == "/bin/sh" else ""
    command = shlex.split(script) if script else list(words)
    return [word for word in command[1:] if word != "--ignore"]


_CHANGING = {
    "Config": {
        *("CreateCommand", "Hostname", "Passwd", "Secrets", "StopTimeout", "Timeout"),
        *("sdNotifyMode", "sdNotifySocket"),
    },
    "HostConfig": {"Annotations", "AutoRemove", "Cgroups", "ContainerIDFile", "RestartPolicy"},
}
"""What differs between any two containers, or is systemd's to do."""
_OF_THE_RUNTIME = (
    *("io.container.manager", "io.kubernetes.cri-o.", "org.opencontainers.image."),
    *("io.podman.annotations.", "org.systemd.property."),
)
"""Annotations that a container has when it was started, or that the program adds for itself."""
_ELSEWHERE = re.compile(r"/run/secrets/|/overlay/\d+/merge\b")
"""In mounts: secrets are Podman's own, and images lie where the engine has put them."""
_IDS = ("com.docker.compose.image", "io.composer.parents")
"""Labels with ids that are known when the container is made."""
CHOSEN = 20000
"""From here on Podman chose a host port itself."""
_ID = re.compile(r"\b[0-9a-f]{64}\b")
_ADDED = {"rbind", "rprivate", "rw", "z", "Z"}
"""Options of mounts that are there anyhow, or tell of labels that only SELinux has."""


def comparable(container: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What of an inspected container has to be the same, however it was made; ``names`` are those
    of containers by their ids."""
    config, host = (
        {k: v for k, v in container[section].items() if k not in left_out}
        for section, left_out in _CHANGING.items()
    )
    said = config["Annotations"] or {}
    config["Annotations"] = {k: v for k, v in said.items() if not k.startswith(_OF_THE_RUNTIME)}
    config["Labels"] = {k: v for k, v in config["Labels"].items() if k not in _IDS}
    config["Env"] = sorted(v for v in config["Env"] if not v.startswith(("HOME=", "HOSTNAME=")))
    host["Binds"] = sorted(_bind(b) for b in host["Binds"] if not _ELSEWHERE.search(b))
    host["LogConfig"] = host["LogConfig"] | {"Path": ""}
    host["PidsLimit"] = max(0, host["PidsLimit"])  # -1 and 0 are both none
    told = ("label=", "seccomp=")  # of the annotations that are left out
    host["SecurityOpt"] = [o for o in host["SecurityOpt"] if not o.startswith(told)]
    for published in host["PortBindings"].values():
        for one in published or ():
            one["HostPort"] = one["HostPort"] if int(one["HostPort"]) < CHOSEN else ""
    mounts = sorted(container["Mounts"], key=lambda mount: mount["Destination"])
    found = {
        "Config": config,
        "HostConfig": host,
        "Mounts": list(filter(None, map(_mount, mounts))),
    }
    found["Args"] = [container["Path"], *container["Args"]]
    text = _ID.sub(lambda match: names.get(match[0], "ANONYMOUS"), json.dumps(found))
    return dict(json.loads(text))


def _bind(text: str) -> str:
    paths, _, options = text.rpartition(":")
    return f"{paths}:{','.join(sorted(set(options.split(',')) - _ADDED))}"


def _mount(said: Mapping[str, Any]) -> dict[str, Any]:
    if said["Type"] == "image" or _ELSEWHERE.search(f"{said['Source']} {said['Destination']}"):
        return {}
    options = [option for option in said["Options"] or () if option not in _ADDED]
    return {**said, "Mode": "", "Options": sorted(options)}


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, with both."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{path}/{key}")
    elif one != other:
        yield f"{path}: {one!r} | {other!r}"


def resources(scenario: Scenario, kind: str) -> dict[str, Any]:
    """The networks or volumes of a project by name, as far as they have to be the same."""
    found = {}
    for short in scenario.resources(kind):
        # A name of the file's own has no project in front.
        name = short if short.startswith(scenario.name) else f"{scenario.name}_{short}"
        (seen,) = json.loads(scenario.testbed.podman(kind, "inspect", name).stdout)
        own = {"id", "created", "CreatedAt", "Mountpoint", "containers"}
        own |= {"LockNumber", "MountCount", "NeedsChown", "NeedsCopyUp"}
        if seen.get("network_interface", "").startswith("podman"):
            own |= {"network_interface"}
        found[name] = {key: value for key, value in seen.items() if key not in own}
        if "subnets" in seen:
            subnets = [s for s in seen["subnets"] if not _chosen(s["subnet"])]
            for subnet in subnets:
                # The program leaves out the first address of a range.
                subnet.get("lease_range", {}).pop("start_ip", None)
            found[name]["subnets"] = subnets
    return found


def _chosen(subnet: str) -> bool:
    """Whether Podman, or composer, chose it."""
    return subnet.startswith(("10.210.", "10.211.", "fd"))
