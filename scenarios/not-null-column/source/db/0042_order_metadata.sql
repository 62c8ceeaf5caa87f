-- up
ALTER TABLE orders ADD COLUMN order_metadata JSONB NOT NULL;
-- down
ALTER TABLE orders DROP COLUMN order_metadata;
