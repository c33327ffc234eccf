"""Podman's own play takes the manifests of samples and conformance cases, as far as it knows kinds.

Of the cases those are played that bring a field which none before them has: with
``COMPOSER_ALL_MANIFESTS=1`` all of them are, which takes some minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from composer.kube.generate import GenerateOptions, manifests
from composer.kube.generate.draft import Kind
from composer.kube.read.for_podman import FIRST_WITHOUT, for_podman
from composer.kube.write.stream import to_stream
from composer.spec import Options, load
from composer.spec.discovery import Source
from tests.conformance.projects import PROJECTS
from tests.scenarios.steps import SAMPLES
from tests.testbed import Testbed

pytestmark = pytest.mark.engine

Object = dict[str, Any]
KNOWN = ("Pod", "Deployment", "DaemonSet", "Job", "ConfigMap", "Secret", "PersistentVolumeClaim")
RUN = KNOWN[:4]

REFUSED = {
    "configs-external": "no such ConfigMap",
    "secrets-external": "no such secret",
    "interpolation-typed": "no such secret",
    "extensions-unchecked": "no such ConfigMap",
    "duplicates-in-lists": "unknown capability",
    "merge-files": "unknown capability",
    "merge-lists-appended": "unknown capability",
    "volume-absolute-windows": "must be an absolute path",
    "volumes-driver-opts": "supported VolumeSource",
    "texts-of-several-lines": "error converting YAML to JSON",
    "texts-that-begin-with-a-tab": "error converting YAML to JSON",
}
"""What Podman says of cases that ask for what is not there, or for what no Podman has. The last two
it breaks itself, writing each document anew before it reads it: kubectl takes them."""

SYSCTLS = {
    "attributes-less-common": "Network Namespace set to host",
    "merge-environment-forms": "is not allowed",
    "merge-files": "is not allowed",
    "sysctls-forms": "is not allowed",
}
"""The same of Podman that looks at ``sysctls``, which 4.3 does not."""


def playable(folder: Path, found: list[Object]) -> list[Object]:
    """``found`` with an image that is here, and with files and folders of this test."""
    for one in found:
        spec = one.get("spec") or {}
        pod = spec.get("template", one).get("spec") or {}
        for container in (*pod.get("containers", ()), *pod.get("initContainers", ())):
            container |= {"image": "docker.io/library/busybox:latest", "imagePullPolicy": "Never"}
        for volume in pod.get("volumes", ()) if one["kind"] in RUN else ():
            if "hostPath" in volume:
                name = "file" if volume["hostPath"]["type"] == "File" else "folder"
                volume["hostPath"]["path"] = str(folder / name)
    return [one for one in found if one["kind"] in KNOWN]


def fields(value: Any, path: str) -> Iterator[str]:
    """The paths of all that is said below ``path``."""
    if isinstance(value, dict):
        for key, entry in value.items():
            free = path.endswith(("abels", "annotations", "data", "limits", "requests"))
            below = f"{path}.{'*' if free else key}"
            # Whatever makes it, Podman looks at pods in one way.
            yield from fields(entry, "Pod" if key == "template" else below)
    elif isinstance(value, list):
        for entry in value:
            yield from fields(entry, f"{path}[]")
    else:
        yield path


def streams(folder: Path) -> Iterator[tuple[str, list[Object]]]:
    """What is played, with its name."""
    whole = bool(os.environ.get("COMPOSER_ALL_MANIFESTS"))
    samples = {
        path.name: load(Options(files=(str(path / "compose.yaml"),), environ={}))
        for path in SAMPLES.iterdir()
    }
    kinds: tuple[Kind | None, ...] = ("pod", None)
    seen: set[str] = set()
    for name, project in (samples | PROJECTS).items():
        for kind in kinds:
            options = GenerateOptions(kind, host_ports=kind == "pod")
            found = playable(folder, list(manifests(project, options).manifests))
            new = {path for one in found for path in fields(one, one["kind"])} - seen
            seen |= new
            if any(one["kind"] in RUN for one in found) and (new or whole or name in samples):
                yield name, found


def test_podman_must_accept_what_is_generated(engine: Testbed, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    version = engine.api.get("/version")["Version"].split(".")
    old = (int(version[0]), int(version[1])) < FIRST_WITHOUT
    file = tmp_path / "all.yaml"
    refused = REFUSED if old else REFUSED | SYSCTLS
    wrong = []
    for name, found in streams(tmp_path):
        text = to_stream(found)
        handed = for_podman([(Source(str(file), file.name), text)]).text if old else None
        file.write_text(handed or text)
        done = engine.podman("kube", "play", "--start=false", str(file), check=False)
        expected = refused.get(name)
        if (done.returncode != 0) != bool(expected) or (expected and expected not in done.stderr):
            wrong.append(f"{name}: {done.stderr}")
        engine.clear()
        if any(one["kind"] == "Secret" for one in found):
            engine.podman("secret", "rm", "--all")
    assert not wrong, "".join(wrong)
