"""``systemctl`` and ``journalctl`` that record how they are called, and answer what a test says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

_SYSTEMCTL = """\
#!/bin/sh
echo "systemctl $*" >> {folder}/calls
for word; do case "$word" in -*) ;; *) verb=$word; break ;; esac; done
if [ "$verb" = show ]; then
    for word; do case "$word" in -*|show) continue ;; esac
        state={folder}/state/$word
        [ -e "$state" ] || state={folder}/state/any
        echo "Id=$word"; cat "$state"; echo
    done
fi
[ ! -d {folder}/on/$verb ] || cp {folder}/on/$verb/* {folder}/state
[ ! -e {folder}/fail/$verb ] || {{ cat {folder}/fail/$verb >&2; exit 1; }}
"""
_JOURNALCTL = """\
#!/bin/sh
echo "journalctl $*" >> {folder}/calls
[ ! -e {folder}/fail/journal ] || {{ cat {folder}/fail/journal >&2; exit 1; }}
case "$*" in *--reverse*) tac {folder}/journal ;; *) cat {folder}/journal ;; esac
"""
RUNS = {"LoadState": "loaded", "ActiveState": "active", "SubState": "running"}
STOPPED = {"LoadState": "loaded", "ActiveState": "inactive", "SubState": "dead"}
FAILED = {
    "LoadState": "loaded",
    "ActiveState": "failed",
    "SubState": "failed",
    "Result": "exit-code",
    "ExecMainStatus": "125",
}


class Recorder:
    """The two programs, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("state", "fail"):
            (folder / name).mkdir(parents=True)
        for name, text in (("systemctl", _SYSTEMCTL), ("journalctl", _JOURNALCTL)):
            (folder / name).write_text(text.format(folder=folder))
            (folder / name).chmod(0o755)
        (folder / "journal").write_text("")
        self.state("any", RUNS)

    @property
    def path(self) -> str:
        """A ``PATH`` on which they come first."""
        return f"{self.folder}:{os.environ['PATH']}"

    def state(self, unit: str, properties: Mapping[str, str], *, on: str | None = None) -> None:
        """Let ``systemctl show`` say so of ``unit``; ``any`` are all others.

        With ``on`` it does from the moment when this verb was said.
        """
        folder = self.folder / "on" / on if on else self.folder / "state"
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{key}={value}\n" for key, value in properties.items())
        (folder / unit).write_text(lines)

    def fail(self, verb: str, text: str) -> None:
        """Let ``systemctl verb`` fail, or ``journal``."""
        (self.folder / "fail" / verb).write_text(text)

    def journal(self, *entries: Mapping[str, object]) -> None:
        """Let the journal hold ``entries``, a second apart."""
        rows: list[dict[str, object]] = []
        for number, entry in enumerate(entries):
            time = str(1_700_000_000_000_000 + number * 1_000_000)
            rows.append({"__CURSOR": f"c{number}", "__REALTIME_TIMESTAMP": time, **entry})
        (self.folder / "journal").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def calls(self, program: str = "systemctl") -> list[str]:
        """What a program was asked for: its words without options, in order."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        said = [line.split() for line in lines if line.startswith(f"{program} ")]
        return [" ".join(w for w in words[1:] if not w.startswith("--")) for words in said]
