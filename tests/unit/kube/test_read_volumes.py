"""Volumes of pods as mounts, volumes and configs of a Compose file."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.spec.contents import content_of
from composer.spec.model import Project
from tests.unit.kube.manifests import config_map, container, deployment, project, read, refused

MAP = config_map("files", {"a.txt": "A $1", "b.txt": "B"})
CLAIM = (
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n"
    "  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n"
)


def mounted(source: str, mount: str = "mountPath: /m") -> str:
    """A Deployment with one volume, and one mount of it."""
    return container(f"volumeMounts: [{{name: v, {mount}}}]", f"volumes: [{{name: v, {source}}}]\n")


def configs(found: Project) -> dict[str | None, tuple[str | None, str | int | None]]:
    """By place, the text and the mode of each file that the service gets."""
    service = found.services["app"]
    return {c.target: (found.configs[c.source].content, c.mode) for c in service.configs}


@pytest.mark.parametrize(
    ("source", "mount", "files"),
    [
        (
            "configMap: {name: files}",
            "mountPath: /m",
            {"/m/a.txt": ("A $1", None), "/m/b.txt": ("B", None)},
        ),
        (
            "configMap: {name: files, defaultMode: 0755}",
            "mountPath: /m/c, subPath: b.txt",
            {"/m/c": ("B", "0755")},
        ),
        (
            "configMap: {name: files, items: [{key: a.txt, path: x/y, mode: 0400}]}",
            "mountPath: /m",
            {"/m/x/y": ("A $1", "0400")},
        ),
        (
            "configMap: {name: files, items: [{key: a.txt, path: x/y}, {key: b.txt, path: z}]}",
            "mountPath: /m, subPath: x",
            {"/m/y": ("A $1", None)},
        ),
        (
            (
                "projected: {sources: [{configMap: {name: files, items: [{key: b.txt, path: b}]}}, "
                "{downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}"
            ),
            "mountPath: /m",
            {"/m/b": ("B", None), "/m/l": ('app="app"', None)},
        ),
        ("configMap: {name: none, optional: true}", "mountPath: /m", {}),
    ],
)
def test_files_are_configs(
    tmp_path: Path, source: str, mount: str, files: dict[str, tuple[str, str | None]]
) -> None:
    assert configs(project(tmp_path, MAP, mounted(source, mount))) == files


def test_a_secret_is_a_file_and_its_text_in_no_message(tmp_path: Path) -> None:
    secret = config_map("key", {"k": "open"}, "Secret")
    found = project(tmp_path, secret, mounted("secret: {secretName: key}"))
    assert configs(found) == {"/m/k": ("open", None)}
    broken = secret.replace("stringData", "data").replace("'open'", "'%%%open%%%'")
    said = refused(tmp_path, broken, mounted("secret: {secretName: key}"))
    assert said.startswith("app.yaml:5:3: Secret/key: data.k: is not base64")
    assert "open" not in said


@pytest.mark.parametrize(
    ("source", "mount", "kind", "place"),
    [
        ("emptyDir: {}", "mountPath: /m", "volume", None),
        ("hostPath: {path: /tmp}", "mountPath: /m", "bind", "/tmp"),
        ("hostPath: {path: /tmp}", "mountPath: /m, subPath: a/b", "bind", "/tmp/a/b"),
        ("image: {reference: 'i:1'}", "mountPath: /m", "image", "i:1"),
        ("persistentVolumeClaim: {claimName: data}", "mountPath: /m", "volume", "data"),
        ("nfs: {server: s, path: /x}", "mountPath: /m", "volume", "app-v"),
    ],
)
def test_folders_are_mounts(
    tmp_path: Path, source: str, mount: str, kind: str, place: str | None
) -> None:
    found = project(tmp_path, CLAIM, mounted(source, mount))
    (one,) = found.services["app"].volumes
    assert (one.type, one.source, one.target) == (kind, place, "/m")


@pytest.mark.parametrize(
    ("type_", "made"), [("", False), ("Directory", False), ("DirectoryOrCreate", True)]
)
def test_a_folder_of_the_host_is_made_if_that_is_said(
    tmp_path: Path, type_: str, made: bool
) -> None:
    said = mounted(f"hostPath: {{path: /tmp/x, type: '{type_}'}}", "mountPath: /m, readOnly: true")
    (one,) = project(tmp_path, said).services["app"].volumes
    assert one.read_only
    assert bool(one.bind and one.bind.create_host_path) is made


def test_memory_is_a_tmpfs_or_the_shared_memory(tmp_path: Path) -> None:
    said = "emptyDir: {medium: Memory, sizeLimit: 64Mi}"
    assert project(tmp_path, mounted(said)).services["app"].tmpfs == ("/m:size=64m",)
    shm = project(tmp_path, mounted(said, "mountPath: /dev/shm")).services["app"]
    assert shm.shm_size == 64 * 2**20
    assert not shm.tmpfs


def test_what_containers_share_is_a_volume_of_each_pod_that_goes_with_it(tmp_path: Path) -> None:
    said = (
        "containers:\n"
        "- {name: a, image: i, volumeMounts: [{name: v, mountPath: /a}, "
        "{name: t, mountPath: /t}]}\n"
        "- {name: b, image: i, volumeMounts: [{name: v, mountPath: /b, readOnly: true}, "
        "{name: t, mountPath: /t, subPath: x}]}\n"
        "volumes: [{name: v, emptyDir: {}}, {name: t, emptyDir: {medium: Memory}}]\n"
    )
    found = project(tmp_path, deployment(said))
    volume = found.volumes["app-v"]
    assert volume.temporary
    assert volume.name_for(2) == "p_app-v-2"
    assert found.volumes["app-t"].driver_opts["type"] == "tmpfs"
    first, second = found.services["b"].volumes
    assert (first.source, first.target, first.read_only) == ("app-v", "/b", True)
    assert second.volume is not None
    assert second.volume.subpath == "x"


def stateful(replicas: int) -> str:
    return (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"
        f"  replicas: {replicas}\n  serviceName: db\n  selector: {{matchLabels: {{app: db}}}}\n"
        "  template:\n    metadata: {labels: {app: db}}\n    spec:\n      containers:\n"
        "      - {name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}\n"
        "  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec:\n"
        "      accessModes: [ReadWriteOnce]\n      resources: {requests: {storage: 1Gi}}\n"
    )


@pytest.mark.parametrize("replicas", [1, 3])
def test_replicas_of_a_stateful_set_have_volumes_of_their_own(
    tmp_path: Path, replicas: int
) -> None:
    found = project(tmp_path, stateful(replicas))
    assert found.volumes["data"].per_replica
    assert not found.volumes["data"].temporary
    assert found.services["db"].volumes[0].source == "data"


def test_a_claim_that_goes_with_the_pod_is_a_volume_that_does(tmp_path: Path) -> None:
    claim = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
    found = project(tmp_path, mounted(f"ephemeral: {{volumeClaimTemplate: {{{claim}}}}}"))
    (volume,) = found.volumes.values()
    assert (volume.key, volume.temporary, volume.per_replica) == ("app-v", True, True)


def test_what_is_optional_and_not_there_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, mounted("configMap: {name: none, optional: true}"))
    assert "there is no ConfigMap none: it is left out" in found.warnings[0]
    assert "configs" not in found.document


def test_tokens_of_a_cluster_are_left_out_with_a_warning(tmp_path: Path) -> None:
    token = "projected: {sources: [{serviceAccountToken: {path: t}}]}"
    (warning,) = read(tmp_path, mounted(token)).warnings
    assert "there is nothing like it without a cluster: left out" in warning


def test_what_nobody_can_mount_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, mounted("csi: {driver: x}"))
    assert "spec.template.spec.volumes[0].csi: composer mounts no volumes of this kind" in said


def test_bytes_that_are_no_text_are_mounted_as_they_are(tmp_path: Path) -> None:
    binary = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\nbinaryData: {x: '/wD/$AA=='}\n"
    ).replace("$", "")
    found = project(tmp_path, binary, mounted("configMap: {name: files}"))
    assert content_of(found, found.configs["files"]) == b"\xff\x00\xff\x00"
    said = "envFrom: [{configMapRef: {name: files}}]"
    (warning,) = read(tmp_path, binary, container(said)).warnings
    assert "x is no text: it is left out" in warning
