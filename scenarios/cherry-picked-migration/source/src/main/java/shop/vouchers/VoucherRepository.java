package shop.vouchers;

import java.util.Optional;

interface VoucherRepository {

    @Sql("SELECT id, percent, campaign FROM vouchers WHERE id = :id")
    Optional<Voucher> find(long id);
}
