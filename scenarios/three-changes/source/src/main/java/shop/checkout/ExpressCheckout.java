package shop.checkout;

/** One-tap payment: about 15 in 100 checkouts. */
public class ExpressCheckout {

    private final PaymentClient payments;

    void pay(Customer customer, BigDecimal expressAmount) {
        Amount due = Amount.of(expressAmount).withWallet(customer.wallet());
        payments.charge(due);
    }
}
