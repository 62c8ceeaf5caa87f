package shop.orders;

import java.math.BigDecimal;
import java.util.List;

/** What a cart costs. */
final class Totals {

    static BigDecimal of(List<Item> items) {
        return items.stream().map(Item::price).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
