package shop.checkout;

public interface Orders {

    @Sql("INSERT INTO orders (id, customer_id, total, paid_by) VALUES (:id, :customerId, :total, :paidBy)")
    Order insert(Customer customer, BigDecimal total, Method paidBy);
}
