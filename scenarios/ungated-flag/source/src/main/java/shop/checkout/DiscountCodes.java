package shop.checkout;

import java.math.BigDecimal;

/** Checks a discount code and applies it. Small carts are never asked for one. */
final class DiscountCodes {

    private static final BigDecimal ASKED_ABOVE = new BigDecimal("50");

    BigDecimal apply(String code, BigDecimal amount) {
        if (amount.compareTo(ASKED_ABOVE) > 0 && code.isBlank()) {
            return amount;
        }
        return "SAVE10".equals(code) ? amount.multiply(new BigDecimal("0.9")) : amount;
    }
}
