"""``composer systemd``: a project as units of systemd, and their life."""

from __future__ import annotations

from composer.cli.commands import Command

COMMANDS = {
    "disable": Command("systemd_manage:disable", "Start the project at no boot"),
    "enable": Command("systemd_manage:enable", "Start the project at each boot"),
    "generate": Command("systemd_generate:generate", "Write the units of the project"),
    "install": Command("systemd_manage:install", "Write the units to systemd's folders"),
    "logs": Command("systemd_look:logs", "Show the output of containers from the journal"),
    "restart": Command("systemd_manage:restart", "Restart the project's units, or a service's"),
    "start": Command("systemd_manage:start", "Start the project's units, or a service's"),
    "status": Command("systemd_look:status", "Show the units, and their containers"),
    "stop": Command("systemd_manage:stop", "Stop the project's units, or a service's"),
    "uninstall": Command("systemd_manage:uninstall", "Stop the project and remove its units"),
}
