package shop.orders;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** The only place that writes to the table orders. */
public interface OrderRepository {

    @Sql("INSERT INTO orders (id, customer_id, amount, status, order_metadata) VALUES (:id, :customerId, :amount, 'pending', :metadata)")
    Order insert(long customerId, BigDecimal amount, Map<String, String> metadata);

    @Sql("SELECT id, customer_id, amount, status FROM orders WHERE id = :id")
    Order find(long id);

    @Sql("SELECT id, amount, status FROM orders WHERE customer_id = :customerId ORDER BY id DESC LIMIT 50")
    List<Order> lastOf(long customerId);
}
