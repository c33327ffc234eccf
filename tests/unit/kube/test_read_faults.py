"""What is wrong with manifests, told with its place, all of it at once; and what has no effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.kube.fields import fields_of
from composer.kube.read import unhonoured
from tests.unit.kube.manifests import config_map, container, deployment, read, refused

GOOD = """\
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
  - name: app
    image: busybox
    ports:
    - containerPort: 80
      name: http
"""

FAULTS = [
    ("kind: Pod", "kind: Pdo", "2:1: kind: 'Pdo' is none that composer knows", "Pod?"),
    ("kind: Pod", "kind: CronJob", "2:1: CronJob/app: composer runs nothing at set times", "Job"),
    ("apiVersion: v1", "apiVersion: v2", "1:1: Pod/app: apiVersion: 'v2' is not known", "v1"),
    ("apiVersion: v1", "", "2:1: Pod/app: apiVersion: is missing", "apiVersion: v1"),
    ("kind: Pod", "x: y", "1:1: kind: it is not said what this object is", ""),
    ("  name: app\nspec", "  nam: app\nspec", "4:3: Pod: metadata.nam: is unknown", "name?"),
    ("  name: app\nspec", "  labels: {}\nspec", "3:1: Pod: metadata: name is missing", ""),
    (
        "  name: app\nspec",
        "  name: app\n  annotations: {app.depends-on.podman-composer/db: ready}\nspec",
        "5:17: Pod/app: metadata.annotations.app.depends-on.podman-composer/db: is no condition",
        "service_healthy",
    ),
    (
        "  name: app\nspec",
        "  name: App\nspec",
        "4:3: Pod/App: metadata.name: 'App' is no valid",
        "",
    ),
    (
        "spec:\n",
        "spec:\n  restartPolicy: Sometimes\n",
        "6:3: Pod/app: spec.restartPolicy:",
        "Never",
    ),
    ("image: busybox", "imagee: busybox", "8:5: Pod/app: spec.containers[0].imagee:", "image?"),
    ("    image: busybox\n", "", "7:5: Pod/app: spec.containers[0]: image is missing", ""),
    ("  - name: app\n    image", "  - image", "7:5: Pod/app: spec.containers[0]: name is miss", ""),
    ("containerPort: 80", "containerPort: '80'", "10:7: Pod/app: spec.containers[0].ports[0]", ""),
    ("containerPort: 80", "containerPort: 80000", "10:7: Pod/app: spec.containers", "no port"),
    ("name: http", "name: h_p", "11:7: Pod/app: spec.containers[0].ports[0].name: 'h_p'", ""),
    (
        "name: http",
        "name: http\n    - {containerPort: 81, name: http}",
        "12:27: Pod/app: spec.containers[0].ports[1].name: there is a port http already",
        ":11:7",
    ),
    (
        "image: busybox",
        "image: busybox\n  - {name: app, image: i}",
        "malformed YAML",
        "",
    ),
    (
        "spec:\n",
        "spec:\n  initContainers: [{name: app, image: i}]\n",
        "8:5: Pod/app: spec.containers[0].name: there is a container app already",
        ":6:21",
    ),
    (
        "image: busybox",
        "image: busybox\n    env: [{name: A, value: 1}]",
        "9:21: Pod/app: spec.containers[0].env[0].value: a text is needed, not 1",
        'in quotes: "1"',
    ),
    (
        "image: busybox",
        "image: busybox\n    env: {A: b}",
        "9:5: Pod/app: spec.containers[0].env: a list is needed, not a mapping",
        "",
    ),
    (
        "image: busybox",
        "image: busybox\n    resources: {limits: {cpu: lots}}",
        "9:26: Pod/app: spec.containers[0].resources.limits.cpu: 'lots' is no quantity",
        "500m",
    ),
    (
        "image: busybox",
        "image: busybox\n    resources: {limits: {memory: 500m}}",
        "9:26: Pod/app: spec.containers[0].resources.limits.memory",
        "500M",
    ),
    (
        "image: busybox",
        "image: busybox\n    resources: {limits: {cpu: 1}, requests: {cpu: 1.5}}",
        "9:46: Pod/app: spec.containers[0].resources.requests.cpu: 1.5 is more than the limit",
        "",
    ),
    (
        "image: busybox",
        "image: busybox\n    livenessProbe: {periodSeconds: 1}",
        "9:5: Pod/app: spec.containers[0].livenessProbe: checks nothing",
        "exec",
    ),
    (
        "image: busybox",
        "image: busybox\n    livenessProbe: {httpGet: {port: web}}",
        "9:31: Pod/app: spec.containers[0].livenessProbe.httpGet.port: the container has no port",
        "its ports are http",
    ),
    (
        "image: busybox",
        "image: busybox\n    volumeMounts: [{name: x, mountPath: /x}]",
        "9:21: Pod/app: spec.containers[0].volumeMounts[0].name: the pod has no volume x",
        "",
    ),
    (
        "spec:\n",
        "spec:\n  volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\n",
        "6:47: Pod/app: spec.volumes[0].persistentVolumeClaim.claimName: there is no Persis",
        "add",
    ),
    (
        "spec:\n",
        "spec:\n  volumes: [{name: v, secret: {secretName: c}}]\n",
        "6:32: Pod/app: spec.volumes[0].secret.secretName: there is no Secret c",
        "add",
    ),
    (
        "spec:\n",
        "spec:\n  volumes: [{name: v}]\n",
        "6:13: Pod/app: spec.volumes[0]: volume v is of no kind",
        "emptyDir",
    ),
    (
        "image: busybox",
        "image: busybox\n    env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]",
        "9:51: Pod/app: spec.containers[0].env[0].valueFrom.configMapKeyRef.name: there is no",
        "ConfigMap m",
    ),
    (
        "image: busybox",
        "image: busybox\n    envFrom: [{configMapRef: {name: m}}]",
        "9:31: Pod/app: spec.containers[0].envFrom[0].configMapRef.name: there is no ConfigMap m",
        "",
    ),
    ("image: busybox", "image: [[busybox", "malformed YAML", ""),
    ("spec:\n  containers:", "spek:\n  containers:", "5:1: Pod/app: spek: is unknown", "spec?"),
    (
        "spec:\n",
        "spec:\n  initContainers: {}\n",
        "6:3: Pod/app: spec.initContainers: a list is needed, not a mapping",
        "",
    ),
    (
        "image: busybox",
        "image: busybox\n    securityContext: {runAsUser: 0, runAsNonRoot: true}",
        "9:23: Pod/app: spec.containers[0].securityContext.runAsUser: 0 is root",
        "forbids",
    ),
    (
        "image: busybox",
        "image: busybox\n    imagePullPolicy: Sometimes",
        "9:5: Pod/app: spec.containers[0].imagePullPolicy: 'Sometimes' is not allowed",
        "Always, IfNotPresent and Never",
    ),
    (
        "image: busybox",
        "image: busybox\n    env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: x}}}]",
        "9:11: Pod/app: spec.containers[0].env[0]: value and valueFrom exclude each other",
        "",
    ),
    (
        "image: busybox",
        "image: busybox\n    livenessProbe: {periodSeconds: 0, exec: {command: [a]}}",
        "9:21: Pod/app: spec.containers[0].livenessProbe.periodSeconds: 0 is too little",
        "",
    ),
    (
        "spec:\n  containers:\n  - name: app\n",
        (
            "spec:\n  volumes: [{name: v, emptyDir: {}}]\n  containers:\n  - name: app\n"
            "    volumeMounts: [{name: v, mountPath: m, subPath: ../x}]\n"
        ),
        "9:30: Pod/app: spec.containers[0].volumeMounts[0].mountPath: 'm' is no absolute path",
        "subPath: leads out of the volume",
    ),
    (
        "spec:\n",
        "spec:\n  volumes: [{name: v, emptyDir: {}, hostPath: {path: /a}}]\n",
        "6:13: Pod/app: spec.volumes[0]: volume v is of several kinds: emptyDir, hostPath",
        "say one",
    ),
    (
        "spec:\n  containers:\n  - name: app\n",
        (
            "spec:\n  volumes: [{name: v, hostPath: {path: a, type: Wrong}}]\n  containers:\n"
            "  - name: app\n    volumeMounts: [{name: v, mountPath: /m}]\n"
        ),
        "'a' is no absolute path",
        "'Wrong' is not allowed",
    ),
]


@pytest.mark.parametrize(("old", "new", "said", "more"), FAULTS, ids=lambda text: text[:40])
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, said: str, more: str
) -> None:
    assert old in GOOD
    found = refused(tmp_path, GOOD.replace(old, new, 1))
    assert found.startswith("app.yaml:")
    assert said in found
    assert more in found


def test_all_faults_of_all_documents_are_told_at_once(tmp_path: Path) -> None:
    broken = GOOD.replace("image: busybox", "imag: busybox").replace(
        "name: app\nspec", "name: b\nspec"
    )
    other = container("env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: q}}}]")
    secret = config_map("s", {"p": "text"}, "Secret")
    found = refused(tmp_path, broken, other, secret, GOOD, GOOD).splitlines()
    assert [line.split(": ")[0] for line in found if line.startswith("app.yaml")] == [
        "app.yaml:8:5",
        "app.yaml:24:61",
        "app.yaml:47:3",
    ]
    assert "Secret s has no key q" in "\n".join(found)
    assert "did you mean p?" not in "\n".join(found)


def test_pods_have_the_labels_that_are_looked_for(tmp_path: Path) -> None:
    said = container("").replace("labels: {app: app}", "labels: {app: other}")
    found = refused(tmp_path, said)
    assert "spec.selector.matchLabels.app: the pods of the template have no label app: app" in found


def test_nothing_to_run_is_an_error(tmp_path: Path) -> None:
    assert "there is nothing to run in it" in refused(tmp_path, config_map("a", {"b": "c"}))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    from composer.errors import ComposerError
    from composer.kube.read import read_manifests

    with pytest.raises(ComposerError, match="there is no manifest in the folder"):
        read_manifests([str(tmp_path)])


# --- without effect -------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", sorted(unhonoured.DONE))
def test_each_field_is_done_or_said_to_have_no_effect(type_: str) -> None:
    known = fields_of(type_)
    assert known is not None
    parts = (unhonoured.DONE[type_], unhonoured.SILENT[type_], frozenset(unhonoured.WARNED[type_]))
    named = [name for part in parts for name in part]
    assert sorted(named) == sorted(known)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("nodeSelector: {a: b}\n", "spec.template.spec.nodeSelector"),
        ("serviceAccountName: robot\n", "spec.template.spec.serviceAccountName"),
        ("securityContext: {fsGroup: 5}\n", "spec.template.spec.securityContext.fsGroup"),
        ("activeDeadlineSeconds: 5\n", "spec.template.spec.activeDeadlineSeconds"),
        ("securityContext: {runAsGroup: 5}\n", "spec.template.spec.securityContext.runAsGroup"),
        (
            "securityContext: {runAsNonRoot: true}\n",
            "spec.template.spec.securityContext.runAsNonRoot",
        ),
        (
            "securityContext: {seccompProfile: {type: Localhost, localhostProfile: p}}\n",
            "spec.template.spec.securityContext.seccompProfile",
        ),
    ],
)
def test_what_has_no_effect_is_warned_of_with_its_place(
    tmp_path: Path, spec: str, path: str
) -> None:
    (warning,) = read(tmp_path, container("", spec)).warnings
    assert warning.startswith(f"{tmp_path}/app.yaml:")
    assert f": Deployment/app: {path}: " in warning


def test_what_asks_for_nothing_is_not_warned_of(tmp_path: Path) -> None:
    spec = (
        "serviceAccountName: default\nautomountServiceAccountToken: false\n"
        "enableServiceLinks: false\ntolerations: []\n"
    )
    assert read(tmp_path, container("", spec)).warnings == ()


@pytest.mark.parametrize("kind", ["Ingress", "ServiceAccount", "Namespace", "StorageClass"])
def test_kinds_that_mean_nothing_here_are_warned_of(tmp_path: Path, kind: str) -> None:
    versions = {"Ingress": "networking.k8s.io/v1", "StorageClass": "storage.k8s.io/v1"}
    said = f"apiVersion: {versions.get(kind, 'v1')}\nkind: {kind}\nmetadata: {{name: x}}\n"
    (warning,) = read(tmp_path, said, deployment("containers: [{name: a, image: i}]\n")).warnings
    assert f"app.yaml:2:1: {kind}/x: kind: " in warning
