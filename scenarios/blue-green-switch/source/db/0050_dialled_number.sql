-- up
ALTER TABLE customers ADD COLUMN dialled text;
UPDATE customers SET dialled = phone;
-- down
ALTER TABLE customers DROP COLUMN dialled;
