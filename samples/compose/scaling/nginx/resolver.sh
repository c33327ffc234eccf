#!/bin/sh
# nginx reads no resolv.conf. Only the first server there is the network's own: the ones below it,
# which Podman copies from the host, know no service and nginx would ask them in turn.
set -e
server=$(awk '$1 == "nameserver" { print ($2 ~ /:/ ? "[" $2 "]" : $2); exit }' /etc/resolv.conf)
echo "resolver $server valid=1s ipv6=off;" >/etc/nginx/conf.d/resolver.conf
