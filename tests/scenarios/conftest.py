"""Fixtures of the scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenarios.steps import Scenario, project_in
from tests.testbed import Testbed

ScenarioOf = Callable[[str], Scenario]


@pytest.fixture(scope="module")
def shared(
    engine: Testbed, composer_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScenarioOf]:
    """Makes a scenario that all tests of a module use; removed after the last of them.

    Each test has to bring it to where it begins: the test before may have failed anywhere.
    """
    with ExitStack() as stack:
        yield lambda source: stack.enter_context(
            project_in(engine, composer_program, source, tmp_path_factory.mktemp("shared"))
        )


@pytest.fixture
def scenario(engine: Testbed, composer_program: str, tmp_path: Path) -> Iterator[ScenarioOf]:
    """Makes a scenario from a folder here or a sample; removed after the test."""
    with ExitStack() as stack:
        yield lambda source: stack.enter_context(
            project_in(engine, composer_program, source, tmp_path)
        )
