"""Random texts made of the tokens of each little language that a Compose file holds."""

from __future__ import annotations

from random import Random

TEMPLATE = (
    *("$", "$$", "${", "}", "{", "A", "B", "_", "1", ":-", "-", ":?", "?", ":+", "+", ":", " "),
    *("${A}", "${A:-", "${B-x}", "${A:?why}", "${N:-${A:-b}}", "é", "\n", "'", '"', "\\"),
)
DOTENV = (
    *("A", "B", "A.b", "A-b", "1A", "export ", "=", ":", " ", "\t", "\n", "\n", "\r\n", "#", " #"),
    *(
        "'",
        '"',
        "\\",
        "\\n",
        "\\$",
        "\\012",
        "$",
        "${",
        "}",
        "$A",
        "${A:-b}",
        "é",
        "\x00",
        "\ufeff",
    ),
)
UNITS = (
    *("0", "1", "9", "10", "-", "+", ".", ",", "e", "E", "_", " ", "x", "0x", "0o", "0b", "1e999"),
    *("ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "k", "K", "kb", "m", "g", "Gi", "p", "b"),
    *("inf", "nan", ".inf", "all", "true", "yes", "99999999999999999999", "९", "²"),
)
WORDS = (
    *(
        "a",
        "b",
        ":",
        "::",
        "/",
        "//",
        "./",
        "../",
        "~",
        "~/",
        "~nobody/",
        "\\",
        "C:\\",
        "=",
        ",",
        "-",
    ),
    *("80", "0", "65536", "1-3", "3-1", "127.0.0.1", "[::1]", "tcp", "udp", "ro", "rw", "z", "@"),
    *("'", '"', " ", "\t", "\n", "#", "$", ";", "|", "&", "(", ")", "`", "service:", "container:"),
    *("\x00", "é", "\u2028", "%", "*", "host", "http://", "git@", ".git", "\ud83d\ude00"),
)
YAML = (
    *(
        "&a ",
        "*a",
        "<<: *a",
        "<<: [*a, *a]",
        "!reset ",
        "!override ",
        "!!int ",
        "!!str ",
        "!!map ",
        "!x ",
    ),
    *(
        "? ",
        "- ",
        ": ",
        ":",
        "|",
        "|+2",
        ">-",
        "'",
        '"',
        "\t",
        "  ",
        "\n",
        "\n---\n",
        "\n...\n",
        "#",
        " #",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        "~",
        "null",
        "%YAML 1.2\n",
        "@",
        "`",
        "\x00",
        "\ufeff",
        "\u2028",
        "\x85",
        "é",
    ),
)


def soup(choose: Random, tokens: tuple[str, ...], most: int = 8) -> str:
    """Up to ``most`` of ``tokens``, one after the other."""
    return "".join(choose.choices(tokens, k=choose.randint(1, most)))


def text(choose: Random) -> str:
    """Any text."""
    return soup(choose, choose.choice((TEMPLATE, UNITS, WORDS)))
