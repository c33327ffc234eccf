"""Networks, volumes and images of the fake."""

from __future__ import annotations

from collections.abc import Sequence

from composer import state as labels
from composer.background import Stop, never
from composer.engine.api import Progress
from composer.errors import Interrupted
from composer.spec.model import Project
from composer.state import NetworkState, VolumeState, image_names
from tests.fake_engine.recording import Recording


class Resources(Recording):
    """The methods of ``Engine`` that change what containers stand on."""

    def create_network(self, project: Project, key: str) -> None:
        network = project.networks[key]
        with self._call("create_network", network.name):
            self.networks[network.name] = NetworkState(
                id=self._new_id(),
                name=network.name,
                internal=network.internal,
                labels={labels.PROJECT: project.name, labels.NETWORK: key},
            )

    def remove_network(self, name: str) -> None:
        with self._call("remove_network", name):
            self.networks.pop(name, None)

    def disconnect(self, network: str, container: str) -> None:
        with self._call("disconnect", container, network=network):
            found = self._find(container)
            self._put(found, networks=tuple(n for n in found.networks if n != network))

    def create_volume(self, project: Project, key: str, name: str = "") -> None:
        name = name or project.volumes[key].name
        with self._call("create_volume", name):
            self.volumes[name] = VolumeState(
                name=name, labels={labels.PROJECT: project.name, labels.VOLUME: key}
            )

    def remove_volume(self, name: str) -> None:
        with self._call("remove_volume", name):
            self.volumes.pop(name, None)

    def create_secret(self, name: str, content: bytes) -> None:
        with self._call("create_secret", name):
            self.secret_texts[name] = content

    def remove_secret(self, name: str) -> None:
        with self._call("remove_secret", name):
            self.secret_texts.pop(name, None)

    def pinned(self, image: str) -> str | None:
        with self._lock:
            names = [name for name in image_names(image) if name in self.images]
            found = next((name for name in names if name in self.digests), None)
            return f"{found}@{self.digests[found]}" if found else None

    def pull(
        self,
        image: str,
        *,
        platform: str | None = None,
        newer: bool = False,
        progress: Progress | None = None,
        stop: Stop = never,
    ) -> str:
        with self._call("pull", image, platform=platform, newer=newer):
            _give_up(stop)
            if progress is not None:
                progress(f"pulling {image}")
            return self.add_image(image)

    def pulled(self, image: str) -> float:
        return 0.0

    def build(
        self,
        project: Project,
        service: str,
        *,
        image: str,
        pull: bool = False,
        no_cache: bool = False,
        args: Sequence[str] = (),
        memory: int | None = None,
        progress: Progress | None = None,
        stop: Stop = never,
    ) -> str:
        said = {"image": image, "pull": pull, "no_cache": no_cache, "args": args, "memory": memory}
        with self._call("build", service, **said):
            _give_up(stop)
            if progress is not None:
                progress(f"building {image}")
            return self.add_image(f"localhost/{image}" if "/" not in image else image)

    def remove_image(self, image: str) -> None:
        with self._call("remove_image", image):
            for name in image_names(image):
                self.images.pop(name, None)

    def push(self, image: str, *, progress: Progress | None = None, stop: Stop = never) -> None:
        with self._call("push", image):
            _give_up(stop)

    def commit(
        self,
        container: str,
        reference: str | None = None,
        *,
        author: str | None = None,
        message: str | None = None,
        changes: Sequence[str] = (),
        pause: bool = True,
    ) -> str:
        with self._call("commit", self._find(container).name, reference=reference, pause=pause):
            return self.add_image(reference or "committed")


def _give_up(stop: Stop) -> None:
    if stop():
        raise Interrupted
