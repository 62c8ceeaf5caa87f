package shop.checkout;

import java.math.BigDecimal;

/** The old way: rates from our own table. */
interface OldTotals {

    @Sql("SELECT rate FROM tax_rates WHERE country = :country")
    BigDecimal rate(String country);

    default BigDecimal total(Cart cart) {
        return cart.net().multiply(BigDecimal.ONE.add(rate(cart.country())));
    }
}
