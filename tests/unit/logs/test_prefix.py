"""What stands before a line."""

import pytest

from composer.logs.prefix import COLOURS, Prefixes, colour_of, short_name


def test_the_project_is_not_repeated_before_each_line() -> None:
    assert short_name("shop-app-1", "shop") == "app-1"
    assert short_name("shop_app_1", "shop") == "app_1"
    assert short_name("my-own-name", "shop") == "my-own-name"
    assert short_name("shop", "shop") == "shop"


def test_prefixes_are_padded_to_the_widest_and_widen() -> None:
    prefixes = Prefixes(shown=True, colour=False)
    prefixes.add("1", "db-1")
    assert prefixes.of("1") == b"db-1  | "
    prefixes.add("2", "worker-10")
    assert prefixes.of("1") == b"db-1       | "
    assert prefixes.of("2") == b"worker-10  | "


def test_a_coloured_prefix_ends_its_colour() -> None:
    prefixes = Prefixes(shown=True, colour=True)
    prefixes.add("1", "db-1")
    colour = colour_of("db-1")
    assert prefixes.of("1") == f"\x1b[38;5;{colour}mdb-1  | \x1b[0m".encode()


def test_without_prefix_there_is_nothing_also_no_colour() -> None:
    prefixes = Prefixes(shown=False, colour=True)
    prefixes.add("1", "db-1")
    assert prefixes.of("1") == b""
    assert prefixes.label("1") == "db-1"


@pytest.mark.parametrize("separator", "-_")
def test_replicas_of_a_service_have_colours_of_their_own(separator: str) -> None:
    replicas = [f"app{separator}{number}" for number in range(1, len(COLOURS) + 1)]
    assert len({colour_of(name) for name in replicas}) == len(COLOURS)


def test_a_colour_is_the_same_in_every_run() -> None:
    # Values as of the first release: a change would recolour everybody's logs.
    assert [colour_of(name) for name in ("app-1", "app-2", "db-1", "named")] == [27, 64, 130, 30]


def _luminance(number: int) -> float:
    levels = (0, 95, 135, 175, 215, 255)
    cube = number - 16
    weights = (0.2126, 0.7152, 0.0722)
    channels = (levels[cube // 36], levels[cube // 6 % 6], levels[cube % 6])
    return sum(
        weight * ((channel / 255 + 0.055) / 1.055) ** 2.4 if channel > 10 else 0
        for weight, channel in zip(weights, channels, strict=True)
    )


def test_colours_can_be_read_on_black_and_on_white() -> None:
    for number in COLOURS:
        on_white = 1.05 / (_luminance(number) + 0.05)
        on_black = (_luminance(number) + 0.05) / 0.05
        assert min(on_white, on_black) >= 3.9, number
