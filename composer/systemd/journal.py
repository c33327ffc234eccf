"""The journal of units: what their containers write, and what systemd and Podman say of them."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from composer.decoding import decoder
from composer.errors import ComposerError
from composer.systemd.manager import Manager, SystemdError
from composer.systemd.units import Replica

_FIELDS = (
    *("MESSAGE", "CONTAINER_NAME", "CONTAINER_PARTIAL_MESSAGE", "PODMAN_EVENT"),
    *("_COMM", "SYSLOG_IDENTIFIER"),
    *("_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "UNIT", "USER_UNIT"),
)
_ID = re.compile(rb"[0-9a-f]{64}\n?")
_FORBIDDEN = ("insufficient permissions", "not seeing messages", "Permission denied")


class Line(msgspec.Struct, frozen=True):
    """One line. ``time`` is RFC 3339 in UTC with six digits of a second (comparable as bytes)."""

    unit: str
    text: bytes
    time: bytes
    cursor: str


class _Entry(msgspec.Struct):
    """An entry as ``journalctl -o json`` writes it."""

    cursor: str = msgspec.field(name="__CURSOR", default="")
    time: str = msgspec.field(name="__REALTIME_TIMESTAMP", default="0")
    message: str | list[int | str] | None = msgspec.field(name="MESSAGE", default=None)
    container: str = msgspec.field(name="CONTAINER_NAME", default="")
    partial: str = msgspec.field(name="CONTAINER_PARTIAL_MESSAGE", default="")
    event: str = msgspec.field(name="PODMAN_EVENT", default="")
    program: str = msgspec.field(name="_COMM", default="")
    speaker: str = msgspec.field(name="SYSLOG_IDENTIFIER", default="")
    own_unit: str = msgspec.field(name="_SYSTEMD_UNIT", default="")
    own_user_unit: str = msgspec.field(name="_SYSTEMD_USER_UNIT", default="")
    unit: str = msgspec.field(name="UNIT", default="")
    user_unit: str = msgspec.field(name="USER_UNIT", default="")

    @property
    def talk(self) -> bool:
        """Whether Podman only says what it does: events, ids, and its monitor's remarks."""
        named = self.program == "podman" and _ID.fullmatch(self.text) is not None
        return bool(self.event) or named or self.speaker == "conmon"

    @property
    def text(self) -> bytes:
        """The message; what is no UTF-8 comes as numbers, and what was said twice as a list."""
        if isinstance(self.message, list):
            parts = (bytes([p]) if isinstance(p, int) else p.encode() for p in self.message)
            return b"".join(parts)
        return (self.message or "").encode("utf-8", "surrogatepass")


