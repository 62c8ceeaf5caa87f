-- up
ALTER TABLE orders ADD COLUMN voucher_code text;
-- down
ALTER TABLE orders DROP COLUMN voucher_code;
