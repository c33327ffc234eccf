"""A short run of the fuzzer, with projects that are the same each time.

``COMPOSER_FUZZ=600`` in the environment goes on with other ones for so many seconds.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.unit.spec.fuzz.run import Corpus, fuzz, show

PROJECTS = 600
EXTRA = float(os.environ.get("COMPOSER_FUZZ", "0"))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


def test_changed_projects_are_loaded_or_refused(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    faults = fuzz(range(PROJECTS), corpus)
    assert not faults, "\n".join(show(fault) for fault in faults)


@pytest.mark.skipif(not EXTRA, reason="COMPOSER_FUZZ says for how many seconds to go on")
@pytest.mark.timeout(EXTRA + 120)
def test_more_changed_projects_are_loaded_or_refused(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin = time.time_ns()
    faults = fuzz(range(begin, begin + 10**9), corpus, time.monotonic() + EXTRA)
    assert not faults, "\n".join(show(fault) for fault in faults)
