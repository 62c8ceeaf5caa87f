package shop.mobile;

import shop.orders.Order;
import shop.orders.OrderRequest;
import shop.orders.OrderService;

/** POST /orders as the app calls it. The app knows no campaigns. */
final class AppOrderController {

    private final OrderService service;

    AppOrderController(OrderService service) {
        this.service = service;
    }

    Order create(AppOrder body) {
        return service.place(new OrderRequest(body.customerId(), body.amount(), "app", null));
    }
}
