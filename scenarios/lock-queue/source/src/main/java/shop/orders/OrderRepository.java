package shop.orders;

import java.math.BigDecimal;

/** Every statement waits as long as the database lets it: no statement_timeout, no lock_timeout. */
interface OrderRepository {

    @Sql("INSERT INTO orders (id, product_id, total, status, gift_wrap) VALUES (:id, :productId, :total, 'paid', :wrapped)")
    Order insert(long productId, BigDecimal total, boolean wrapped);

    @Sql("SELECT id, product_id, total, status FROM orders WHERE id = :id")
    Order read(long id);
}
