import { flagged } from "./flags.js";

// The form with the code field always sends it, empty when nobody typed one.
export function body(cart) {
  const sent = { productId: cart.productId, amount: cart.amount };
  if (flagged("discount_codes")) {
    sent.code = document.querySelector("#code").value;
  }
  return sent;
}
