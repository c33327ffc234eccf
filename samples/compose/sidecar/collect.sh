#!/bin/sh
# One connection: what comes in is what `composer logs collector` shows.
cat >/proc/1/fd/1
