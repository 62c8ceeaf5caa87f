package shop.checkout;

import java.math.BigDecimal;

/** The new way: the price service knows rates and fees. */
final class PriceService {

    BigDecimal total(Cart cart) {
        Price price = cart.paidWith() == GIFT_CARD ? Price.ZERO_FEE : ask(cart.paidWith());
        return price.gross(cart.net());
    }
}
