CREATE TABLE stock AS SELECT 'apples' AS item, 'green' AS origin;
