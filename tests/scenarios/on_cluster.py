"""What scenarios about clusters are written with: a project, and a cluster without nodes.

The cluster is the stub of ``tests.fake_cluster``, or a real API server if ``real_api_server`` says
so; ``controllers`` tells either what has become of pods.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests import real_api_server
from tests.conftest import unique_name
from tests.fake_cluster.client import Client, Cluster, write_kubeconfig
from tests.fake_cluster.controllers import Controllers
from tests.fake_cluster.server import FakeCluster
from tests.scenarios.work import Work
from tests.testbed import clean_environ

FILE = """
services:
  web:
    image: example.org/web:1
    ports: ["8080:80"]
    networks: [front, back]
    depends_on: [db]
  db:
    image: example.org/db:1
    environment: {DB_PASSWORD: first-secret}
    volumes: ["data:/data"]
    networks: [back]
volumes: {data: {}}
networks: {front: {}, back: {internal: true}}
"""
EVERYTHING = {
    *("secrets/db-env", "services/web", "services/web-public", "services/db"),
    *("networkpolicies/front", "networkpolicies/back", "networkpolicies/web-public"),
    *("deployments/web", "statefulsets/db"),
}
"""What composer makes of it, as ``ClusterScenario.all`` tells."""


class ClusterScenario(Work):
    """A project in a folder, which goes to a namespace of its own name."""

    def __init__(
        self, program: str, cluster: Cluster, controllers: Controllers, folder: Path
    ) -> None:
        super().__init__(program, folder, unique_name())
        self.cluster = cluster
        self.client = Client(cluster.url)
        self.controllers = controllers
        self.kubeconfig = write_kubeconfig(folder / "kubeconfig", cluster.url)
        self.write(FILE)

    def surroundings(self) -> dict[str, str]:
        """``kubectl`` first on the path, no kubeconfig but ours."""
        own = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.folder)}
        named = os.environ.get("COMPOSER_TEST_KUBECTL")
        path = [str(Path(named).parent)] if named else []
        own["PATH"] = os.pathsep.join([*path, os.environ["PATH"]])
        return clean_environ() | own

    def command(self, *arguments: str) -> list[str]:
        return super().command("kube", *arguments)

    def ok(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command below ``kube`` that has to succeed."""
        return self.done(*arguments)

    def write(self, text: str) -> None:
        """Make ``text`` the project's file."""
        (self.folder / "compose.yaml").write_text(text)

    def change(self, old: str, new: str) -> None:
        """Change the project's file."""
        text = (self.folder / "compose.yaml").read_text()
        assert old in text
        self.write(text.replace(old, new))

    def refused(self, *arguments: str, code: int = 1, env: Mapping[str, str] | None = None) -> str:
        """Run what has to fail with one clear message, and no traceback; the message."""
        done = self.run(*arguments, env=env)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert "Error: " in done.stderr
        return done.stderr

    # --- looking at the cluster, past the program -----------------------------------------------
    def all(self) -> set[str]:
        """What composer made that is on the cluster: ``KIND/NAME``."""
        plurals = (
            *("secrets", "configmaps", "services", "networkpolicies"),
            *("deployments", "statefulsets", "daemonsets", "jobs"),
        )
        return {
            f"{plural}/{one['metadata']['name']}"
            for plural in plurals
            for one in self.client.objects(plural, self.name)
            if "app.kubernetes.io/part-of" in (one["metadata"].get("labels") or {})
        }

    def image(self, plural: str, name: str) -> str:
        """The image of the first container of a workload."""
        found = self.client.get(plural, self.name, name)
        assert found is not None
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])

    def replicas(self, name: str) -> int:
        found = self.client.get("deployments", self.name, name)
        assert found is not None
        return int(found["spec"]["replicas"])


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """The cluster of the tests: the real one that the environment names, else the stub."""
    programs = real_api_server.programs()
    with contextlib.ExitStack() as stack:
        if programs is None:
            yield stack.enter_context(FakeCluster())
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="api-")))
        yield stack.enter_context(real_api_server.running(programs, folder))
