-- MIGRATION=broken composer up: what a failed migration looks like.
INSERT INTO no_such_table VALUES (1);
