"""Random Compose files, single, merged and with variables, load as docker-compose loads them.

A run makes a few dozen files, always the same. ``COMPOSER_EXAMPLES=2000 pytest --timeout=0`` makes
that many of each kind, other ones each time, and looks for the smallest file that differs.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from composer.errors import ComposerError
from composer.spec import Options, load_canonical, to_json, to_yaml
from tests.conformance.cases import HOME, Case, exact
from tests.conformance.generated.files import Environment, File, files, overrides, with_variables
from tests.conformance.oracle import ask, find
from tests.conformance.ours import answer, says

PROGRAM = find()
COMPARED = pytest.mark.skipif(
    PROGRAM is None,
    reason="random files have no recorded answers: name a docker-compose in COMPOSER_ORACLE",
)
EXAMPLES = int(os.environ.get("COMPOSER_EXAMPLES", "0"))


def examples(usual: int) -> Callable[[Any], Any]:
    """``usual`` examples, always the same ones; or as many as were asked for, other ones."""
    return settings(
        max_examples=EXAMPLES or usual,
        derandomize=not EXAMPLES,
        phases=(Phase.explicit, Phase.generate, *([Phase.shrink] if EXAMPLES else [])),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module", autouse=True)
def home() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", HOME)
        yield


@contextlib.contextmanager
def written(*contents: File, environ: dict[str, str] | None = None) -> Iterator[Case]:
    """A case whose files have these contents, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="composer-") as name:
        folder = Path(name, "project")
        folder.mkdir()
        names = tuple(f"{index}.yaml" for index in range(len(contents)))
        for file, content in zip(names, contents, strict=True):
            (folder / file).write_text(json.dumps(content))
        variables = {"HOME": HOME, **(environ or {})}
        yield Case("generated", folder, names, (), None, (), (), variables, None)


_LABELLED = r"(networks|volumes|secrets|configs)\.\w+\.labels"
TAKEN = {
    r"items at \d+ and \d+ are equal": "what two files say alike is kept once",
    rf"{_LABELLED} must be a mapping": "what two lists of labels say alike is kept once",
    rf"cannot override {_LABELLED}": "a list of labels merges with a mapping",
    r"cannot override services\.\w+\.build\.ssh": "lists of keys are merged",
}
"""Refusals of docker-compose that composer does not share, with the reason."""


def compare(case: Case) -> None:
    """Assert that composer makes the same of ``case`` as docker-compose, or refuses it too."""
    assert PROGRAM is not None
    theirs = ask(PROGRAM, case)
    note(f"docker-compose: {theirs.error or 'accepts it'}")
    ours = answer(case)
    if any(re.search(pattern, theirs.error) for pattern in TAKEN):
        return
    assert (ours.error == "") == (theirs.error == ""), ours.error
    assert ours.yaml == theirs.yaml or exact(says(ours.yaml)) == exact(says(theirs.yaml))
    assert exact(ours.model) == exact(theirs.model)


@COMPARED
@examples(usual=25)
@given(file=files())
def test_random_files_are_read_as_docker_compose_reads_them(file: File) -> None:
    with written(file) as case:
        compare(case)


@COMPARED
@examples(usual=25)
@given(data=st.data())
def test_random_files_are_merged_as_docker_compose_merges_them(data: st.DataObject) -> None:
    file = data.draw(files())
    over = data.draw(overrides(file))
    with written(file, over) as case:
        compare(case)


@COMPARED
@examples(usual=25)
@given(data=st.data())
def test_variables_in_random_files_are_replaced_as_docker_compose_does(
    data: st.DataObject,
) -> None:
    environment = Environment()
    file = data.draw(with_variables(data.draw(files()), environment))
    note(f"environment: {environment.values}")
    with written(file, environ=environment.values) as case:
        compare(case)


@examples(usual=50)
@given(file=files())
def test_what_config_prints_means_the_same_when_it_is_loaded_again(file: File) -> None:
    with written(_filled(file)) as case, contextlib.chdir(case.folder):
        try:
            first = load_canonical(Options(files=case.files, environ=case.environ))
        except ComposerError:
            return
        printed = to_yaml(first.mapping)
        note(printed)
        Path("again.yaml").write_text(printed)
        second = load_canonical(Options(files=("again.yaml",), environ={"HOME": HOME}))
        assert exact(second.mapping) == exact(first.mapping)
        assert to_yaml(second.mapping) == printed


def _filled(value: Any) -> Any:
    """``value`` without what is empty or 0, which Docker Compose does not always print."""
    if isinstance(value, list):
        return [_filled(entry) for entry in value]
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v or v is None or v is False}
    return value


@examples(usual=50)
@given(file=files())
def test_yaml_and_json_say_the_same(file: File) -> None:
    with written(file) as case, contextlib.chdir(case.folder):
        try:
            mapping = load_canonical(Options(files=case.files, environ=case.environ)).mapping
        except ComposerError:
            return
    read = yaml.safe_load(to_yaml(mapping, escape=False))
    assert exact(read) == exact(mapping)
    assert json.loads(to_json(mapping, escape=False, whole=False)) == mapping  # 1e+06 is 1000000
