"""Every manifest of every sample and conformance case is one that clusters take."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.kube.generate import GenerateOptions, manifests
from composer.kube.generate.draft import Kind
from composer.spec import Options, load
from tests.conformance.projects import PROJECTS
from tests.unit.kube.rules import problems

SAMPLES = sorted(Path(__file__).parents[3].glob("samples/compose/*/compose.yaml"))
KINDS: tuple[Kind | None, ...] = (None, "pod", "deployment", "statefulset", "daemonset", "job")


def test_there_are_cases() -> None:
    assert len(PROJECTS) > 200
    assert len(SAMPLES) >= 10


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("kind", KINDS)
def test_samples(sample: Path, kind: Kind | None) -> None:
    project = load(Options(files=(str(sample),), environ={}))
    for host_ports in (False, True):
        found = manifests(project, GenerateOptions(kind, host_ports=host_ports))
        assert found.manifests
        assert problems(found.manifests) == []
        assert manifests(project, GenerateOptions(kind, host_ports=host_ports)) == found


@pytest.mark.parametrize("name", PROJECTS)
def test_conformance_cases(name: str) -> None:
    for kind in KINDS[:2]:
        found = manifests(PROJECTS[name], GenerateOptions(kind))
        assert problems(found.manifests, ("1.25.0", "1.37.0")) == []
