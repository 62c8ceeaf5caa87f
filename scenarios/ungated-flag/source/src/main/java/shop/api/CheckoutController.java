package shop.api;

import shop.checkout.CheckoutService;

/** POST /api/checkout, for the website and for apps of every age. */
final class CheckoutController {

    private final CheckoutService service;

    CheckoutController(CheckoutService service) {
        this.service = service;
    }

    long post(CheckoutBody body) {
        return service.checkout(body.productId(), body.amount(), body.code());
    }
}
