"""Decoders are made once, whoever asks first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec

from composer.decoding import decoder

THREADS = 16


class Inner(msgspec.Struct):
    name: str = ""


class Outer(msgspec.Struct):
    inner: Inner
    many: list[Inner] = []


def test_threads_that_ask_at_once_get_the_same_decoder() -> None:
    together = threading.Barrier(THREADS)

    def ask() -> msgspec.json.Decoder[Outer]:
        together.wait()
        return decoder(Outer)

    with ThreadPoolExecutor(THREADS) as pool:
        made = [future.result() for future in [pool.submit(ask) for _ in range(THREADS)]]
    assert len({id(one) for one in made}) == 1
    assert made[0].decode(b'{"inner":{"name":"x"}}') == Outer(Inner("x"))
