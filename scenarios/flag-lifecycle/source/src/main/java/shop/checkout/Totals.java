package shop.checkout;

import java.math.BigDecimal;

/** What a cart costs. Two ways, until one of them goes. */
final class Totals {

    private final Flags flags;
    private final OldTotals old;
    private final PriceService prices;

    Totals(Flags flags, OldTotals old, PriceService prices) {
        this.flags = flags;
        this.old = old;
        this.prices = prices;
    }

    BigDecimal of(Cart cart) {
        if (flags.on("new_totals", cart.userId())) {
            return prices.total(cart);
        }
        return old.total(cart);
    }
}
