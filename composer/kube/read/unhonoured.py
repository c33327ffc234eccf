"""What Kubernetes knows and composer does not do: one table of fields, with the reasons.

A field is done, or it is here with a reason to warn of, or with none: then nobody misses it on one
machine. A test looks that every field of the types here is one of these.
"""

from __future__ import annotations

from collections.abc import Mapping

from composer.kube.read.checks import TEMPLATED, containers, pod_of
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft
from composer.kube.read.objects import Object

_ONE = "there is one machine to run on"
_CLUSTER = "there is no cluster to ask"
_LATER = "composer starts and replaces containers as `up` does"

KINDS: Mapping[str, str] = {
    "HorizontalPodAutoscaler": "Podman adds no replicas by itself: scale with --scale",
    "Ingress": "Podman has none: a Service of the type LoadBalancer or NodePort publishes ports",
    "Namespace": "the project keeps what belongs together apart from others",
    "NetworkPolicy": "Podman filters nothing between containers of a network",
    "ServiceAccount": _CLUSTER,
}
"""Kinds that mean nothing here, with the reason."""

WARNED: Mapping[str, Mapping[str, str]] = {
    "PodSpec": {
        "activeDeadlineSeconds": "Podman ends nothing after a time",
        "affinity": _ONE,
        "ephemeralContainers": "they are added to pods that run: use composer exec",
        "evictionResponders": _CLUSTER,
        "hostUsers": "Podman's own setting of user namespaces counts",
        "hostnameOverride": "the host name is set by hostname",
        "imagePullSecrets": "Podman has its own logins: use podman login",
        "nodeName": _ONE,
        "nodeSelector": _ONE,
        "overhead": _CLUSTER,
        "preemptionPolicy": _ONE,
        "priority": _ONE,
        "priorityClassName": _ONE,
        "readinessGates": _CLUSTER,
        "resourceClaims": _CLUSTER,
        "runtimeClassName": "Podman runs all containers with the runtime of containers.conf",
        "schedulingGates": _CLUSTER,
        "schedulingGroup": _CLUSTER,
        "serviceAccount": _CLUSTER,
        "serviceAccountName": _CLUSTER,
        "setHostnameAsFQDN": "host names have no domain here",
        "topologySpreadConstraints": _ONE,
    },
    "Container": {
        "restartPolicyRules": "the policy of the pod counts for all exit codes",
        "stdinOnce": "standard input stays open",
        "volumeDevices": "composer gives containers no raw devices of claims",
    },
    "PodSecurityContext": {
        "fsGroup": "volumes keep their owner: the group is one of the process only",
        "windowsOptions": "containers are Linux's here",
    },
    "SecurityContext": {"windowsOptions": "containers are Linux's here"},
    "Probe": {"terminationGracePeriodSeconds": "the time of the pod counts"},
    "VolumeMount": {
        "bindMountOptions": "mounts have the options of Podman",
        "recursiveReadOnly": "mounts below a read-only one stay as they are",
    },
    "JobSpec": {
        "activeDeadlineSeconds": "Podman ends nothing after a time",
        "backoffLimitPerIndex": "containers are started again, pods are not",
        "completionMode": "replicas have no index",
        "managedBy": _CLUSTER,
        "maxFailedIndexes": "replicas have no index",
        "podFailurePolicy": "containers are started again, pods are not",
        "scheduling": _CLUSTER,
        "successPolicy": "replicas have no index",
        "suspend": "composer starts what it plays",
        "ttlSecondsAfterFinished": "it stays until `kube down`",
    },
    "StatefulSetSpec": {"ordinals": "replicas are numbered from 1 on"},
    "DeploymentSpec": {"paused": "composer starts what it plays"},
    "DaemonSetSpec": {},
    "ServiceSpec": {
        "externalIPs": "the machine's own addresses count",
        "loadBalancerIP": "the machine's own addresses count",
        "loadBalancerSourceRanges": "Podman lets everybody in",
        "sessionAffinity": "each replica has a port of its own",
    },
}
"""By type and field: why it has no effect."""

