"""The log streams of many containers as one.

``show`` prints them: merged in order of time, or followed as they grow, also over restarts and
with containers that appear later.
"""

from composer.logs.follow import Exit
from composer.logs.printer import Printer, StreamPrinter
from composer.logs.show import Selection, show

__all__ = ["Exit", "Printer", "Selection", "StreamPrinter", "show"]
