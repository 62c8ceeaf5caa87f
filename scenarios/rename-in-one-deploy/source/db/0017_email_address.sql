-- up
ALTER TABLE customers RENAME COLUMN email TO email_address;
-- down
ALTER TABLE customers RENAME COLUMN email_address TO email;
