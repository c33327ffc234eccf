#!/bin/bash
# Says once a second what the database at localhost has. It never learns which database that is.
while :; do
    psql -qAtc "SELECT string_agg(item || ' from ' || origin, ', ') FROM stock" || echo "no database"
    sleep 1
done
