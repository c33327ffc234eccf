"""The table of commands, which can be read without importing any of them, or Typer."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """Where a command is (``module:function``) and the line that ``--help`` has about it.

    In the place of a function there can be a table of commands.
    """

    location: str
    summary: str


COMMANDS = {
    "attach": Command("attach:attach", "Connect to the process of a running container"),
    "autostart": Command("autostart:autostart", "Start the project at each boot, by systemd"),
    "build": Command("images:build", "Build or rebuild services"),
    "commit": Command("commit:commit", "Make an image of a container"),
    "completion": Command("completion:completion", "Print a script for the shell's completion"),
    "config": Command("config:config", "Print the Compose file in canonical form"),
    "cp": Command("cp:cp", "Copy files into and out of containers"),
    "create": Command("up:create", "Create the containers of services"),
    "doctor": Command("doctor:doctor", "Check Podman's set-up and the project"),
    "down": Command("down:down", "Stop and remove containers and networks"),
    "events": Command("events:events", "Show what happens to containers"),
    "exec": Command("exec:exec_", "Run a command in a running container"),
    "export": Command("export:export", "Write the files of a container as a tar archive"),
    "graph": Command("graph:graph", "Print the dependency graph"),
    "health": Command("health:health", "Run the health checks now"),
    "images": Command("image_list:images", "List the images of containers"),
    "kill": Command("lifecycle:kill", "Kill containers of services"),
    "kube": Command("kube:COMMANDS", "Write Kubernetes manifests, play and apply them"),
    "logs": Command("logs:logs", "Show the output of containers"),
    "ls": Command("ls:ls", "List the projects"),
    "pause": Command("lifecycle:pause", "Pause containers of services"),
    "plan": Command("plan:plan", "Show what up would do, and why"),
    "pod": Command("pod:COMMANDS", "Look at pods, and change them"),
    "port": Command("port:port", "Print where a port is published"),
    "ps": Command("ps:ps", "List containers"),
    "pull": Command("images:pull", "Pull the images of services"),
    "push": Command("push:push", "Push the images that services are built to"),
    "restart": Command("lifecycle:restart", "Restart containers of services"),
    "rm": Command("lifecycle:rm", "Remove stopped containers of services"),
    "run": Command("run:run", "Run one command in a new container of a service"),
    "scale": Command("up:scale", "Change the number of replicas of services"),
    "start": Command("lifecycle:start", "Start existing containers of services"),
    "stats": Command("stats:stats", "Show what containers use"),
    "stop": Command("lifecycle:stop", "Stop running containers of services"),
    "systemd": Command("systemd:COMMANDS", "Write, install and run units of systemd"),
    "top": Command("top:top", "Show the processes of containers"),
    "unpause": Command("lifecycle:unpause", "Let paused containers go on"),
    "up": Command("up:up", "Create and start containers"),
    "version": Command("version:version", "Show the version"),
    "volumes": Command("volumes:volumes", "List the volumes"),
    "wait": Command("wait:wait", "Wait until containers have ended"),
    "watch": Command("watch:watch", "Update containers while files change"),
}

ALIASES = {"convert": "config"}
"""Former names of commands, which no list shows."""

NO_INTERSPERSED = ("exec", "run")
"""Commands whose arguments after the first are not options of ours."""
