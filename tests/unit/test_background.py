"""Questions that are answered in threads of their own."""

from __future__ import annotations

import threading

import pytest

from composer.background import Asked


def test_whatever_a_question_raises_reaches_who_waits_for_it() -> None:
    def question() -> int:
        raise ZeroDivisionError("of the question")

    asked = Asked(question)
    with pytest.raises(ZeroDivisionError, match="of the question"):
        asked.answer()
    assert asked.answered(0)


def test_an_answer_can_be_waited_for_in_vain_and_comes_later() -> None:
    go = threading.Event()
    asked = Asked(lambda: go.wait(60) and "here")
    assert not asked.answered(0.01)
    go.set()
    assert asked.answer() == "here"
