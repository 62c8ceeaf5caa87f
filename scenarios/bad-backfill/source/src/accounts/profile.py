"""The profile page."""

from accounts.db import one


def member_since(user_id: int) -> str:
    created_at = one("SELECT created_at FROM users WHERE id = %s", user_id).created_at
    return created_at[-4:] if "/" in created_at else created_at[:4]
