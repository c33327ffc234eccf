"""Strategies for the values that many attributes share: texts, numbers, pairs, durations, sizes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Values = st.SearchStrategy[Any]

_SIGNS = "abcxyzABC0123456789 .:/-_=,#'\"\\{}[]%@&*!|>?~`()<;^+é—\t\n"
WORDS = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
"""Names of options, hosts and the like."""
VARIABLE_NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,4}", fullmatch=True)
LABEL_NAMES = st.from_regex(r"[a-wyz][a-z0-9_.-]{0,8}", fullmatch=True)
"""Keys of labels. One that begins with ``x-`` is another matter (see the case about it)."""
TEXTS = st.one_of(WORDS, st.text(_SIGNS, max_size=10).filter(lambda text: text[:1] != "\t"))
"""Any text without a variable in it. (For a tab see the case texts-that-begin-with-a-tab.)"""
WHOLE = st.integers(0, 10_000)
BOOLEANS = st.one_of(st.booleans(), st.sampled_from(["true", "false", "yes", "no", "on", "off"]))
NUMBERS = st.one_of(
    WHOLE,
    st.integers(-(2**40), 2**40),
    st.decimals("-1000", "1000", allow_nan=False, places=3).map(float),
)
PATHS = st.sampled_from(
    [".", "./a", "../a", "a", "a/b", "/a", "/a/../b", "./a/./b//c", "~", "~/a", "/", "../../x y"]
)
ABSOLUTE = st.sampled_from(["/a", "/b/c", "/d/", "/e//f", "/g/../h", "/", "/i j"])
IMAGES = st.sampled_from(
    ["x", "x:1", "a/b:c", "localhost:5000/a", "docker.io/library/x@sha256:" + "0" * 64]
)


def durations() -> Values:
    """Durations as Go and Compose write them, now and then one that is none."""
    unit = st.sampled_from(["ns", "us", "ms", "s", "m", "h", "d", "w"])
    number = st.one_of(st.integers(0, 200).map(str), st.sampled_from(["1.5", "0.25", ".5", "2."]))
    part = st.tuples(number, unit).map("".join)
    return st.one_of(
        st.lists(part, min_size=1, max_size=3).map("".join),
        st.sampled_from(["0", "0s", "1m30s", "-1s", "+2s"]),
    )


def sizes() -> Values:
    """Byte sizes as numbers and as text."""
    unit = st.sampled_from(["", "b", "k", "kb", "K", "m", "mb", "MiB", "g", "gb", " g", "t"])
    number = st.one_of(st.integers(0, 2000).map(str), st.sampled_from(["1.5", "0.5", "2.25"]))
    return st.one_of(st.integers(0, 2**33), st.tuples(number, unit).map("".join))


def pairs(keys: Values = LABEL_NAMES, values: Values = TEXTS) -> Values:
    """A mapping of keys to scalars, or a list of ``KEY=VALUE`` and ``KEY``."""
    scalars = st.one_of(values, NUMBERS, st.booleans(), st.none())
    entries = st.lists(
        st.tuples(keys, st.one_of(st.none(), values)), max_size=4, unique_by=lambda pair: pair[0]
    )
    return st.one_of(
        st.dictionaries(keys, scalars, max_size=4),
        entries.map(
            lambda found: [key if value is None else f"{key}={value}" for key, value in found]
        ),
    )


def one_or_more(entry: Values) -> Values:
    """A single value, or a list of it."""
    return st.one_of(entry, st.lists(entry, max_size=3, unique=True))


def listing(entry: Values, size: int = 3) -> Values:
    """A list without duplicates."""
    return st.lists(entry, max_size=size, unique_by=repr)


def commands() -> Values:
    """A command line as text or as a list."""
    return st.one_of(
        st.none(),
        st.text(_SIGNS, max_size=14),
        st.lists(st.sampled_from(["a", "'b c'", '"d e"', "f\\ g", "--h=i", "$$J", "&&", "k"])).map(
            " ".join
        ),
        st.lists(TEXTS, max_size=3),
    )


def some(attributes: dict[str, Values], required: tuple[str, ...] = (), most: int = 99) -> Values:
    """A mapping with the required ones of ``attributes`` and at most ``most`` of the others."""
    optional = [key for key in attributes if key not in required]
    return st.lists(
        st.sampled_from(optional or [""]), unique=True, max_size=min(most, len(optional))
    ).flatmap(
        lambda keys: st.fixed_dictionaries(
            {key: attributes[key] for key in [*required, *keys] if key}
        )
    )
