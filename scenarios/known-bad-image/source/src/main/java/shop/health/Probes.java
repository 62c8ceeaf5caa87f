package shop.health;

/** GET /healthz says that the process is up, GET /readyz that the database answers. No order is placed. */
interface Probes {

    Response healthz();

    @Sql("SELECT id FROM orders ORDER BY id LIMIT 1")
    long readyz();
}
