#!/bin/sh
# Works with its settings as they were when it started, or when it was last told to read them again.
read_settings() { echo "settings: $(cat /settings/colour)"; }
trap read_settings HUP
trap 'exit 0' TERM
echo $$ >/dev/shm/worker.pid
read_settings
while :; do usleep 100000; done
