package shop.checkout;

import java.math.BigDecimal;

interface Payments {

    @Sql("INSERT INTO payments (id, product_id, amount) VALUES (:id, :productId, :amount)")
    void insert(long productId, BigDecimal amount);
}
