package shop.billing;

import com.payments.Amount;
import com.payments.PaymentClient;

/** At midnight. Whoever is not renewed by two loses access when the night's sync runs. */
public class SubscriptionRenewalJob implements Job {

    private final PaymentClient client;
    private final Subscriptions subscriptions;

    @Override
    public void work(Subscription subscription) {
        Amount renewalAmount = Amount.of(subscription.plan().price()).reference("renewal-" + subscription.id());
        client.charge(renewalAmount);
        subscriptions.extend(subscription.id());
    }
}
