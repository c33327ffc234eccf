"""What is made besides containers, and what is named in them: networks, secrets, pods, formats."""

from __future__ import annotations

import msgspec
import pytest

from composer.engine.context import ImageConfig
from composer.errors import ComposerError
from composer.spec.model import (
    Build,
    FileObject,
    FileReference,
    Mount,
    Network,
    Pod,
    Volume,
)
from composer.systemd.generate import generate
from tests.unit import projects
from tests.unit.projects import attached, service
from tests.unit.systemd.made import NEW, OLD, said, text, units


class TestResources:
    def test_networks_and_volumes_are_units_that_containers_name(self) -> None:
        mount = Mount(type="volume", source="data", target="/data")
        made = units(
            service("web", volumes=(mount,), networks=attached("front")),
            volumes={"data": Volume(key="data", name="p_data")},
        )
        assert said(made, "p-front.network", "NetworkName") == ["p_front"]
        assert said(made, "p-data.volume", "VolumeName") == ["p_data"]
        (network,) = said(made, "p-web-1.container", "Network")
        assert network.startswith("p-front.network:alias=web")
        assert said(made, "p-web-1.container", "Volume") == ["p-data.volume:/data"]

    def test_classic_units_wait_for_them(self) -> None:
        made = units(service("web", networks=attached("front")), machine=OLD)
        assert "p-front-network.service" in said(made, "p-web-1.service", "Requires")
        assert "podman network exists p_front || exec" in text(made, "p-front-network.service")

    def test_what_belongs_to_others_is_named_alone(self) -> None:
        mount = Mount(type="volume", source="data", target="/data")
        made = units(
            service("web", volumes=(mount,)),
            volumes={"data": Volume(key="data", name="theirs", external=True)},
        )
        assert [file.name for file in made.files] == ["p.target", "p-web-1.container"]
        assert said(made, "p-web-1.container", "Volume") == ["theirs:/data"]

    def test_anonymous_volumes_are_told_to_be_lost(self) -> None:
        made = units(service("web", volumes=(Mount(type="volume", target="/data"),)))
        (warning,) = made.warnings
        assert warning.startswith("services.web.volumes[0]: what is in it is lost")

    def test_volumes_of_images_are_told_to_be_lost_unless_something_is_mounted_there(self) -> None:
        image = ImageConfig(id="1", name="docker.io/library/db:latest", volumes=("/data", "/log"))
        mount = Mount(type="volume", source="data", target="/data/")
        web = service("web", volumes=(mount,), scale=2)
        asked: list[str] = []

        def look(name: str) -> ImageConfig:
            asked.append(name)
            return image

        volumes = {"data": Volume(key="data", name="p_data")}
        made = generate(projects.project(web, volumes=volumes), NEW, images=look)
        (warning,) = made.warnings
        assert warning.startswith("services.web.image: /log: what is in it is lost when the unit")
        assert asked == ["busybox"], "one look for all replicas"

    def test_an_image_that_is_always_pulled_is_pulled_once_for_all(self) -> None:
        nginx = "docker.io/library/nginx:latest"
        made = units(
            service("web", pull_policy="always", scale=2, image="nginx"),
            service("other", image="nginx"),
            service("arm", pull_policy="always", platform="linux/arm64/v8", image="nginx"),
        )
        assert said(made, "p-web.image", "Image") == [nginx]
        assert said(made, "p-web@.container", "Image") == ["p-web.image"]
        assert said(made, "p-web@.container", "Pull") == []
        assert said(made, "p-other-1.container", "Image") == [nginx], "it is no other's to pull"
        assert said(made, "p-arm-1.container", "Image") == ["p-arm.image"]
        assert said(made, "p-arm.image", "Variant") == ["v8"]

    @pytest.mark.parametrize("suffix", ["network", "volume", "pod"])
    def test_names_of_others_may_end_like_files_of_quadlet(self, suffix: str) -> None:
        theirs = f"theirs.{suffix}"
        mount = Mount(type="volume", source="data", target="/data")
        made = units(
            service("web", volumes=(mount,), networks=attached("front")),
            volumes={"data": Volume(key="data", name=theirs, external=True)},
            networks={"front": Network(key="front", name=theirs, external=True)},
        )
        arguments = " ".join(said(made, "p-web-1.container", "PodmanArgs"))
        assert f"--volume={theirs}:/data" in arguments
        assert f"--network={theirs}:" in arguments

    def test_what_a_build_cannot_have_at_the_boot_is_told(self) -> None:
        build = Build(context="/src", ssh=("default",), secrets=(FileReference(source="token"),))
        token = FileObject(key="token", name="token", environment="TOKEN")
        made = units(service("web", build=build, image=None), secrets={"token": token})
        assert [w.partition(":")[0] for w in made.warnings] == [
            "services.web.build.ssh",
            "services.web.build.secrets",
        ]
        assert "TOKEN" not in text(made, "p-web.build")
        assert "--ssh" not in text(made, "p-web.build")

    def test_directives_stay_the_first_lines_of_a_dockerfile(self) -> None:
        build = Build(context="/src", dockerfile_inline="# escape=`\nFROM x\n")
        made = units(service("web", build=build, image=None))
        lines = text(made, "p-web.Containerfile").splitlines()
        assert (lines[0], lines[-1]) == ("# escape=`", "FROM x")
        assert "# composer-project: p" in lines


