#!/bin/bash
# As the official image: an empty data folder becomes a cluster with POSTGRES_USER (a superuser),
# POSTGRES_PASSWORD and POSTGRES_DB; /docker-entrypoint-initdb.d is run in it once.
set -euo pipefail

# NAME, or the content of the file that NAME_FILE names, or a default.
setting() {
    local name=$1 file=$1_FILE
    if [ -n "${!file:-}" ]; then cat "${!file}"; else printf %s "${!name:-$2}"; fi
}

initialise() {
    local user password database socket=/var/run/postgresql
    user=$(setting POSTGRES_USER postgres)
    password=$(setting POSTGRES_PASSWORD "")
    database=$(setting POSTGRES_DB "$user")
    local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [ -z "$password" ] && [ "$method" != trust ]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        echo "Set POSTGRES_PASSWORD to a non-empty value." >&2
        exit 1
    fi
    initdb --username="$user" --pwfile=<(printf '%s\n' "${password:-unset}") --auth-local=trust \
        --auth-host="$method" --no-sync --encoding=UTF8 >/dev/null
    printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
    # No TCP before the init scripts are through: a health check over the network waits for all of it.
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -c fsync=off" -w -s start
    if [ "$database" != postgres ]; then
        createdb --host="$socket" --username="$user" "$database"
    fi
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh) echo "running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
            *.sql) echo "running $file"
                psql -v ON_ERROR_STOP=1 --host="$socket" -U "$user" -d "$database" -qf "$file" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w -s stop
    echo "PostgreSQL init process complete; ready for start up."
}

[ "${1#-}" = "$1" ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA"
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        chmod 700 "$PGDATA"
        # util-linux is in every Debian base; it keeps PID 1 for the server.
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
    fi
    [ -s "$PGDATA/PG_VERSION" ] || initialise
    set -- "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
fi
exec "$@"
