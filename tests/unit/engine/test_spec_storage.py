"""The mapping of mounts, secrets and configs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from composer.engine.container_spec import container_spec
from composer.engine.context import InjectedFile
from composer.errors import ComposerError
from composer.spec.model import (
    BindOptions,
    ByteSize,
    FileObject,
    FileReference,
    ImageOptions,
    Mount,
    Service,
    TmpfsOptions,
    VolumeOptions,
)
from tests.unit.engine.sample import context, spec_of


def mounting(*mounts: Mount) -> Service:
    return Service(name="web", volumes=mounts)


class TestBindMounts:
    def test_a_missing_source_becomes_a_folder(self, tmp_path: Path) -> None:
        source = tmp_path / "a" / "b"
        spec = spec_of(mounting(Mount(type="bind", source=str(source), target="/x")))
        assert source.is_dir()
        assert spec["mounts"] == [
            {
                "type": "bind",
                "source": str(source),
                "destination": "/x",
                "options": ["rbind", "rw", "rprivate"],
            }
        ]

    def test_unless_the_file_forbids_it(self, tmp_path: Path) -> None:
        options = BindOptions(create_host_path=False)
        mount = Mount(type="bind", source=str(tmp_path / "a"), target="/x", bind=options)
        with pytest.raises(ComposerError, match=r"services.web.volumes\[0\]: .* does not exist"):
            spec_of(mounting(mount))
        assert not (tmp_path / "a").exists()

    def test_nothing_is_made_for_another_machine(self, tmp_path: Path) -> None:
        mount = Mount(type="bind", source=str(tmp_path / "a"), target="/x")
        assert spec_of(mounting(mount), local=False)["mounts"]
        assert not (tmp_path / "a").exists()

    def test_options(self, tmp_path: Path) -> None:
        options = BindOptions(propagation="rslave", selinux="z", recursive="disabled")
        mount = Mount(type="bind", source=str(tmp_path), target="/x", read_only=True, bind=options)
        assert spec_of(mounting(mount))["mounts"][0]["options"] == ["bind", "ro", "rslave", "z"]


class TestVolumes:
    def test_named_and_anonymous(self) -> None:
        named = Mount(type="volume", source="data", target="/data", read_only=True)
        anonymous = Mount(type="volume", target="/cache", volume=VolumeOptions(nocopy=True))
        assert spec_of(mounting(named, anonymous))["volumes"] == [
            {"Name": "shop_data", "Dest": "/data", "Options": ["ro"]},
            {"Name": "", "Dest": "/cache", "Options": ["nocopy"]},
        ]

    def test_anonymous_volumes_are_inherited(self) -> None:
        mount = Mount(type="volume", target="/cache")
        spec = spec_of(mounting(mount), inherited={"/cache": "v1", "/image": "v2"})
        assert spec["volumes"] == [
            {"Name": "v1", "Dest": "/cache"},
            {"Name": "v2", "Dest": "/image"},
        ]

    def test_what_the_file_mounts_now_is_not_inherited(self) -> None:
        mount = Mount(type="volume", source="data", target="/cache")
        spec = spec_of(mounting(mount), inherited={"/cache": "v1"})
        assert spec["volumes"] == [{"Name": "shop_data", "Dest": "/cache"}]

    def test_a_part_of_a_volume(self) -> None:
        options = VolumeOptions(subpath="logs/web")
        mount = Mount(type="volume", source="data", target="/logs", volume=options)
        assert spec_of(mounting(mount))["mounts"][0]["source"] == "/volumes/shop_data/logs/web"

    @pytest.mark.parametrize("subpath", ["../other", "a/../../other", "link", "link/deeper"])
    def test_a_part_that_leads_out_of_the_volume(self, tmp_path: Path, subpath: str) -> None:
        """Also by a link that a container has left in it."""
        (tmp_path / "shop_data").mkdir()
        (tmp_path / "shop_data/link").symlink_to("/etc")
        mount = Mount(
            type="volume", source="data", target="/x", volume=VolumeOptions(subpath=subpath)
        )
        with pytest.raises(ComposerError, match="leads out of the volume"):
            spec_of(mounting(mount), volumes=str(tmp_path))

    @pytest.mark.parametrize(
        ("release", "warned"), [((4, 3), ["services.web.volumes[0].image.subpath"]), ((5, 4), [])]
    )
    def test_a_part_of_an_image(self, release: tuple[int, int], warned: list[str]) -> None:
        part = ImageOptions(subpath="usr/share")
        mount = Mount(type="image", source="docs", target="/docs", read_only=True, image=part)
        wanted = context(mounting(mount), release=release)
        assert container_spec(wanted)["image_volumes"] == [
            {
                "Source": "docs",
                "Destination": "/docs",
                "ReadWrite": False,
                "subPath": "/usr/share",
            }
        ]
        assert [text.partition(":")[0] for text in wanted.warnings] == warned

    def test_from_others(self) -> None:
        service = Service(name="web", volumes_from=("db:ro", "container:other", "app"))
        assert spec_of(service)["volumes_from"] == ["id-of-db:ro", "other", "id-of-app"]


def test_tmpfs_in_both_spellings() -> None:
    mount = Mount(type="tmpfs", target="/a", tmpfs=TmpfsOptions(size=ByteSize(1024), mode=0o700))
    service = Service(name="web", volumes=(mount,), tmpfs=("/b", "/c:size=1m,mode=755"))
    assert [(m["destination"], m["options"]) for m in spec_of(service)["mounts"]] == [
        ("/a", ["size=1024", "mode=700"]),
        ("/b", []),
        ("/c", ["size=1m", "mode=755"]),
    ]


def test_what_linux_cannot_mount_is_an_error() -> None:
    with pytest.raises(ComposerError, match="cannot mount the type 'npipe'"):
        spec_of(mounting(Mount(type="npipe", source="x", target="/x")))


class TestFiles:
    """Secrets and configs."""

    def test_a_plain_file_is_mounted(self, tmp_path: Path) -> None:
        file = tmp_path / "key"
        file.write_text("x")
        wanted = context(
            Service(name="web", secrets=(FileReference(source="key"),)),
            secrets={"key": FileObject(key="key", name="shop_key", file=str(file))},
        )
        mount = container_spec(wanted)["mounts"][0]
        assert (mount["source"], mount["destination"]) == (str(file), "/run/secrets/key")
        assert "ro" in mount["options"]
        assert not wanted.files

    def test_a_text_is_copied_and_shows_nowhere_else(self) -> None:
        wanted = context(
            Service(
                name="web",
                secrets=(FileReference(source="key", target="k", uid="5", gid="6", mode="0400"),),
            ),
            secrets={"key": FileObject(key="key", name="shop_key", environment="KEY")},
            environment={"KEY": "very-secret"},
        )
        spec = container_spec(wanted)
        text = InjectedFile(path="/run/secrets/k", content=b"very-secret", uid=5, gid=6, mode=0o400)
        assert wanted.files == [msgspec.structs.replace(text, of="secrets.key")]
        assert "very-secret" not in str(spec)

    def test_a_config_lies_where_it_says(self) -> None:
        wanted = context(
            Service(
                name="web",
                configs=(FileReference(source="c"), FileReference(source="c", target="/etc/c")),
            ),
            configs={"c": FileObject(key="c", name="shop_c", content="text")},
        )
        container_spec(wanted)
        assert [file.path for file in wanted.files] == ["/c", "/etc/c"]

    @pytest.mark.parametrize("external", [True, False])
    def test_owners_are_numbers(self, external: bool) -> None:
        token = FileObject(key="token", name="t", content="x", external=external)
        reference = FileReference(source="token", gid="staff")
        service = Service(name="web", secrets=(reference,))
        with pytest.raises(ComposerError, match=r"web\.secrets\.token\.gid: 'staff' is no id"):
            spec_of(service, secrets={"token": token})

    def test_podman_gets_room_for_its_secrets_in_a_read_only_root(self) -> None:
        own = FileObject(key="own", name="own", external=True)
        service = Service(name="web", read_only=True, secrets=(FileReference(source="own"),))
        (mount,) = spec_of(service, secrets={"own": own})["mounts"]
        assert (mount["type"], mount["destination"]) == ("tmpfs", "/run/secrets")
        writable = Service(name="web", secrets=(FileReference(source="own"),))
        assert "mounts" not in spec_of(writable, secrets={"own": own})

    def test_an_external_secret_is_podmans(self) -> None:
        secrets = {"key": FileObject(key="key", name="real", external=True)}
        service = Service(name="web", secrets=(FileReference(source="key"),))
        assert spec_of(service, secrets=secrets)["secrets"] == [
            {"Source": "real", "Target": "/run/secrets/key", "UID": 0, "GID": 0, "Mode": 0o444}
        ]

    def test_a_missing_file_is_an_error(self) -> None:
        secrets = {"key": FileObject(key="key", name="k", file="/nosuch/file")}
        service = Service(name="web", secrets=(FileReference(source="key"),))
        with pytest.raises(ComposerError, match="the file /nosuch/file does not exist"):
            spec_of(service, secrets=secrets)

    def test_a_missing_variable_is_an_error(self) -> None:
        secrets = {"key": FileObject(key="key", name="k", environment="COMPOSER_TEST_NOT_SET")}
        service = Service(name="web", secrets=(FileReference(source="key"),))
        with pytest.raises(ComposerError, match="COMPOSER_TEST_NOT_SET is not set"):
            spec_of(service, secrets=secrets)
