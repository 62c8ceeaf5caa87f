package shop.orders;

import java.math.BigDecimal;
import java.util.Map;

/** Takes an order from any client and stores it. */
public final class OrderService {

    private final OrderRepository orders;

    public OrderService(OrderRepository orders) {
        this.orders = orders;
    }

    public Order place(OrderRequest request) {
        Map<String, String> metadata = OrderMetadata.from(request).toMap();
        return orders.insert(request.customerId(), new BigDecimal(request.amount()), metadata);
    }
}
