package shop.checkout;

import java.math.BigDecimal;

interface Orders {

    @Sql("INSERT INTO orders (id, customer_id, amount, status) VALUES (:id, :customerId, :amount, 'paid')")
    Order insert(long customerId, BigDecimal amount);

    @Sql("SELECT id, amount, status FROM orders WHERE id = :id")
    Order read(long id);
}
