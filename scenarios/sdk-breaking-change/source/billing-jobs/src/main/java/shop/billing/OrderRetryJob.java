package shop.billing;

import com.payments.Amount;
import com.payments.ChargeId;
import com.payments.PaymentClient;

/** Every five minutes: payments of which checkout never heard whether they went through. */
public class OrderRetryJob implements Job {

    private final PaymentClient client;
    private final PaymentAttempts attempts;

    @Override
    public void work(PaymentAttempt attempt) {
        Amount amount = Amount.of(attempt.amount()).reference("attempt-" + attempt.id());
        ChargeId charge = client.charge(amount);
        attempts.markPaid(attempt.id(), client.receipt(charge).number());
    }
}
