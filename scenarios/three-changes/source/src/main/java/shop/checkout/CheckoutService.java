package shop.checkout;

public class CheckoutService {

    private final PaymentClient payments;
    private final ExpressCheckout express;
    private final Orders orders;

    /** One request: price, charge, insert. A step that fails is tried once more after 400 ms. */
    public Order checkout(Cart cart) {
        BigDecimal total = cart.amount();
        Retry.once(Duration.ofMillis(400), () -> {
            if (cart.paidBy() == Method.EXPRESS) {
                express.pay(cart.customer(), total);
            } else {
                payments.charge(Amount.of(total));
            }
        });
        return Retry.once(Duration.ofMillis(400), () -> orders.insert(cart.customer(), total, cart.paidBy()));
    }
}
