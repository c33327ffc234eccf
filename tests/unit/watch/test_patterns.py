"""Patterns of ignore files."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.watch.patterns import Patterns, ignore_file


@pytest.mark.parametrize(
    ("lines", "matched", "others"),
    [
        (["a"], ["a", "a/b", "a/b/c"], ["b/a", "ab"]),
        (["a/"], ["a", "a/b"], ["b"]),
        (["/a"], ["a/b"], ["b/a"]),
        (["./a//b"], ["a/b"], ["a"]),
        (["*.o"], ["x.o", ".o"], ["d/x.o", "xo"]),
        (["**/*.o"], ["x.o", "d/e/x.o"], ["x.c"]),
        (["d/**"], ["d/x", "d/e/f"], ["e/d"]),
        (["**"], ["x", "d/e"], []),
        (["d/**/x"], ["d/x", "d/e/f/x"], ["x", "d/ex"]),
        (["a?c"], ["abc"], ["ac", "a/c"]),
        (["[a-c]x", "[^d]y"], ["bx", "ay"], ["dx", "dy"]),
        ([r"\*"], ["*"], ["a"]),
        (["a.b"], ["a.b"], ["axb"]),
        (["*", "!src"], ["x", "d/e"], ["src", "src/a/b"]),
        (["d", "!d/keep", "d/keep/not"], ["d/x", "d/keep/not/y"], ["d/keep", "d/keep/z"]),
        (["", "  ", " b "], ["b"], ["c"]),
    ],
)
def test_a_pattern_matches(lines: list[str], matched: list[str], others: list[str]) -> None:
    patterns = Patterns(lines)
    assert [path for path in matched if not patterns.match(path)] == []
    assert [path for path in others if patterns.match(path)] == []


def test_a_pattern_that_is_none_is_told() -> None:
    with pytest.raises(ComposerError, match=r"'\[a' is no pattern"):
        Patterns(["[a"])


def test_the_dockerfiles_own_ignore_file_comes_first(tmp_path: Path) -> None:
    assert ignore_file(tmp_path, None) == ()
    (tmp_path / ".dockerignore").write_text("\ufeffa\n# b\n!c\n")
    assert ignore_file(tmp_path, None) == ["a", "!c"]
    (tmp_path / ".containerignore").write_text("d\n")
    assert ignore_file(tmp_path, "Own") == ["d"]
    (tmp_path / "Own.dockerignore").write_text("e\n")
    assert ignore_file(tmp_path, "Own") == ["e"]
