"""Networks, volumes and images of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from composer.background import Stop, never
from composer.engine.base import GONE, Base
from composer.engine.libpod import segment
from composer.state import image_names

if TYPE_CHECKING:
    from composer.engine.api import Progress
    from composer.spec.model import Project


class Resources(Base):
    """The methods of ``Engine`` that change what containers stand on."""

    def create_network(self, project: Project, key: str) -> None:
        """POST /libpod/networks/create."""
        from composer.engine.resource_spec import network_spec

        body = network_spec(project, key, self._warn, self._capabilities.get().release)
        self._libpod.call(
            "POST", "/networks/create", body=body, what=f"create network {body['name']}"
        )
        self._bridges.networks_changed()

    def remove_network(self, name: str) -> None:
        """DELETE /libpod/networks/{name}."""
        path = f"/networks/{segment(name)}"
        self._libpod.call("DELETE", path, ok=GONE, what=f"remove network {name}")

    def disconnect(self, network: str, container: str) -> None:
        """POST /libpod/networks/{name}/disconnect."""
        self._libpod.call(
            "POST",
            f"/networks/{segment(network)}/disconnect",
            body={"Container": container, "Force": True},
            ok=GONE,
            what=f"disconnect {container} from network {network}",
        )

    def create_volume(self, project: Project, key: str, name: str = "") -> None:
        """POST /libpod/volumes/create. ``name`` is the engine's, unless it is the volume's own."""
        from composer.engine.resource_spec import volume_spec

        body = volume_spec(project, key, name)
        self._libpod.call(
            "POST", "/volumes/create", body=body, what=f"create volume {body['Name']}"
        )

    def remove_volume(self, name: str) -> None:
        """DELETE /libpod/volumes/{name}."""
        path = f"/volumes/{segment(name)}"
        self._libpod.call("DELETE", path, ok=GONE, what=f"remove volume {name}")

    def secrets(self) -> list[str]:
        """GET /libpod/secrets/json."""
        return [secret["Spec"]["Name"] for secret in self._libpod.get("/secrets/json")]

    def create_secret(self, name: str, content: bytes) -> None:
        """POST /libpod/secrets/create, which replaces nothing itself on Podman 4.3."""
        self.remove_secret(name)
        self._libpod.send("/secrets/create", {"name": name}, content, what=f"create secret {name}")

    def remove_secret(self, name: str) -> None:
        """DELETE /libpod/secrets/{name}."""
        path = f"/secrets/{segment(name)}"
        self._libpod.call("DELETE", path, ok=GONE, what=f"remove secret {name}")

    def pull(
        self,
        image: str,
        *,
        platform: str | None = None,
        newer: bool = False,
        progress: Progress | None = None,
        stop: Stop = never,
    ) -> str:
        """See ``Engine.pull``."""
        from composer.engine.images import pull
        from composer.engine.pulled import note

        identity = pull(
            self._libpod,
            image,
            platform,
            progress,
            newer=newer,
            registries=self._capabilities.get().registries,
            stop=stop,
        )
        if not newer:
            # Whether the registry was asked at all does not show.
            note(self.url, image)
        self._images_changed()
        return identity

    def pulled(self, image: str) -> float:
        """See ``Engine.pulled``."""
        from composer.engine.pulled import noted

        return noted(self.url, image)

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
        """See ``Engine.build``."""
        from composer.engine.build import build_image

        identity = build_image(
            self._program,
            project,
            service,
            image=image,
            pull=pull,
            no_cache=no_cache,
            args=args,
            memory=memory,
            progress=progress,
            stop=stop,
            warn=self._warn,
        )
        self._images_changed()
        return identity

    def pinned(self, image: str) -> str | None:
        """See ``Engine.pinned``."""
        from composer.engine.digests import pinned

        return pinned(self._libpod, image, self._capabilities.get().registries)

    def remove_image(self, image: str) -> None:
        """DELETE /libpod/images/{name}, the first of the names that ``image`` may mean."""
        for name in image_names(image, self._capabilities.get().registries):
            path = f"/images/{segment(name)}"
            answer = self._libpod.call("DELETE", path, ok=GONE, what=f"remove image {image}")
            if answer.status != 404:
                break
        self._images_changed()

    def push(self, image: str, *, progress: Progress | None = None, stop: Stop = never) -> None:
        """See ``Engine.push``."""
        from composer.engine.push import push

        push(self._libpod, image, progress, self._capabilities.get().registries, stop)

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
        """See ``Engine.commit``."""
        from composer.engine.keep import commit

        return commit(
            self._libpod,
            container,
            reference,
            author=author,
            message=message,
            changes=changes,
            pause=pause,
        )
