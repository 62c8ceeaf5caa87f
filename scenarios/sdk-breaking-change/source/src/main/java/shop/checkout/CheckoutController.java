package shop.checkout;

import com.payments.Amount;
import com.payments.ChargeOptions;
import com.payments.PaymentClient;

/** POST /checkout: writes the order and takes the money. */
public class CheckoutController {

    private final PaymentClient client;
    private final Orders orders;

    public Order checkout(Cart cart) {
        Order order = orders.insert(cart.customerId(), cart.total());
        Amount amount = Amount.of(order.total());
        client.charge(amount, ChargeOptions.defaults().withKey("order-" + order.id()));
        return order;
    }
}
