"""The Compose files that are measured with."""

from __future__ import annotations

from pathlib import Path

import yaml

LINES = 20_000
"""Log lines of each of four containers."""

WAITING = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]
"""Runs until it is told to stop, and then stops at once."""


def write(folder: Path, services: dict[str, dict[str, object]]) -> Path:
    """Write a Compose file with ``services`` into ``folder`` and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"services": services}, sort_keys=False)
    (folder / "compose.yaml").write_text(text)
    return folder


def waiting(**more: object) -> dict[str, object]:
    """A service that waits."""
    return {"image": "docker.io/library/busybox:latest", "command": WAITING, **more}


def independent(count: int) -> dict[str, dict[str, object]]:
    """``count`` services that need nothing of each other."""
    return {f"s{n}": waiting() for n in range(count)}


def replicated(count: int, replicas: int) -> dict[str, dict[str, object]]:
    """``count`` services of ``replicas`` each."""
    return {f"s{n}": waiting(scale=replicas) for n in range(count)}


def chain(count: int) -> dict[str, dict[str, object]]:
    """``count`` services, each of which needs the one before."""
    return {f"s{n}": waiting(**({"depends_on": [f"s{n - 1}"]} if n else {})) for n in range(count)}


def podded(count: int, members: int) -> dict[str, dict[str, object]]:
    """``count`` pods of ``members`` services each."""
    return {
        f"p{n}-m{k}": waiting(**{"x-podman": {"pod": f"p{n}"}})
        for n in range(count)
        for k in range(members)
    }


def interpolated(count: int, variables: int) -> dict[str, dict[str, object]]:
    """``count`` services that need the one before, with ``variables`` to be interpolated each."""
    return {
        f"s{n}": waiting(
            environment={
                f"NAME_{k}": f"${{VALUE_{k}:-value {k} of {n}}}" for k in range(variables)
            },
            **({"depends_on": [f"s{n - 1}"]} if n else {}),
        )
        for n in range(count)
    }


def talking(count: int = 4) -> dict[str, dict[str, object]]:
    """``count`` services that write ``LINES`` lines each and then wait."""
    script = (
        f"i=0; while [ $$i -lt {LINES} ]; do echo line $$i of a log that is worth reading; "
        "i=$$((i+1)); done; echo done; trap 'exit 0' TERM; sleep 1000 & wait"
    )
    return {f"s{n}": waiting(command=["sh", "-c", script]) for n in range(count)}


def gated(delay: float) -> dict[str, dict[str, object]]:
    """A service that is ready after ``delay`` seconds, and one that waits for that."""
    script = f"sleep {delay}; echo ready | tee /ready; trap 'exit 0' TERM; sleep 1000 & wait"
    check = {"test": ["CMD", "test", "-f", "/ready"], "interval": "5s", "retries": 10}
    return {
        "db": waiting(command=["sh", "-c", script], healthcheck=check),
        "app": waiting(depends_on={"db": {"condition": "service_healthy"}}),
    }


def built(count: int) -> dict[str, dict[str, object]]:
    """``count`` services whose images are built in two small steps."""

    def dockerfile(number: int) -> str:
        return (
            "FROM docker.io/library/busybox:latest\n"
            f"RUN echo {number} > /number\n"
            "RUN cat /number > /copy\n"
        )

    return {
        f"s{n}": {"build": {"context": ".", "dockerfile_inline": dockerfile(n), "network": "none"}}
        for n in range(count)
    }
