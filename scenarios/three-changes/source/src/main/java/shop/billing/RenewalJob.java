package shop.billing;

/** Every ten minutes: subscriptions that are due. Packed into billing-jobs.jar, which is built on its own. */
public class RenewalJob implements Runnable {

    private final PaymentClient payments;

    @Override
    public void run() {
        for (Subscription subscription : subscriptions.due(40)) {
            Amount renewalAmount = subscription.amount();
            payments.charge(renewalAmount);
            charges.book(subscription.customer(), renewalAmount);
        }
    }
}
