"""Every clause that was tried is kept with its outcome: none is passed over in silence."""

from __future__ import annotations

from homeward.policies.facts import Reason
from homeward.policies.packs import library
from homeward.policies.rulebook import Then, When, standard
from tests.support.build_policies import book, clause, facts, judge


def test_late_and_barred_and_beyond_the_shops_terms_are_all_kept() -> None:
    shop = book(
        clause("LT-30D", Then(extend_days=30)),
        clause("LT-NUMBER", Then(extend_days=365), When(tag=("with-number",))),
        clause("LT-CHEAP", Then(keep=True), When(value_at_most={"EUR": 1000})),
    )
    opened_and_custom = {"traits": ["sealed_hygiene", "customised"], "goods": {"seal_broken": True}}
    decision = judge(facts("DE", asked="2027-03-01 10:00", **opened_and_custom), shop)
    failing = {line.ref: line.reason for line in decision.trace if line.result in {"closed", "not_met"}}
    assert decision.outcome == "refuse"
    assert failing == {
        "DE-WDR-355": "window_over",
        "DE-EXC-312G-1": "closes",
        "DE-EXC-312G-3": "closes",
        "LT-30D": "bar_above",
        "LT-CHEAP": "when_value_at_most",
    }
    assert decision.bases == ("DE-WDR-355", "DE-EXC-312G-1", "DE-EXC-312G-3")


def test_each_clause_of_law_and_shop_stands_in_the_trace_once_in_order() -> None:
    for reason in Reason:
        decision = judge(facts("FR", reason=reason), standard())
        refs = [line.ref for line in decision.trace]
        assert len(refs) == len(set(refs))
        assert [ref for ref in refs if ref.startswith("FR-EXC")] == [f"FR-EXC-L221-28-{n}" for n in range(1, 14)]
        assert [ref for ref in refs if ref.startswith("STD")] == [one.ref for one in standard().clauses]
        sources = [line.source for line in decision.trace]
        assert sources == sorted(sources, key=["statute", "bar", "shop"].index)


def test_everything_cited_is_a_clause_that_exists() -> None:
    for country in ("DE", "FR", "GB", "CN", "JP", "US", "AT", "BR", "PY"):
        for reason in Reason:
            decision = judge(facts(country, reason=reason), standard())
            texts = library().packs[decision.pack][0].texts
            shop = {one.ref for one in standard().clauses}
            assert {cited.ref for cited in decision.citations} <= texts.keys() | shop
            assert {line.ref for line in decision.trace} <= texts.keys() | shop


def test_a_refusal_cites_grounds_only() -> None:
    decision = judge(facts("DE", asked="2027-03-01 10:00"), standard())
    assert [cited.ref for cited in decision.citations] == ["DE-WDR-355"]


def test_a_grant_cites_ground_freight_money_and_promises() -> None:
    decision = judge(facts("DE"), standard())
    assert [cited.ref for cited in decision.citations] == [
        "DE-WDR-355", "DE-FRT-357", "DE-REF-357", "DE-WEAR-357A", "STD-30D", "STD-SEASON", "STD-REFUND",
    ]  # fmt: skip
    assert {cited.version for cited in decision.citations} == {"2026.11", "1"}
