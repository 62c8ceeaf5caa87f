-- the contract of 0050: v6.1.0 cannot serve after this
ALTER TABLE customers DROP COLUMN phone;
