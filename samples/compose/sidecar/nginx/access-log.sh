#!/bin/sh
# The volume is shared by all replicas: each writes a log of its own, named after the pod.
echo "access_log /logs/$(hostname).log;" >/etc/nginx/conf.d/access-log.conf
