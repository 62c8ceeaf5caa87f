package shop.checkout;

import java.math.BigDecimal;

/** The table orders. */
public interface Orders {

    @Sql("INSERT INTO orders (id, product_id, total, discount_code) VALUES (:id, :productId, :total, nullif(:code, ''))")
    long insert(long productId, BigDecimal total, String code);

    @Sql("SELECT id, total, discount_code FROM orders WHERE id = :id")
    Order find(long id);
}
