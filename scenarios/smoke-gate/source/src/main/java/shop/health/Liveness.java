package shop.health;

/** GET /healthz: the process is up. It looks at nothing else. */
final class Liveness {

    Response get() {
        return Response.ok();
    }
}
