#!/bin/sh
# Asks the program beside it, and answers in Prometheus's text format.
state=$(nc -w 2 127.0.0.1 7000 </dev/null) || state=
number() { echo "$state" | sed -n "s/.*$1\([0-9][0-9]*\).*/\1/p"; }

printf 'Content-Type: text/plain; version=0.0.4\r\n\r\n'
cat <<END
# HELP legacy_up Whether the program answers.
# TYPE legacy_up gauge
legacy_up $([ -n "$state" ] && echo 1 || echo 0)
END
[ -n "$state" ] || exit 0
cat <<END
# HELP legacy_jobs_total Jobs done.
# TYPE legacy_jobs_total counter
legacy_jobs_total{result="done"} $(number "jobs=")
legacy_jobs_total{result="failed"} $(number "failed=")
# HELP legacy_queue_length Jobs that wait, by queue.
# TYPE legacy_queue_length gauge
legacy_queue_length{queue="fast"} $(number "queue=\[")
legacy_queue_length{queue="slow"} $(number "queue=\[[0-9]*,")
END
