-- up
ALTER TABLE orders ADD COLUMN IF NOT EXISTS gift_wrap boolean;
-- down
ALTER TABLE orders DROP COLUMN gift_wrap;
