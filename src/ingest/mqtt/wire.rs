//! What goes down to a gateway besides refusals (`intake` writes those): the receipt.

use serde::Serialize;

use crate::store::Receipt;

#[derive(Serialize)]
struct ReceiptText {
    epoch: u64,
    durable_seq: u64,
}

/// The payload of `…/receipts` (contract.md 2, "Where").
pub(super) fn receipt(receipt: Receipt) -> String {
    let text = ReceiptText {
        epoch: receipt.epoch,
        durable_seq: receipt.durable_seq,
    };
    serde_json::to_string(&text).unwrap_or_default()
}
