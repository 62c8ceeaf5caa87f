package shop.orders;

import java.math.BigDecimal;

/** The only place that writes orders. */
interface OrderRepository {

    @Sql("INSERT INTO orders (id, customer_id, amount, status, voucher_code) "
            + "VALUES (:id, :customerId, :amount, 'pending', :voucherCode)")
    Order insert(long customerId, BigDecimal amount, String voucherCode);

    @Sql("SELECT id, customer_id, amount, status FROM orders WHERE id = :id")
    Order read(long id);
}
