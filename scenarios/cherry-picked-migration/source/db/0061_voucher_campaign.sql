-- up
ALTER TABLE vouchers ADD COLUMN campaign text;
-- down
ALTER TABLE vouchers DROP COLUMN campaign;
