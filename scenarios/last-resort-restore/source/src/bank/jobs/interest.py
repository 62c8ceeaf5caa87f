"""Interest for savings accounts: a quarter of a percent, once a month."""

from bank.database import run
from bank.jobs import scheduled

RATE = "1.0025"


@scheduled("*/15 * * * *")
def pay_interest() -> None:
    """Add the month's interest to every savings account."""
    run(f"UPDATE accounts SET balance = round(balance * {RATE}, 2) WHERE kind = 'savings'")
