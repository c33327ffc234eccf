"""The conformance cases that can be loaded, as projects."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from composer.errors import ComposerError
from composer.spec import Project, load
from tests.conformance.cases import all_cases
from tests.conformance.ours import called, options


def _projects() -> Iterator[tuple[str, Project]]:
    for case in all_cases():
        with contextlib.suppress(ComposerError), called(case):
            yield case.name, load(options(case))


PROJECTS = dict(_projects())
