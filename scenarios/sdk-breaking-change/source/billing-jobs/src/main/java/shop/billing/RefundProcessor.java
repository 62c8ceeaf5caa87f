package shop.billing;

import com.payments.Amount;
import com.payments.PaymentClient;

/** As soon as support asks for one. We promise half an hour. */
public class RefundProcessor implements Job {

    private final PaymentClient client;
    private final RefundRequests requests;

    @Override
    public void work(RefundRequest request) {
        Amount refundAmount = Amount.of(request.amount().negate()).reference("refund-" + request.id());
        client.charge(refundAmount);
        requests.close(request.id());
    }
}
