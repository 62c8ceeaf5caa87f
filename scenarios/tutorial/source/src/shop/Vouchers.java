package shop;

/** Checks vouchers: letters, digits, letters. */
final class Vouchers {

    void check(String voucher) {
        if (voucher.isEmpty()) {
            return;
        }
        String tail = voucher.replaceFirst("^[A-Z]+[0-9]+", "");
        if (tail.isEmpty()) {
            throw new VoucherException("no text left after the last digit");
        }
    }
}
