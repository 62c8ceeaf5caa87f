package shop.checkout;

import java.math.BigDecimal;

/** Turns a cart into an order. */
public final class CheckoutService {

    private final Totals totals;
    private final Orders orders;

    CheckoutService(Totals totals, Orders orders) {
        this.totals = totals;
        this.orders = orders;
    }

    public long checkout(Cart cart) {
        BigDecimal total = totals.of(cart);
        return orders.insert(cart.country(), cart.net(), total);
    }
}
