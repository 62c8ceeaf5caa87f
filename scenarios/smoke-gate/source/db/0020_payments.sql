-- up
CREATE TABLE payments (
  id bigint PRIMARY KEY,
  product_id bigint NOT NULL REFERENCES products (id),
  amount numeric(10,2) NOT NULL
);
