"""`POST /decide`: the same document as `homeward decide`, by key and within the merchant's fence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from homeward.api.root import api as house_api
from homeward.policies import facts as forms
from tests.support.api import Caller
from tests.support.build_policies import facts
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
GIVEN = json.loads(forms.to_json(facts("BR", zone="America/Sao_Paulo")))


@pytest.fixture
def api(cast: Cast) -> Caller:
    """A system of Lanting's that may read returns."""
    return Caller(cast.lanting, "returns.read")


def test_the_api_gives_the_document_of_the_shell(api: Caller, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(GIVEN))
    out = StringIO()
    call_command("decide", str(file), "--language", "pt", stdout=out)
    told, printed = api.post("/decide", {"facts": GIVEN, "language": "pt"}, status=200), json.loads(out.getvalue())
    assert told.pop("decided_at")
    assert printed.pop("decided_at")
    assert told == printed
    assert told["explanation"]["headline"] == "Pode ser devolvido."


@pytest.mark.parametrize(
    ("more", "words"),
    [({"reason": "bored"}, "it is one of: unsafe"), ({"country": "Brazil"}, "`$.country`"), ({"x": 1}, "field `x`")],
)
def test_wrong_facts_are_a_problem_that_names_the_field(api: Caller, more: dict[str, object], words: str) -> None:
    problem = api.post("/decide", {"facts": GIVEN | more}, status=422)
    assert problem["code"] == "facts_wrong"
    assert words in problem["detail"]


def test_a_language_that_verdicts_do_not_speak_is_refused(api: Caller) -> None:
    assert api.post("/decide", {"facts": GIVEN, "language": "nl"}, status=422)["code"] == "malformed"


def test_a_rulebook_that_is_not_the_merchants_is_not_there(api: Caller) -> None:
    assert api.post("/decide", {"facts": GIVEN, "rulebook": "rbk_nowhere"}, status=404)["code"] == "not_found"


def test_the_description_holds_the_schemas_of_facts_and_decision() -> None:
    told = house_api.get_openapi_schema()
    schemas = told["components"]["schemas"]
    answer = told["paths"]["/api/v1/decide"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"$ref": "#/components/schemas/Decision"} in answer["allOf"]
    assert {"$ref": "#/components/schemas/Facts"} in schemas["DecideIn"]["properties"]["facts"]["allOf"]
    assert schemas["Facts"]["properties"]["goods"]["$ref"] == "#/components/schemas/Goods"
