package shop.health;

/** GET /readyz: the database answers and has products. */
interface Readiness {

    @Sql("SELECT id FROM products ORDER BY id LIMIT 1")
    long get();
}
