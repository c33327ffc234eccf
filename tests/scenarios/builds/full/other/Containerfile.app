FROM docker.io/library/busybox AS wanted
ARG GIVEN
ARG FROM_ENV
COPY --from=base /base /from-base
COPY --from=files file /from-files
RUN --mount=type=secret,id=from_file --mount=type=secret,id=renamed \
    cat /run/secrets/from_file /run/secrets/renamed | sha256sum > /digest
RUN { echo "$GIVEN $FROM_ENV"; ulimit -n; df -k /dev/shm | tail -1 | awk '{print $2}'; \
      grep somewhere /etc/hosts | awk '{print $1}'; \
      grep CapEff /proc/self/status | awk '{print $2}'; } > /facts

FROM wanted AS last
RUN echo last > /last
