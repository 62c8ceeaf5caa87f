package shop.web;

/** GET /subscriptions/{id}. */
interface SubscriptionPage {

    @Sql("SELECT id, plan, paid_until, paid_until + 1 AS renews_on FROM subscriptions WHERE id = :id")
    Subscription read(long id);
}
