CREATE TABLE stock (item text PRIMARY KEY, pieces int NOT NULL CHECK (pieces >= 0));
CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL REFERENCES stock);
INSERT INTO stock VALUES ('apples', 2), ('pears', 5);
