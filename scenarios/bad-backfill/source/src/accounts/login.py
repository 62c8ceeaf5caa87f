"""Sign in; whoever has no verified address is asked to follow a link first."""

from accounts import mail, store


def login(user_id: int) -> str:
    user = store.read_user(user_id)
    if not user.email_verified:
        mail.send_link(user_id)
        return "verify"
    return "home"


def follow_link(user_id: int) -> None:
    store.confirm(user_id, source="link")
