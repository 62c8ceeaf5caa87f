-- the contract of 0050: v6.1.0 cannot serve after this
UPDATE customers SET dialled = phone WHERE dialled IS NULL;
ALTER TABLE customers DROP COLUMN phone;
