"""The real API server of Kubernetes for tests, with its etcd, as Debian 12 has their sources.

``python -m tests.real_api_server build FOLDER`` builds ``kube-apiserver`` 1.20 from Debian's source
package in a Debian of its own inside of FOLDER (root, some ten minutes, 4 GiB), and puts it beside
``etcd`` and Debian's ``kubectl`` into ``FOLDER/bin``; ``make test-cluster`` does so and runs the
tests of clusters there. Nothing runs containers: ``tests.fake_cluster.controllers`` says how pods
are.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path

from tests.fake_cluster.client import Client
from tests.fake_cluster.server import TOKEN
from tests.scenarios.steps import free_port
from tests.testbed import wait_until

VARIABLE = "COMPOSER_TEST_API_SERVER"
"""The folder with the programs, in ``bin``; unset: the stub stands in."""

_PACKAGES = (
    *("ca-certificates", "golang-1.19-go", "golang-github-modern-go-reflect2-dev", "make"),
    *("rsync", "jq", "git", "gcc", "libc6-dev", "procps", "file", "dpkg-dev"),
    *("etcd-server", "kubernetes-client"),
)
_BUILD = """set -e
cd /root
export DEBIAN_FRONTEND=noninteractive HOME=/root PATH=/usr/lib/go-1.19/bin:$PATH
apt-get update -qq
apt-get source -qq kubernetes
mv kubernetes-*/ source
cd source
# The version in the source knows no maps of Go 1.18 and later.
rm -r vendor/github.com/modern-go/reflect2
cp -a /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/
rm -rf vendor/github.com/modern-go/reflect2/*test*
mkdir -p .go/src/k8s.io
ln -s ../../.. .go/src/k8s.io/kubernetes
export GO111MODULE=off GOPATH=$PWD/.go CGO_ENABLED=0
nice -n 19 make WHAT=cmd/kube-apiserver
"""


def build(folder: Path) -> None:
    """Make ``folder/bin`` with all three programs. Raises ``CalledProcessError``."""
    root = folder / "debian"
    if not (root / "usr/bin/apt-get").exists():
        include = f"--include={','.join(_PACKAGES)}"
        command = ["debootstrap", "--variant=minbase", include, "bookworm", str(root)]
        subprocess.run(command, check=True)
    sources = root / "etc/apt/sources.list"
    said = sources.read_text()
    if "deb-src" not in said:
        sources.write_text(said + said.replace("deb ", "deb-src "))
    shutil.rmtree(root / "root", ignore_errors=True)
    (root / "root").mkdir()
    (root / "root/build.sh").write_text(_BUILD)
    mounts = "mount -t proc proc proc && mount --bind /dev dev && exec chroot . bash /root/build.sh"
    command = ["unshare", "--mount", "sh", "-c", f"cd {root} && {mounts}"]
    subprocess.run(command, check=True)
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    output = root / "root/source/_output/local/bin/linux"
    (server,) = output.glob("*/kube-apiserver")
    for program in (server, root / "usr/bin/etcd", root / "usr/bin/kubectl"):
        shutil.copy(program, programs / program.name)


class ApiServer:
    """A running API server; ``url`` is its address on the loopback."""

    def __init__(self, url: str, version: str) -> None:
        self.url = url
        self.title = f"a real API server, {version}"


@contextlib.contextmanager
def running(programs: Path, folder: Path) -> Iterator[ApiServer]:
    """Start etcd and the API server with an empty store in ``folder``; end both afterwards."""
    port = free_port()
    (folder / "tokens.csv").write_text(f'{TOKEN},admin,1,"system:masters"\n')
    subprocess.run(["openssl", "genrsa", "-out", folder / "key", "2048"], check=True, stderr=-3)
    with (folder / "log").open("w") as log, contextlib.ExitStack() as stack:

        def start(*command: str) -> None:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)

        store, peers = "unix://etcd.sock:0", "unix://peers.sock:0"
        start(
            str(programs / "etcd"),
            *("--data-dir", "etcd", "--unsafe-no-fsync"),
            *("--listen-client-urls", store, "--advertise-client-urls", store),
            *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
            *("--initial-cluster", f"default={peers}"),
        )
        start(
            str(programs / "kube-apiserver"),
            *(f"--etcd-servers={store}", f"--secure-port={port}", "--bind-address=127.0.0.1"),
            # Nobody uses it; without one it looks for a way out, which test networks have not.
            "--advertise-address=192.0.2.1",
            *("--cert-dir=certificates", "--token-auth-file=tokens.csv"),
            *("--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/24"),
            *("--service-account-issuer=https://localhost", "--service-account-key-file=key"),
            "--service-account-signing-key-file=key",
        )
        client = Client(f"https://127.0.0.1:{port}")

        def answers() -> str:
            try:
                client.call("GET", "/api/v1/namespaces/default")
                return str(client.call("GET", "/version")["gitVersion"])
            except (urllib.error.URLError, OSError):
                return ""

        version = wait_until(answers, 60, what="the API server")
        yield ApiServer(f"https://127.0.0.1:{port}", version)


def programs() -> Path | None:
    """The folder of the programs that the environment names, if it does."""
    said = os.environ.get(VARIABLE)
    return Path(said).resolve() / "bin" if said else None


if __name__ == "__main__":
    if sys.argv[1:2] != ["build"] or len(sys.argv) != 3:
        sys.exit(f"usage: python -m {__spec__.name if __spec__ else 'tests'} build FOLDER")
    build(Path(sys.argv[2]).resolve())
