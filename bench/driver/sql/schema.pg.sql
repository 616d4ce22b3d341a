-- roost bench schema, PostgreSQL. Idempotent: drops and recreates everything.
SET client_min_messages = warning;
DROP TABLE IF EXISTS order_line, orders, book_tags, book, author, tag, fortune, world CASCADE;

CREATE TABLE world (
  id           integer PRIMARY KEY,
  randomnumber integer NOT NULL
);

CREATE TABLE fortune (
  id      integer PRIMARY KEY,
  message varchar(2048) NOT NULL
);

CREATE TABLE author (
  id   serial PRIMARY KEY,
  name varchar(100) NOT NULL
);
CREATE TABLE book (
  id        serial PRIMARY KEY,
  title     varchar(200) NOT NULL,
  year      integer NOT NULL,
  author_id integer NOT NULL REFERENCES author(id)
);
CREATE INDEX book_author_id_index ON book(author_id);
CREATE TABLE tag (
  id   serial PRIMARY KEY,
  name varchar(50) NOT NULL
);
CREATE TABLE book_tags (
  book_id integer NOT NULL REFERENCES book(id) ON DELETE CASCADE,
  tag_id  integer NOT NULL REFERENCES tag(id)  ON DELETE CASCADE,
  PRIMARY KEY (book_id, tag_id)
);
CREATE INDEX book_tags_tag_id_index ON book_tags(tag_id);

CREATE TABLE orders (
  id          serial PRIMARY KEY,
  customer    varchar(100) NOT NULL,
  total_cents integer NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE TABLE order_line (
  id          serial PRIMARY KEY,
  order_id    integer NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
  sku         varchar(40) NOT NULL,
  qty         integer NOT NULL,
  price_cents integer NOT NULL
);
CREATE INDEX order_line_order_id_index ON order_line(order_id);
