"""A project as units of systemd: Quadlet's, or classic ones for Podman before 4.4."""
