"""The API as one object: its nouns, and how refusals of the rooms become problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from homeward.api import decide, journal_feed, orders, parcels, receipts, refunds, returns
from homeward.api.description import DescribedAPI
from homeward.api.keys import ApiKeyBearer
from homeward.api.problems import TOO_LARGE, Problem, answer
from homeward.api.reading import BodyReader
from homeward.kernel import CurrencyMismatch, NotAllowed
from homeward.orders import actions as order_actions
from homeward.returns import actions as return_actions
from homeward.returns.reasons import REASONS, NotAReason

api = DescribedAPI(
    title="Homeward",
    version="1",
    description=(
        "Returns, repairs and after-sales for cross-border commerce.\n\n"
        "Every POST that changes something takes an `Idempotency-Key`: the same post twice takes effect once, and the "
        "first answer is given again. Lists are read by cursor. Refusals are problems (RFC 9457) with a stable "
        "`code`; a 409 says in `allowed` what the row's state allows instead. Money is an integer in minor units "
        "beside its currency."
    ),
    urls_namespace="api",
    auth=ApiKeyBearer(),
    parser=BodyReader(),
    docs_url="/docs",
)
api.add_router("", orders.router, tags=["orders"])
api.add_router("", returns.router, tags=["returns"])
api.add_router("", decide.router, tags=["returns"])
api.add_router("", parcels.router, tags=["parcels"])
api.add_router("", receipts.router, tags=["receipts"])
api.add_router("", refunds.router, tags=["refunds"])
api.add_router("", journal_feed.router, tags=["journal"])

Wording = Callable[[Any], tuple[int, str, str, dict[str, Any]]]


def _refusal(kind: type[Exception], words: Wording) -> None:
    """Make the API answer exceptions of `kind` as `words` says: status, code, detail and further members."""

    def handle(request: HttpRequest, error: Exception) -> HttpResponse:
        status, code, detail, more = words(error)
        return answer(request, status, code, detail, **more)

    api.exception_handler(kind)(handle)


_refusal(Problem, lambda e: (e.status, e.code, e.detail, e.more))
_refusal(ObjectDoesNotExist, lambda e: (404, "not_found", "There is no such thing, or it is not yours to see.", {}))
_refusal(
    AuthenticationError,
    lambda e: (401, "key_unknown", "Send `Authorization: Bearer hw_…` with a key that is not revoked.", {}),
)
_refusal(
    HttpError,
    lambda e: (e.status_code, "body_unreadable", "Send JSON in UTF-8, without zero characters or halves of pairs.", {}),
)
_refusal(RequestDataTooBig, lambda _: (413, "body_too_large", TOO_LARGE, {}))
_refusal(
    ValidationError,
    lambda e: (
        422, "malformed", "Some fields are wrong; see `errors`.",
        {"errors": [{"at": ".".join(map(str, x["loc"])), "says": x["msg"]} for x in e.errors]},
    ),
)  # fmt: skip
_refusal(
    NotAllowed,
    lambda e: (
        409, "not_allowed", f"A {e.noun} that is {e.state} does not let you {e.verb} it.",
        {"state": e.state, "allowed": list(e.allowed)},
    ),
)  # fmt: skip
_refusal(CurrencyMismatch, lambda e: (422, "currency_mismatch", str(e), {}))
_refusal(return_actions.NothingAsked, lambda e: (422, "nothing_asked", str(e), {}))
_refusal(
    return_actions.NotOfThisOrder,
    lambda e: (422, "line_not_of_this_order", "These lines do not belong to this order.", {"lines": e.refs}),
)
_refusal(
    return_actions.UnitsGone,
    lambda e: (
        409, "units_not_available", "More units were asked back than may come back.",
        {"asked": e.asked, "available": e.available},
    ),
)  # fmt: skip
_refusal(NotAReason, lambda e: (422, "reason_unknown", f"{e.code} is not a reason.", {"reasons": list(REASONS)}))
_refusal(
    return_actions.BeyondAuthority,
    lambda e: (403, "beyond_authority", "Somebody with a higher limit must decide.", {"asked": str(e.asked)}),
)
_refusal(return_actions.GroundMissing, lambda e: (422, "ground_missing", str(e), {}))
_refusal(
    return_actions.GoodsAreHere,
    lambda e: (409, "goods_are_here", "The goods have arrived; the return can no longer be withdrawn.", {}),
)
_refusal(
    order_actions.NotReturnable,
    lambda e: (409, "units_not_available", "These units have been asked back in the meantime.", {}),
)
