-- up
ALTER TABLE orders ADD COLUMN origin JSONB NOT NULL;
-- down
ALTER TABLE orders DROP COLUMN origin;