class TestSecrets:
    def test_two_texts_have_two_names(self) -> None:
        web = service(
            "web",
            secrets=(FileReference(source="config_x"),),
            configs=(FileReference(source="x"),),
        )
        texts = {
            "secrets": {"config_x": FileObject(key="config_x", name="n", content="one")},
            "configs": {"x": FileObject(key="x", name="m", content="two")},
        }
        with pytest.raises(ComposerError, match="would both be Podman's secret p_config_x"):
            units(web, secrets=texts["secrets"], configs=texts["configs"])

    def test_a_comma_is_no_part_of_a_target(self) -> None:
        web = service("web", secrets=(FileReference(source="k", target="/run/a,b"),))
        with pytest.raises(ComposerError, match=r"no secret at /run/a,b"):
            units(web, secrets={"k": FileObject(key="k", name="n", content="one")})

    def test_how_they_are_made_stands_above(self) -> None:
        web = service("web", secrets=(FileReference(source="k"), FileReference(source="v")))
        known = {
            "k": FileObject(key="k", name="n", file="/srv/the key"),
            "v": FileObject(key="v", name="n", environment="KEY"),
        }
        with pytest.raises(ComposerError, match="/srv/the key does not exist"):
            units(web, secrets=known)
        known["k"] = FileObject(key="k", name="n", file=__file__)
        made = units(web, secrets=known, environment={"KEY": "x"})
        assert f"#   podman secret create p_k {__file__}" in text(made, "p-web-1.container")
        assert [secret.made_by for secret in made.secrets][1] == (
            'printf %s "$KEY" | podman secret create p_v -'
        )


class TestPods:
    POD = Pod(key="web", members=("app", "log"), networks=attached("front"))

    def test_members_are_in_the_unit_of_their_pod(self) -> None:
        members = [service(name, pod="web", networks=attached("front")) for name in ("app", "log")]
        made = units(*members, pods={"web": self.POD})
        assert said(made, "p-web-1.pod", "PodName") == ["p-web-1"]
        assert said(made, "p-app-1.container", "Pod") == ["p-web-1.pod"]
        assert said(made, "p-app-1.container", "CgroupsMode") == ["no-conmon"]
        old = units(*members, pods={"web": self.POD}, machine=OLD)
        assert said(old, "p-app-1.service", "BindsTo") == ["p-web-1-pod.service"]
        assert said(old, "p-web-1-pod.service", "PIDFile") == ["%t/%N.pid"]

    def test_init_members_are_waited_for(self) -> None:
        members = [
            service(name, pod="web", networks=attached("front"), pod_init=init)
            for name, init in (("app", None), ("log", "once"))
        ]
        made = units(*members, pods={"web": self.POD})
        assert said(made, "p-app-1.container", "Requires") == ["p-log-1.service"]
        assert said(made, "p-log-1.container", "Type") == ["oneshot"]

    def test_members_wait_for_those_of_their_own_pod(self) -> None:
        pod = msgspec.structs.replace(self.POD, scale=2)
        log = service("log", pod="web", networks=attached("front"), pod_init="always", scale=2)
        app = service("app", ["log"], pod="web", networks=attached("front"), scale=2)
        made = units(app, log, pods={"web": pod})
        for number in (1, 2):
            needed = said(made, f"p-app-{number}.container", "Requires")
            assert needed == [f"p-log-{number}.service"]

    def test_one_without_an_infra_container_is_refused(self) -> None:
        with pytest.raises(ComposerError, match=r"x-podman\.pods\.web\.infra"):
            units(
                service("app", pod="web"),
                pods={"web": Pod(key="web", members=("app",), infra=None)},
            )


class TestFormats:
    @pytest.mark.parametrize(
        ("release", "form"),
        [((4, 3), "units"), ((4, 5), "units"), ((4, 6), "quadlet"), ((5, 4), "quadlet")],
    )
    def test_the_default_is_what_podman_can(self, release: tuple[int, int], form: str) -> None:
        assert units(service("web"), machine=NEW._replace(release=release)).format == form

    def test_pods_need_a_later_quadlet(self) -> None:
        pods = {"web": Pod(key="web", members=("app",))}
        made = units(service("app", pod="web"), pods=pods, machine=NEW._replace(release=(4, 9)))
        assert made.format == "units"

    def test_what_podman_cannot_read_is_refused(self) -> None:
        with pytest.raises(
            ComposerError, match=r"Podman 4\.3 reads no \.container files: 4\.6 does"
        ):
            units(service("web"), machine=OLD, form="quadlet")

    def test_keys_of_later_releases_are_arguments(self) -> None:
        wanted = service("web", stop_signal="SIGINT")
        new = units(wanted)
        assert said(new, "p-web-1.container", "StopSignal") == ["2"]
        old = units(wanted, machine=NEW._replace(release=(4, 9)))
        assert "--stop-signal=2" in said(old, "p-web-1.container", "PodmanArgs")
        assert said(old, "p-web-1.container", "StopSignal") == []
