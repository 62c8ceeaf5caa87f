package shop.checkout;

import java.math.BigDecimal;

/** Turns a cart into an order. */
public final class CheckoutService {

    private final DiscountCodes codes = new DiscountCodes();
    private final Orders orders;

    public CheckoutService(Orders orders) {
        this.orders = orders;
    }

    public long checkout(long productId, BigDecimal amount, String code) {
        BigDecimal total = codes.apply(code, amount);
        return orders.insert(productId, total, code);
    }
}
