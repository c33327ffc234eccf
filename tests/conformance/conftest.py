"""Says at the end of a run what ``config`` was compared with."""

from __future__ import annotations

import pytest

from tests.conformance.oracle import find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    what = find() or "recorded answers (docker-compose was not found; COMPOSER_ORACLE names it)"
    terminalreporter.write_line(f"conformance: compared with {what}")
