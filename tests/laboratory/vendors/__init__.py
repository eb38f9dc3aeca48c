"""One module a vendor: its addresses and forms, as its public documents give them."""

from collections.abc import Callable
from typing import Final

from tests.laboratory.accounts import Account
from tests.laboratory.vendors import (
    amplitude,
    braze,
    generic,
    hubspot,
    mailchimp,
    opendsr,
    segment,
    shopify,
)
from tests.laboratory.wire import Asked, Reply

Vendor = Callable[[Account, Asked], Reply]

VENDORS: Final[dict[str, Vendor]] = {
    "amplitude": amplitude.answer,
    "braze": braze.answer,
    "generic": generic.answer,
    "hubspot": hubspot.answer,
    "mailchimp": mailchimp.answer,
    "opendsr": opendsr.answer,
    "segment": segment.answer,
    "segment_unify": segment.answer,
    "shopify": shopify.answer,
}
