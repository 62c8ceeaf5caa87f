package shop.customers;

/** Customers, as v5.3.0 reads and writes them. */
interface CustomerRepository {

    @Sql("INSERT INTO customers (id, name, email_address) VALUES (:id, :name, :email)")
    void insert(long id, String name, String email);

    @Sql("SELECT id, name, email_address FROM customers WHERE id = :id")
    Customer read(long id);

    @Sql("UPDATE customers SET email_address = :email WHERE id = :id")
    void change(long id, String email);
}
