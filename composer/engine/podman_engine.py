"""The engine itself: each method of ``composer.engine.api.Engine`` as a call to libpod.

What needs more than a few lines lives in the module named after it, and is imported by the method
that needs it: ``ps`` shall not pay for what ``up`` uses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from composer.engine.pods import Pods
from composer.engine.resources import Resources


class PodmanEngine(Resources, Pods):
    """Implements ``composer.engine.api.Engine``. Made by ``composer.engine.connect``."""

    def podman(self, arguments: Sequence[str]) -> int:
        """See ``Engine.podman``."""
        return self._program.run(arguments)

    def exec_command(
        self,
        container: str,
        command: Sequence[str],
        *,
        interactive: bool = True,
        tty: bool = False,
        detach: bool = False,
        user: str | None = None,
        workdir: str | None = None,
        env: Sequence[str] = (),
        privileged: bool = False,
    ) -> int:
        """See ``Engine.exec_command``: ``podman exec`` for terminals, TCP and the background."""
        from composer.engine.unix import UnixTransport

        transport = self._libpod.transport
        if isinstance(transport, UnixTransport) and not tty and not detach:
            from composer.engine.inside import Settings
            from composer.engine.piped import run_piped

            settings = Settings(user, workdir, _variables(env), privileged)
            return run_piped(
                self._libpod, transport, container, command, settings, interactive=interactive
            )
        switches = {
            "--interactive": interactive and not detach,
            "--tty": tty,
            "--detach": detach,
            "--privileged": privileged,
        }
        flags = [flag for flag, wanted in switches.items() if wanted]
        if user:
            flags += ["--user", user]
        if workdir:
            flags += ["--workdir", workdir]
        for setting in env:
            flags += ["--env", setting]
        # In the background it would print the id of the session.
        return self._program.run(["exec", *flags, container, *command], quiet=detach)

    def attach(
        self,
        container: str,
        *,
        start: bool = False,
        stdin: bool = True,
        detach_keys: str | None = None,
        forward: Callable[[int], None] | None = None,
    ) -> int:
        """See ``Engine.attach``: ``podman start --attach`` or ``podman attach``."""
        words = ["start", "--attach"] if start else ["attach"]
        if start and stdin:
            words.append("--interactive")
        if not start and not stdin:
            words.append("--no-stdin")
        if detach_keys is not None:
            words.append(f"--detach-keys={detach_keys}")
        return self._program.attach([*words, "--sig-proxy=false", container], forward)


def _variables(settings: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` as a mapping; a name alone has the value that it has here, if any."""
    pairs = (setting.partition("=") for setting in settings)
    found = {name: text if sign else os.environ.get(name) for name, sign, text in pairs}
    return {name: text for name, text in found.items() if text is not None}
