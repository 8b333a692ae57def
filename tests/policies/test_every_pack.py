"""Every pack that ships: complete, marked, in eight languages, and never harsher than what was verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homeward.kernel import Money
from homeward.policies import packs
from homeward.policies.bars import BARS
from homeward.policies.decision import Outcome, Result, Track
from homeward.policies.editions import Pack
from homeward.policies.facts import ALL, TRAITS, Condition, Facts, Goods, Reason
from homeward.policies.rulebook import EMPTY
from homeward.policies.statutes import LANGUAGES
from homeward.policies.verdict import decide

ORDERED = datetime(2026, 11, 10, 12, tzinfo=UTC)
DELIVERED = ORDERED + timedelta(days=6)
CODES = packs.library().codes
UNION = ("EU", *packs.library().newest("EU").law.members)


def harsh_cases(pack: Pack) -> Iterator[Facts]:
    """Give requests that speak against the shopper in every way: too late, barred, used, without ground."""
    country, _, part = pack.code.partition("-")
    known: dict[str, Any] = {
        "country": country, "subdivision": part, "unit_value": Money(9900, "EUR"), "ordered_at": ORDERED,
        "delivered_at": DELIVERED, "informed_of_withdrawal": True, "notices_shown": frozenset({ALL}),
        "confirmations": frozenset(BARS), "return_terms_shown": True,
    }  # fmt: skip
    answers = {"seal_broken": True, "activated": True, "started": True, "packaging_missing": True}
    for days in (1, 40, 3000):
        asked = DELIVERED + timedelta(days=days)
        for trait in ("", *sorted(TRAITS)):
            goods = Goods(traits=frozenset({trait} - {""}), danger_signs=False, **answers)
            yield Facts(**known, asked_at=asked, goods=goods, reason=Reason.CHANGED_MIND)
        for reason in Reason:
            yield Facts(**known, asked_at=asked, reason=reason, condition=Condition.DAMAGED)


@pytest.mark.parametrize("code", CODES)
def test_no_pack_refuses_by_what_was_not_verified_with_high_trust(code: str) -> None:
    pack = packs.library().newest(code)
    bars = {closed.ref: key for key, closed in pack.law.bars.closed.items()} if pack.law.bars else {}
    for case in harsh_cases(pack):
        decision = decide(case, EMPTY, at=case.asked_at or ORDERED, pack=pack)
        if decision.outcome != Outcome.REFUSE:
            continue
        assert pack.law.trust.level == "high"
        solid_bars = [ref for ref in decision.bases if ref in bars and pack.is_solid_bar(bars[ref])]
        deciding = {
            Track.CHANGE_OF_MIND: {"withdrawal_days", "withdrawal_kind", "condition_demanded"},
            Track.LATE: {"late_delivery_days"},
        }.get(decision.track, {"guarantee_months"})
        assert solid_bars or not pack.solid.isdisjoint(deciding), (code, decision.bases)


@pytest.mark.parametrize("code", [code for code in CODES if packs.library().newest(code).law.trust.level != "high"])
def test_a_pack_of_less_than_high_trust_never_refuses(code: str) -> None:
    pack = packs.library().newest(code)
    assert not pack.solid
    assert not pack.solid_bars
    outcomes = {decide(case, EMPTY, at=DELIVERED, pack=pack).outcome for case in harsh_cases(pack)}
    assert Outcome.REFUSE not in outcomes


@pytest.mark.parametrize("code", CODES)
def test_every_fact_is_marked_and_every_clause_speaks_eight_languages(code: str) -> None:
    pack = packs.library().newest(code)
    assert pack.stated == pack.marks.keys()
    assert {word for word, value in pack.values() if value is not None} - pack.stated <= {
        "exceptions",
        "guarantee_bands",
    }
    assert set(pack.exceptions) == set(pack.law.bars.closed if pack.law.bars else ())
    for text in pack.texts.values():
        for language in LANGUAGES:
            assert text.sentence[language].strip()
            assert not text.instrument or text.instrument[language].strip()


@pytest.mark.parametrize("code", CODES)
def test_a_trace_tries_each_clause_of_the_pack_once(code: str) -> None:
    pack = packs.library().newest(code)
    case = next(harsh_cases(pack))
    refs = [line.ref for line in decide(case, EMPTY, at=DELIVERED, pack=pack).trace]
    assert len(refs) == len(set(refs))
    assert set(refs) <= pack.texts.keys()


def test_seventy_nine_places_and_the_cautious_pack_are_held() -> None:
    assert len(CODES) == 80
    assert packs.NOWHERE in CODES


@pytest.mark.parametrize("code", [code for code in UNION if code != "EU"])
def test_a_member_state_inherits_what_it_does_not_say(code: str) -> None:
    member, union = packs.library().newest(code), packs.library().newest("EU")
    assert (member.code, member.is_floor, member.law.inherits) == (code, False, "EU")
    assert member.law.withdrawal.days == union.law.withdrawal.days
    assert member.law.withdrawal.function_required_from == union.law.withdrawal.function_required_from
    assert member.law.bars is not None
    assert member.law.bars.closed.keys() == (union.law.bars.closed.keys() if union.law.bars else set())
    own = {"withdrawal_days", "refund_deadline_days", "withdrawal_function_required_from"}
    assert own <= member.verified
    assert "not_informed_extension" not in member.verified  # the Directive's text is no proof of the national act


@pytest.mark.parametrize(
    ("code", "word", "value"),
    [
        ("BE", "burden_of_proof_months", 24),
        ("BG", "repair_max_days", 30),
        ("HR", "trader_reply_days", 15),
        ("CZ", "trader_reply_days", 30),
        ("FI", "guarantee_kind", "expected_lifespan"),
        ("IE", "short_term_reject_days", 30),
        ("IE", "guarantee_months", 72),
        ("PT", "guarantee_months_used_min", 18),
        ("PT", "national_repair_extension_months", 6),
        ("ES", "guarantee_months", 36),
        ("RO", "repair_max_days", 15),
        ("SI", "short_term_reject_days", 30),
        ("TR", "return_goods_days", 10),
        ("TR", "buyer_pays_return", "merchant"),
        ("NO", "guarantee_months", 60),
        ("RU", "refund_deadline_days", 10),
        ("CH", "withdrawal_kind", "none"),
        ("US-NY", "withdrawal_days", 30),
        ("US-HI", "withdrawal_days", 60),
        ("US-NY", "late_delivery_days", 30),
        ("CA-QC", "withdrawal_counts_from", "contract_copy_received"),
        ("MX", "day_type", "business"),
        ("CL", "refund_deadline_days", 45),
        ("KR", "refund_day_type", "business"),
        ("TW", "timely_if", "goods_shipped_or_notice_sent"),
        ("VN", "withdrawal_kind", "conditional"),
        ("IL", "vulnerable_extension_months", 4),
        ("ZA", "refund_deadline_days", 30),
        ("SA", "late_delivery_days", 15),
    ],
)
def test_the_figures_are_those_of_the_law_data(code: str, word: str, value: object) -> None:
    assert dict(packs.library().newest(code).values())[word] == value


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("CH", "withdrawal_counts_from"),
        ("JP", "refund_deadline_from"),
        ("UA", "condition_demanded"),
        ("IL", "last_day_rolls"),
    ],
)
def test_a_default_of_the_form_is_told_as_no_fact(code: str, word: str) -> None:
    pack = packs.library().newest(code)
    assert dict(pack.values())[word] is None
    assert word not in pack.marks


def test_a_state_of_the_united_states_keeps_the_federal_guarantee() -> None:
    new_york, federal = packs.library().newest("US-NY"), packs.library().newest("US")
    assert new_york.law.guarantee == federal.law.guarantee
    assert new_york.law.late == federal.law.late


def test_the_uninformed_in_korea_have_no_end_and_those_in_taiwan_four_months() -> None:
    def asked_after(code: str, days: int, **more: Any) -> Result:
        case = Facts(
            country=code, unit_value=Money(9900, "EUR"), ordered_at=ORDERED, delivered_at=DELIVERED,
            asked_at=DELIVERED + timedelta(days=days), **more,
        )  # fmt: skip
        found = decide(case, EMPTY, at=DELIVERED).tried(f"{code}-WDR")
        assert found is not None
        return found.result

    assert asked_after("KR", 900) == Result.GRANTED
    assert asked_after("KR", 900, informed_of_withdrawal=True) == Result.CLOSED
    assert asked_after("KR", 60, informed_at=DELIVERED + timedelta(days=55)) == Result.GRANTED
    assert asked_after("TW", 110) == Result.GRANTED
    assert asked_after("TW", 130) == Result.CLOSED
