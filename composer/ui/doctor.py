"""The report of ``doctor``: one line for each check, and what mends what is wrong below it."""

from __future__ import annotations

from collections.abc import Sequence

from composer.doctor.finding import Finding
from composer.printable import printable_lines

GREEN, YELLOW, RED, BLUE, BOLD, DIM, RESET = (f"\x1b[{n}m" for n in (32, 33, 31, 34, 1, 2, 0))

MARKS = {"ok": ("✔", GREEN), "note": ("i", BLUE), "warning": ("!", YELLOW), "error": ("✘", RED)}


def report(findings: Sequence[Finding], *, colour: bool) -> str:
    """The whole report, with a last line that counts what is wrong."""

    def painted(code: str, text: str) -> str:
        text = printable_lines(text)
        return f"{code}{text}{RESET}" if colour else text

    width = max((len(finding.check) for finding in findings), default=0)
    lines: list[str] = []
    for area in dict.fromkeys(finding.area for finding in findings):
        lines.append(painted(BOLD, area))
        for finding in (one for one in findings if one.area == area):
            mark, code = MARKS[finding.status]
            told = painted(code if finding.status == "error" else "", finding.message)
            lines.append(f" {painted(code, mark)} {finding.check:<{width}}  {told}")
            if finding.fix:
                lines.append(f"   {'':<{width}}  {painted(DIM, '→ ' + finding.fix)}")
    errors = sum(finding.status == "error" for finding in findings)
    warnings = sum(finding.status == "warning" for finding in findings)
    lines += ["", _summary(errors, warnings)]
    return "\n".join(lines) + "\n"


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "All is well."
    counts = [(errors, "broken"), (warnings, "could be better")]
    return ", ".join(f"{count} {word}" for count, word in counts if count) + "."
