"""Which of an image's digests is the one that its name has in a registry."""

from __future__ import annotations

import json

import pytest

from composer.engine.digests import pinned
from composer.engine.libpod import Libpod
from composer.engine.transport import Response
from composer.state import image_names

OWN = f"sha256:{'a' * 64}"
LIST = f"sha256:{'b' * 64}"
NAME = "docker.io/library/nginx:alpine"


class _Podman:
    """A transport to a Podman with one image."""

    def __init__(self, **image: object) -> None:
        self.image = image
        self.asked: list[str] = []

    def request(
        self, method: str, path: str, body: bytes = b"", *, timeout: float | None = None
    ) -> Response:
        self.asked.append(path)
        if "docker.io%2Flibrary%2Fnginx" not in path:
            return Response(404, b"{}", "4.3.1")
        return Response(200, json.dumps(self.image).encode(), "4.3.1")

    def stream(self, *_: object) -> None:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("image", "digest"),
    [
        ({"Digest": OWN, "RepoDigests": [f"docker.io/library/nginx@{OWN}"]}, OWN),
        (
            {
                "Digest": OWN,
                "RepoDigests": [
                    f"docker.io/library/nginx@{OWN}",
                    f"docker.io/library/nginx@{LIST}",
                ],
            },
            LIST,
        ),
        ({"Digest": OWN, "RepoDigests": [f"quay.io/other@{LIST}"]}, OWN),
        ({"Digest": OWN, "RepoDigests": None}, OWN),
    ],
    ids=["own", "list of platforms", "of another name", "of no name"],
)
def test_the_digest_of_a_list_of_platforms_goes_before_the_own(
    image: dict[str, object], digest: str
) -> None:
    assert pinned(Libpod(_Podman(**image)), "nginx:alpine") == f"{NAME}@{digest}"  # type: ignore[arg-type]


def test_an_image_without_digests_has_none() -> None:
    assert pinned(Libpod(_Podman(Id="1")), "nginx:alpine") is None  # type: ignore[arg-type]


def test_all_names_that_are_meant_are_looked_for() -> None:
    podman = _Podman()
    assert pinned(Libpod(podman), "shop/app") is None  # type: ignore[arg-type]
    assert len(podman.asked) == 3


def test_a_digest_stands_above_a_tag() -> None:
    assert image_names(f"nginx:1@{OWN}")[0] == f"docker.io/library/nginx@{OWN}"
    assert image_names(f"localhost:5000/x/y:1@{OWN}") == (f"localhost:5000/x/y@{OWN}",)
