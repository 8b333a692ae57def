"""The API's description of itself: what is the same for every operation is said of every operation."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from homeward.api.decide import SCHEMAS
from homeward.api.idempotency import LONGEST_KEY
from homeward.api.schemas import ProblemOut
from homeward.policies import answers

_LOOK_ONLY = ("/eligibility", "/decide")  # the posts that change nothing
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "the same post under the same key takes effect once; remembered for 30 days",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
_PROBLEM = {
    "description": "A refusal: what was wrong, with a stable `code`",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
}


class DescribedAPI(NinjaAPI):
    """An API whose description names the key of every post and the problem that every operation may answer with."""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        """Return the description of all operations."""
        told = super().get_openapi_schema(**more)
        schemas = told["components"]["schemas"]
        schemas |= answers.components(SCHEMAS) | {"ProblemOut": ProblemOut.json_schema()}
        schemas["DecideIn"]["properties"]["facts"]["allOf"] = [{"$ref": SCHEMAS.format(name="Facts")}]
        for path, verbs in told["paths"].items():
            for verb, operation in verbs.items():
                foreseen = {str(status): answer for status, answer in operation["responses"].items()}
                operation["responses"] = foreseen | {"default": _PROBLEM}
                if verb == "post" and not path.endswith(_LOOK_ONLY):
                    operation["parameters"] = [*operation.get("parameters", []), _KEY]
        return told
