#!/bin/sh
# Does some work, and tells who connects to port 7000: jobs=12;failed=1;queue=[3,0]
(
    jobs=0
    while :; do
        jobs=$((jobs + 1))
        echo "jobs=$jobs;failed=$((jobs / 10));queue=[$((jobs % 4)),0]" >/tmp/state.new
        mv /tmp/state.new /tmp/state
        usleep 200000
    done
) &
exec nc -ll -p 7000 -e cat /tmp/state
