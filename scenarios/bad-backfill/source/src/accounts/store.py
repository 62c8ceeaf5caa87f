"""Everything that accounts reads and writes of a user."""

from accounts.db import User, execute, one

READ = "SELECT id, email_verified FROM users WHERE id = %s"
CONFIRM = """
    UPDATE users SET email_verified = true, verification_source = %s, verification_changed_at = now()
    WHERE id = %s AND NOT email_verified
"""
ADDRESS = """
    UPDATE users SET email = %s, email_verified = false, verification_source = 'address',
                     verification_changed_at = now()
    WHERE id = %s
"""
SIGN_UP = """
    INSERT INTO users (id, email, created_at, email_verified, verification_source, verification_changed_at)
    VALUES (%s, %s, %s, %s, CASE WHEN %s THEN 'sign-up' END, now())
"""


def read_user(user_id: int) -> User:
    return one(READ, user_id)


def confirm(user_id: int, source: str) -> None:
    execute(CONFIRM, source, user_id)


def change_address(user_id: int, email: str) -> None:
    execute(ADDRESS, email, user_id)


def sign_up(user_id: int, email: str, today: str, *, confirmed: bool) -> None:
    execute(SIGN_UP, user_id, email, today, confirmed, confirmed)
