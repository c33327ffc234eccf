"""What scenarios about clusters are written with: a project, and a cluster without nodes.

The cluster is the stub of ``tests.fake_cluster``, or a real API server if ``real_api_server`` says
so; ``controllers`` tells either what has become of pods.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests import real_api_server
from tests.conftest import unique_name
from tests.fake_cluster.client import Client, Cluster, write_kubeconfig
from tests.fake_cluster.controllers import Controllers
from tests.fake_cluster.server import FakeCluster
from tests.scenarios.steps import account
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


class ClusterScenario:
    """A project in a folder, which goes to a namespace of its own name."""

    def __init__(
        self, program: str, cluster: Cluster, controllers: Controllers, folder: Path
    ) -> None:
        self.program = program
        self.cluster = cluster
        self.client = Client(cluster.url)
        self.controllers = controllers
        self.folder = folder
        self.name = unique_name()
        self.kubeconfig = write_kubeconfig(folder / "kubeconfig", cluster.url)
        self.env: dict[str, str] = {}
        self.write(FILE)

    def write(self, text: str) -> None:
        """Make ``text`` the project's file."""
        (self.folder / "compose.yaml").write_text(text)

    def change(self, old: str, new: str) -> None:
        """Change the project's file."""
        text = (self.folder / "compose.yaml").read_text()
        assert old in text
        self.write(text.replace(old, new))

    def command(self, *arguments: str) -> list[str]:
        return [self.program, "-p", self.name, "kube", *arguments]

    def environ(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment: ``kubectl`` first on the path, no kubeconfig but ours."""
        own = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.folder)}
        named = os.environ.get("COMPOSER_TEST_KUBECTL")
        path = [str(Path(named).parent)] if named else []
        own["PATH"] = os.pathsep.join([*path, os.environ["PATH"]])
        return clean_environ() | own | self.env | dict(env or {})

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``composer kube``; its exit code may be anything."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def ok(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run what has to succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, account(arguments, done)
        return done

    def refused(self, *arguments: str, code: int = 1, env: Mapping[str, str] | None = None) -> str:
        """Run what has to fail with one clear message, and no traceback; the message."""
        done = self.run(*arguments, env=env)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert "Error: " in done.stderr
        return done.stderr

    @contextlib.contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run ``composer kube`` beside the test, with its output in one file."""
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ(),
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "output").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What the command of ``running`` has written so far."""
        return (self.folder / "output").read_text()

    def interrupt(self, process: subprocess.Popen[str]) -> int:
        """Send SIGINT to the program alone, and wait for its end; the exit code."""
        process.send_signal(signal.SIGINT)
        return process.wait(10)

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
