package shop.customers;

interface CustomerRepository {

    @Sql("SELECT id, name, dialled FROM customers WHERE id = :id")
    Customer read(long id);
}
