"""The digests that a real Podman has for its local images."""

from __future__ import annotations

import json

from composer.engine.podman_engine import PodmanEngine
from tests.integration.conftest import BUSYBOX
from tests.testbed import Testbed


def test_a_local_image_has_a_digest(podman_engine: PodmanEngine, engine: Testbed) -> None:
    digest = json.loads(engine.podman("image", "inspect", BUSYBOX).stdout)[0]["Digest"]
    assert podman_engine.pinned("busybox") == f"{BUSYBOX}@{digest}"
    assert podman_engine.pinned(BUSYBOX) == f"{BUSYBOX}@{digest}"


def test_a_pinned_name_means_the_same_image(podman_engine: PodmanEngine, engine: Testbed) -> None:
    pinned = podman_engine.pinned(BUSYBOX)
    assert pinned is not None
    found = json.loads(engine.podman("image", "inspect", pinned).stdout)[0]
    same = json.loads(engine.podman("image", "inspect", BUSYBOX).stdout)[0]
    assert found["Id"] == same["Id"]


def test_an_image_that_is_not_there_has_none(podman_engine: PodmanEngine) -> None:
    assert podman_engine.pinned("localhost/never-built:1") is None
