"""What composer makes of a case."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

from composer.errors import ComposerError
from composer.spec import Options, load_canonical, to_json, to_yaml
from composer.spec.read import read
from composer.spec.tree import Problems
from tests.conformance.cases import Answer, Case, neutral


def options(case: Case) -> Options:
    """The options with which composer loads ``case``, from within its folder."""
    return Options(
        files=case.files,
        profiles=case.profiles,
        project_name=case.project_name,
        env_files=case.env_files,
        services=case.services,
        environ=case.environ,
    )


@contextlib.contextmanager
def called(case: Case) -> Iterator[None]:
    """Within the folder of ``case``, with its standard input, which can be read once."""
    kept = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(case.typed.encode()))
    try:
        with contextlib.chdir(case.where):
            yield
    finally:
        sys.stdin = kept


def answer(case: Case) -> Answer:
    """What composer's ``config`` makes of ``case``."""
    try:
        with called(case):
            mapping = load_canonical(options(case)).selected(case.services)
    except ComposerError as error:
        return Answer(None, neutral(str(error), case))
    return Answer(
        json.loads(neutral(to_json(mapping), case)), yaml=neutral(to_yaml(mapping), case).strip()
    )


def says(text: str) -> Any:
    """What YAML says, whatever its style: some readers do not take all that docker-compose writes
    (numbers such as ``1e+06``, the text ``=``, blocks that begin with a tab)."""
    return [document.root for document in read(text, "printed", Problems())]