SILENT: Mapping[str, frozenset[str]] = {
    "PodSpec": frozenset(
        {
            *("automountServiceAccountToken", "dnsPolicy", "enableServiceLinks", "os"),
            *("schedulerName", "tolerations"),
        }
    ),
    "Container": frozenset({"resizePolicy", "terminationMessagePath", "terminationMessagePolicy"}),
    "PodSecurityContext": frozenset(
        {"fsGroupChangePolicy", "seLinuxChangePolicy", "supplementalGroupsPolicy"}
    ),
    "SecurityContext": frozenset(),
    "Probe": frozenset(),
    "VolumeMount": frozenset(),
    "JobSpec": frozenset({"manualSelector", "podReplacementPolicy", "selector"}),
    "StatefulSetSpec": frozenset(
        {
            *("minReadySeconds", "persistentVolumeClaimRetentionPolicy", "podManagementPolicy"),
            *("revisionHistoryLimit", "selector", "updateStrategy"),
        }
    ),
    "DeploymentSpec": frozenset(
        {
            *("minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit", "selector"),
            "strategy",
        }
    ),
    "DaemonSetSpec": frozenset(
        {"minReadySeconds", "revisionHistoryLimit", "selector", "updateStrategy"}
    ),
    "ServiceSpec": frozenset(
        {
            *("allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalTrafficPolicy"),
            *("healthCheckNodePort", "internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy"),
            *("loadBalancerClass", "publishNotReadyAddresses", "sessionAffinityConfig"),
            "trafficDistribution",
        }
    ),
}
"""Fields that ask for nothing that one machine would not have anyway, or that only matter on a
cluster."""

DONE: Mapping[str, frozenset[str]] = {
    "PodSpec": frozenset(
        {
            *("containers", "dnsConfig", "hostAliases", "hostIPC", "hostNetwork", "hostPID"),
            *("hostname", "initContainers", "resources", "restartPolicy", "securityContext"),
            *("shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "volumes"),
        }
    ),
    "Container": frozenset(
        {
            *("args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle"),
            *("livenessProbe", "name", "ports", "readinessProbe", "resources", "restartPolicy"),
            *("securityContext", "startupProbe", "stdin", "tty", "volumeMounts", "workingDir"),
        }
    ),
    "PodSecurityContext": frozenset(
        {
            *("appArmorProfile", "runAsGroup", "runAsNonRoot", "runAsUser", "seLinuxOptions"),
            *("seccompProfile", "supplementalGroups", "sysctls"),
        }
    ),
    "SecurityContext": frozenset(
        {
            *("allowPrivilegeEscalation", "appArmorProfile", "capabilities", "privileged"),
            *("procMount", "readOnlyRootFilesystem", "runAsGroup", "runAsNonRoot", "runAsUser"),
            *("seLinuxOptions", "seccompProfile"),
        }
    ),
    "Probe": frozenset(
        {
            *("exec", "failureThreshold", "grpc", "httpGet", "initialDelaySeconds"),
            *("periodSeconds", "successThreshold", "tcpSocket", "timeoutSeconds"),
        }
    ),
    "VolumeMount": frozenset(
        {"mountPath", "mountPropagation", "name", "readOnly", "subPath", "subPathExpr"}
    ),
    "JobSpec": frozenset({"backoffLimit", "completions", "parallelism", "template"}),
    "StatefulSetSpec": frozenset({"replicas", "serviceName", "template", "volumeClaimTemplates"}),
    "DeploymentSpec": frozenset({"replicas", "template"}),
    "DaemonSetSpec": frozenset({"template"}),
    "ServiceSpec": frozenset({"externalName", "ports", "selector", "type"}),
}
"""Fields that other modules of this package carry out."""


def warn_of_objects(draft: Draft) -> None:
    """Warn of all that the objects of ``draft`` say in vain."""
    namespaces = {one.root.get("metadata", "namespace").value for one in draft.objects}
    for one in draft.objects:
        if one.kind in KINDS and not one.ours:
            draft.warn(one.root.get("kind"), KINDS[one.kind])
        if one.kind == "Service":
            _warn(draft, one.root.get("spec"), "ServiceSpec")
        if one.kind in TEMPLATED:
            _warn(draft, one.root.get("spec"), f"{one.kind}Spec")
        if one.kind in (*TEMPLATED, "Pod"):
            _of_pod(draft, one)
    if len(namespaces - {None}) > 1:
        spaces = ", ".join(sorted(str(name) for name in namespaces if name))
        draft.problems.warnings.append(f"namespaces {spaces}: all objects are in one project")


def _of_pod(draft: Draft, one: Object) -> None:
    spec = pod_of(one).get("spec")
    _warn(draft, spec, "PodSpec")
    _warn(draft, spec.get("securityContext"), "PodSecurityContext")
    for container in containers(spec):
        _warn(draft, container, "Container")
        _warn(draft, container.get("securityContext"), "SecurityContext")
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            _warn(draft, container.get(probe), "Probe")
        for mount in container.get("volumeMounts").each():
            _warn(draft, mount, "VolumeMount")


_UNSAID: tuple[object, ...] = ("default", "None", "", False, 0, [])
"""Values that ask for nothing: the names that everything has, and switches that are off."""


def _warn(draft: Draft, said: Cursor, type_: str) -> None:
    for key, reason in WARNED[type_].items():
        found = said.get(key)
        if found and found.value not in _UNSAID and found.value != "NonIndexed":
            draft.warn(found, reason)
