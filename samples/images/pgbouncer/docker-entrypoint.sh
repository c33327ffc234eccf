#!/bin/sh
# Writes pgbouncer's files from DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, AUTH_TYPE and POOL_MODE.
set -e
: "${DB_HOST:?is the server to pass connections to}"

cat >/etc/pgbouncer/pgbouncer.ini <<END
[databases]
* = host=$DB_HOST port=${DB_PORT:-5432} user=${DB_USER:-postgres}

[pgbouncer]
listen_addr = ${LISTEN_ADDR:-0.0.0.0}
listen_port = ${LISTEN_PORT:-5432}
unix_socket_dir =
auth_file = /etc/pgbouncer/userlist.txt
auth_type = ${AUTH_TYPE:-md5}
pool_mode = ${POOL_MODE:-session}
ignore_startup_parameters = extra_float_digits
server_login_retry = 1
dns_nxdomain_ttl = 1
END
printf '"%s" "%s"\n' "${DB_USER:-postgres}" "$DB_PASSWORD" >/etc/pgbouncer/userlist.txt
exec "$@"
