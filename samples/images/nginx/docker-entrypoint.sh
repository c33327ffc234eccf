#!/bin/sh
# As the official image: each /etc/nginx/templates/NAME.template becomes /etc/nginx/conf.d/NAME with
# environment variables filled in, and the scripts of /docker-entrypoint.d run before the server.
set -e

# The name servers of the container, for `resolver ${NGINX_LOCAL_RESOLVERS};`.
if [ -n "$NGINX_ENTRYPOINT_LOCAL_RESOLVERS" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" {
        printf "%s%s", sep, ($2 ~ /:/ ? "[" $2 "]" : $2); sep = " " }' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS
fi

case $1 in nginx | nginx-debug)
    for template in /etc/nginx/templates/*.template; do
        [ -f "$template" ] || continue
        # Only variables that exist: nginx's own ($host, $uri) stay as they are.
        defined=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' ')
        envsubst "$defined" <"$template" >"/etc/nginx/conf.d/$(basename "$template" .template)"
    done
    for script in /docker-entrypoint.d/*.sh; do
        [ -x "$script" ] && "$script"
    done
    ;;
esac
exec "$@"
