"""The command line: options in, one use case called, exit code out."""

from __future__ import annotations

import gc
import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Run the program with the arguments of the process."""
    # As long as only this program itself is being loaded, Ctrl-C ends it without a word.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_streams()
    if sys.argv[1:2] == ["__complete"]:
        # A shell waits for this at each press of Tab: it may not import what it does not need.
        from composer.cli.complete import complete

        gc.disable()
        sys.stdout.write("".join(f"{line}\n" for line in complete(sys.argv[2:])))
        sys.stdout.flush()
        os._exit(0)
    from composer.cli.app import main as run

    run()


def _open_streams() -> None:
    """Put nothing in the place of standard streams that are closed, as ``<&-`` does it.

    Their numbers would be those of the next files or connections otherwise.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115