class Journal:
    """The entries of ``replicas`` in the journal of ``manager``'s systemd."""

    def __init__(self, manager: Manager, replicas: Sequence[Replica]) -> None:
        self._manager = manager
        self._units = {replica.unit for replica in replicas}
        self._containers = {r.container: r.unit for r in replicas if r.container}

    def read(
        self,
        *,
        since: bytes = b"",
        until: bytes = b"",
        tail: int | None = None,
        after: str = "",
        follow: bool = False,
    ) -> Iterator[Line]:
        """The lines in order of time: from ``since`` to ``until`` (times in RFC 3339), or those
        behind the cursor ``after``; with ``tail`` the last ones of each unit, with ``follow``
        all that come, without an end. Raises ``SystemdError``.
        """
        options = [f"--since={_moment(since)}"] if since else []
        options += [f"--until={_moment(until)}"] if until else []
        options += [f"--after-cursor={after}"] if after else []
        options += ["--follow", "--lines=all"] if follow else []
        if tail is None:
            yield from self._lines(self._entries([*options, *self._matches()]))
            return
        if tail > 0:
            yield from self._last(tail, options)

    def _last(self, tail: int, options: Sequence[str]) -> Iterator[Line]:
        found: dict[str, list[Line]] = {unit: [] for unit in self._units}
        entries = self._entries(["--reverse", *options, *self._matches()])
        for line in self._lines(entries, reverse=True):
            lines = found[line.unit]
            if len(lines) < tail:
                lines.append(line)
            elif all(len(lines) >= tail for lines in found.values()):
                break
        # Lines of one entry have one time, and came in the order that they have.
        merged = [line for lines in found.values() for line in reversed(lines)]
        yield from sorted(merged, key=lambda line: line.time)

    def _matches(self) -> list[str]:
        """Arguments of journalctl: the same field twice is either, ``+`` is or."""
        said: list[str] = []
        ours = ("_SYSTEMD_USER_UNIT", "USER_UNIT")
        for field in ours if self._manager.place.user else ("_SYSTEMD_UNIT", "UNIT"):
            said += ["+", *(f"{field}={unit}" for unit in sorted(self._units))]
        if self._containers:
            said += ["+", *(f"CONTAINER_NAME={name}" for name in sorted(self._containers))]
        return said[1:]

    def _entries(self, arguments: Sequence[str]) -> Iterator[_Entry]:
        fields = f"--output-fields={','.join(_FIELDS)}"
        whose = "--user" if self._manager.place.user else "--system"
        options = ["--output=json", "--all", "--no-pager", whose, fields]
        command = [self._manager.program("journalctl"), *options, *arguments]
        process = subprocess.Popen(
            command, env=self._manager.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        decode = decoder(_Entry).decode
        some = False
        try:
            for data in process.stdout:
                some = True
                yield decode(data)
            said = process.stderr.read().decode(errors="replace").strip()
            if process.wait() or (not some and any(word in said for word in _FORBIDDEN)):
                raise _refused(said)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            process.stdout.close()
            process.stderr.close()

    def _lines(self, entries: Iterable[_Entry], *, reverse: bool = False) -> Iterator[Line]:
        """The lines of ``entries``, the last ones first if they come in ``reverse``."""
        for unit, text, entry in self._messages(entries, reverse=reverse):
            time = _told(int(entry.time))
            # The end of a line is part of what a container writes.
            lines = text.removesuffix(b"\n").split(b"\n")
            for line in reversed(lines) if reverse else lines:
                yield Line(unit, line.rstrip(b"\r"), time, entry.cursor)

    def _messages(
        self, entries: Iterable[_Entry], *, reverse: bool
    ) -> Iterator[tuple[str, bytes, _Entry]]:
        """Unit, text and (last) entry of each message: Podman cuts long lines into several."""
        held: dict[str, tuple[bytes, _Entry]] = {}
        for entry in entries:
            unit = self._unit_of(entry)
            if unit is None or entry.talk:
                continue
            part, before = entry.partial == "true", held.pop(unit, None)
            if reverse and part and before is not None:
                held[unit] = (entry.text + before[0], before[1])
            elif reverse:
                if before is not None:
                    yield unit, *before
                held[unit] = (entry.text, entry)
            else:
                text = (before[0] if before is not None else b"") + entry.text
                if part:
                    held[unit] = (text, entry)
                else:
                    yield unit, text, entry
        for unit, (text, entry) in held.items():
            yield unit, text, entry

    def _unit_of(self, entry: _Entry) -> str | None:
        if entry.container in self._containers:
            return self._containers[entry.container]
        said = (entry.own_user_unit, entry.user_unit, entry.own_unit, entry.unit)
        return next((unit for unit in said if unit in self._units), None)


def last_lines(manager: Manager, unit: str, count: int = 15) -> list[str]:
    """The last lines that the journal has of a unit, for messages; none if it cannot be read."""
    try:
        lines = list(Journal(manager, [Replica("", 1, "", unit)]).read(tail=count))
    except ComposerError:
        return []
    return [line.text.decode(errors="replace") for line in lines]


def _moment(time: bytes) -> str:
    """A time as every journalctl reads it."""
    parsed = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", time.decode()))
    return f"@{parsed.timestamp():.6f}"


def _told(microseconds: int) -> bytes:
    moment = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
    rest = microseconds % 1_000_000
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:06d}000Z".encode()


def _refused(said: str) -> SystemdError:
    if any(word in said for word in _FORBIDDEN):
        return SystemdError(
            "the journal cannot be read by this user",
            hint="Members of the group systemd-journal may: sudo usermod -aG systemd-journal "
            "$USER, and log in anew. Users have journals of their own once /var/log/journal is "
            "there: sudo mkdir -p /var/log/journal && sudo systemctl restart systemd-journald",
        )
    return SystemdError(f"journalctl: {said or 'it gave no reason'}")
