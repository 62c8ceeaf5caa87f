"""Puts a confirmation for each order into the outbox. Lives in a repository of its own, and is released on Mondays."""

PUT_MAIL = """
    INSERT INTO outbox (id, customer_id, address)
    SELECT %(id)s, id, email FROM customers WHERE id = %(customer_id)s
"""


def put_mail(database, order):
    database.execute(PUT_MAIL, {"id": order.id, "customer_id": order.customer_id})
