package shop.web;

import shop.orders.Order;
import shop.orders.OrderRequest;
import shop.orders.OrderService;

/** POST /orders as the website calls it: every visit has a source, at least "search". */
final class WebOrderController {

    private final OrderService service;

    WebOrderController(OrderService service) {
        this.service = service;
    }

    Order create(WebOrder body, Visit visit) {
        return service.place(new OrderRequest(body.customerId(), body.amount(), "web", visit.source()));
    }
}
