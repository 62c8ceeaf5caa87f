-- accounts.balance is what the ledger adds up to; it is kept so that nobody has to add up.
CREATE TABLE accounts (id bigint PRIMARY KEY, owner text NOT NULL, kind text NOT NULL, balance numeric(14,2) NOT NULL);

-- The ledger is only ever added to. It has no index on account_id: nothing reads it by account in daily work.
CREATE TABLE ledger (
  id bigint PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts (id),
  amount numeric(12,2) NOT NULL,
  booked_at timestamptz NOT NULL DEFAULT now()
);
