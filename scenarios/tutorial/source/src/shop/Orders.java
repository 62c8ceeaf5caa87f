package shop;

/** Takes orders. */
final class Orders {

    private final Vouchers vouchers = new Vouchers();
    private final OrderTable table = new OrderTable();

    long place(Cart cart) {
        vouchers.check(cart.voucher());
        return table.insert(cart.amount(), cart.voucher());
    }
}
