"""Every movement of money: one row in the ledger, and the balance with it, in one transaction."""

from decimal import Decimal

from bank.database import next_id, transaction


def book(account_id: int, amount: Decimal) -> None:
    """Book an amount, negative for a withdrawal."""
    with transaction() as run:
        run(
            "INSERT INTO ledger (id, account_id, amount) VALUES (:id, :account, :amount)",
            id=next_id("ledger"), account=account_id, amount=amount,
        )
        run("UPDATE accounts SET balance = balance + :amount WHERE id = :account", account=account_id, amount=amount)


def open_account(owner: str, kind: str, first: Decimal) -> int:
    """A new account begins with a booking of its first deposit."""
    with transaction() as run:
        account = next_id("accounts")
        run(
            "INSERT INTO accounts (id, owner, kind, balance) VALUES (:id, :owner, :kind, :first)",
            id=account, owner=owner, kind=kind, first=first,
        )
        run(
            "INSERT INTO ledger (id, account_id, amount) VALUES (:id, :account, :first)",
            id=next_id("ledger"), account=account, first=first,
        )
        return account
