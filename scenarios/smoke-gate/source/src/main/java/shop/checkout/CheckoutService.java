package shop.checkout;

/** POST /checkout. */
final class CheckoutService {

    private final Payments payments;

    CheckoutService(Payments payments) {
        this.payments = payments;
    }

    void pay(Cart cart) {
        payments.insert(cart.productId(), cart.amount());
    }
}
