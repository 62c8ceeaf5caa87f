package shop.api;

import java.math.BigDecimal;

/** The JSON of a checkout; a field that is not sent is null. */
record CheckoutBody(long productId, BigDecimal amount, String code) {
}
