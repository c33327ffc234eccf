"""How far a pull is, from what Podman says of its layers."""

from __future__ import annotations

import msgspec

from composer.engine.pulling import Layers, PullLine

DOCKERS = (
    b'{"status":"Pulling fs layer","progressDetail":{},"id":"a"}',
    b'{"status":"Downloading","progressDetail":{"current":50,"total":100},"progress":"50B","id":"a"}',
    b'{"status":"Downloading","progressDetail":{"current":10,"total":300},"id":"b"}',
    b'{"status":"Download complete","progressDetail":{},"id":"a"}',
    b'{"status":"Download complete","progressDetail":{},"id":"b"}',
)


def told(lines: tuple[bytes, ...]) -> list[tuple[str, int, int]]:
    """What the progress gets."""
    found: list[tuple[str, int, int]] = []

    def progress(text: str, *, current: int = 0, total: int = 0, unit: str = "") -> None:
        found.append((text, current, total))

    layers = Layers(progress)
    for line in lines:
        layers.take(msgspec.json.decode(line, type=PullLine))
    return found


def test_bytes_of_all_layers_are_added_up() -> None:
    assert told(DOCKERS) == [
        ("0 of 1 parts", 0, 0),
        ("0 of 1 parts", 50, 100),
        ("0 of 2 parts", 60, 400),
        ("1 of 2 parts", 110, 400),
        ("2 of 2 parts", 400, 400),
    ]


def test_podmans_own_words_are_passed_on() -> None:
    lines = (b'{"stream":"Copying blob sha256:%b\\n"}' % (b"5a" * 32), b'{"images":["x"],"id":"x"}')
    assert told(lines) == [("Copying blob 5a5a5a5a5a5a", 0, 0)]
