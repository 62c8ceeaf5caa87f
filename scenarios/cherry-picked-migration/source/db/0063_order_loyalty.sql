-- picked from the branch of v5.3, where 0062_customer_tier comes before it
-- up, no transaction
ALTER TABLE orders ADD COLUMN loyalty_tier text;
CREATE INDEX CONCURRENTLY orders_by_loyalty_tier ON orders (loyalty_tier);
UPDATE orders SET loyalty_tier = (SELECT tier FROM customers WHERE customers.id = orders.customer_id);
-- down
ALTER TABLE orders DROP COLUMN loyalty_tier;
