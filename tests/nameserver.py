"""A name server for the isolated network of the tests: it knows no name and says so at once.

The engine's own name server passes on what it does not know. With nobody to answer, each unknown
name would cost a program seconds of waiting. ``python -m tests.nameserver ADDRESS`` runs until its
standard input ends, which it does with whoever has started it.
"""

from __future__ import annotations

import select
import socket
import sys

_HEADER = 12
_NO_SUCH_NAME = 3


def refusal(query: bytes) -> bytes:
    """The answer "no such name" to a DNS ``query``, as bytes; empty when it is no query."""
    if len(query) <= _HEADER:
        return b""
    # Response, recursion as asked; the question alone is repeated, without additional records.
    flags = bytes([0x80 | (query[2] & 0x79), 0x80 | _NO_SUCH_NAME])
    end = _HEADER
    while end < len(query) and query[end] != 0:
        end += query[end] + 1
    return query[:2] + flags + b"\x00\x01" + bytes(6) + query[_HEADER : end + 5]


def main(address: str) -> None:
    """Answer on port 53 of ``address`` until standard input ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            query, client = server.recvfrom(4096)
            if answer := refusal(query):
                server.sendto(answer, client)


if __name__ == "__main__":
    main(sys.argv[1])
