package shop;

/** What people see of an order. */
final class OrderPage {

    String title(long id) {
        return "Thank you for order " + id + "!";
    }
}
