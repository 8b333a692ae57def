"""Verdicts over the API: facts in, decision out, for systems that keep their orders elsewhere; nothing is written."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router

from homeward.api.fields import Body, CitationLanguage
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.policies import answers
from homeward.policies import queries as policy_queries
from homeward.policies import rulebook as books

SCHEMAS = "#/components/schemas/{name}"
_DECISION = {"$ref": SCHEMAS.format(name="Decision")}

router = Router()


class DecideIn(Body):
    """Facts of one line of goods, and what to judge them by beside the law."""

    facts: dict[str, Any] = Field(description="see docs/decision.md")
    rulebook: str = Field("", max_length=60, description="ref of a version of the shop's; left out, the standard one")
    language: CitationLanguage = Field("en", description="of the explanation")


@router.post(
    "/decide",
    response=dict[str, Any],
    summary="A verdict on facts that you bring along",
    openapi_extra={"responses": {200: {"content": {"application/json": {"schema": {"allOf": [_DECISION]}}}}}},
)
def decide(request: HttpRequest, body: DecideIn) -> dict[str, Any]:
    """Judge facts by law and rulebook, and explain the decision; nothing is written."""
    actor = check_scope(request, "returns.read")
    book = policy_queries.rulebook(actor, body.rulebook) if body.rulebook else books.standard()
    try:
        facts = answers.read(body.facts)
    except answers.WrongFacts as error:
        raise Problem(422, "facts_wrong", str(error)) from error
    return answers.answer(facts, book, at=request.at, language=body.language)
