"""Random projects generate manifests that clusters take, and twice the same bytes.

``COMPOSER_EXAMPLES=2000 pytest --timeout=0`` makes that many, other ones each time.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, note
from hypothesis import strategies as st

from composer.errors import ComposerError
from composer.kube.generate import GenerateOptions, manifests
from composer.kube.write.chart import to_chart
from composer.kube.write.kustomize import to_kustomize
from composer.kube.write.stream import to_stream
from composer.spec import Options, Project, load
from tests.conformance.generated.files import File, files
from tests.conformance.test_generated import examples
from tests.unit.kube.rules import problems
from tests.unit.kube.test_generate_valid import KINDS


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


def _loaded(folder: Path, file: File) -> Project:
    text = yaml.safe_dump(file, sort_keys=False, allow_unicode=True)
    note(text)
    path = folder / "compose.yaml"
    path.write_text(text)
    with contextlib.chdir(folder):
        try:
            return load(Options(files=(str(path),), environ={}, profiles=("*",)))
        except ComposerError:
            assume(False)
            raise


@examples(120)
@given(file=files(), kind=st.sampled_from(KINDS), host_ports=st.booleans())
def test_valid_and_steady(folder: Path, file: File, kind: object, host_ports: bool) -> None:
    project = _loaded(folder, file)
    options = GenerateOptions(kind, host_ports=host_ports)  # type: ignore[arg-type]
    found = manifests(project, options)
    assert problems(found.manifests, ("1.25.0", "1.37.0")) == []
    text = to_stream(found.manifests)
    assert text == to_stream(manifests(project, options).manifests)
    assert list(yaml.safe_load_all(text)) == found.manifests
    if found.manifests:
        assert to_kustomize(found.manifests) == to_kustomize(found.manifests)
        assert to_chart(found.manifests) == to_chart(found.manifests)
    assert len(set(found.warnings)) == len(found.warnings)
