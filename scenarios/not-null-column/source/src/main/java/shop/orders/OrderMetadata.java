package shop.orders;

import java.util.Map;

/** Where an order came from: what marketing asked us to keep. */
record OrderMetadata(String utmSource, String channel) {

    static OrderMetadata from(OrderRequest request) {
        if (request.utmSource() == null) {
            throw new IllegalStateException("utm_source is missing");
        }
        return new OrderMetadata(request.utmSource(), request.channel());
    }

    Map<String, String> toMap() {
        return Map.of("utm_source", utmSource, "channel", channel);
    }
}
