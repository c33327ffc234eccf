CREATE TABLE stock AS SELECT 'apples' AS item, 'blue' AS origin;
