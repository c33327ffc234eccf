"""Images to their registries."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.background import Stop, never
from composer.engine.api import Progress
from composer.engine.images import explained, on_loopback
from composer.engine.libpod import Libpod, Query, decode, segment
from composer.errors import EngineError
from composer.state import image_names


class _Line(msgspec.Struct):
    """One line of POST /libpod/images/{name}/push, which older Podmans leave empty."""

    stream: str = ""
    error: str = ""


def push(
    libpod: Libpod,
    image: str,
    progress: Progress | None,
    registries: Sequence[str] = (),
    stop: Stop = never,
) -> None:
    """Push the local image that ``image`` means to the registry that its name says.

    A name without a registry means the first of ``registries``, or Docker Hub, as for a pull; a
    registry on the loopback may speak plain HTTP. POST /libpod/images/{name}/push. Raises
    ``EngineError``, ``Interrupted``.
    """
    names = image_names(image, registries)
    exists = (libpod.call("GET", f"/images/{segment(name)}/exists", ok=(404,)) for name in names)
    local = next(
        (name for name, found in zip(names, exists, strict=True) if found.status < 400), ""
    )
    if not local:
        raise EngineError(
            f"cannot push {image}: it is not there",
            status=404,
            hint="Build it first: `composer build`.",
        )
    query: Query = {"destination": names[0], "tlsVerify": not on_loopback(names[0]), "quiet": False}
    problem = ""
    try:
        with libpod.stream("POST", f"/images/{segment(local)}/push", query) as stream:
            for line in stream.lines(stop):
                news = decode(line, _Line)
                problem = news.error or problem
                if progress is not None and news.stream.strip():
                    progress(news.stream.strip())
    except EngineError as error:
        if not error.status:
            raise
        problem = error.message
    if problem:
        raise explained("push", image, problem)
