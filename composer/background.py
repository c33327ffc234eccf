"""What takes a while: answered in a thread of its own, and given up when somebody says so.

``concurrent.futures`` does the same, but importing it takes longer than a look at the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

T = TypeVar("T")

Stop = Callable[[], bool]
"""Asked now and then while something goes on that may take long: whether to give it up."""


def never() -> bool:
    """The ``Stop`` of what goes on to its end."""
    return False


class Asked(Generic[T]):
    """``question`` is being answered from now on."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._answer: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def answered(self, seconds: float) -> bool:
        """Whether there is an answer or an error now, or within so many ``seconds``."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def answer(self) -> T:
        """Wait for the answer. Raises what the question raised, whatever that is."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return cast("T", self._answer)

    def _ask(self) -> None:
        try:
            self._answer = self._question()
        except BaseException as error:
            self._error = error
