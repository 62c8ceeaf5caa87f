package shop.orders;

/** What a client sends. The website fills in utmSource; see shop.mobile for the app. */
public record OrderRequest(long customerId, String amount, String channel, String utmSource) {
}
