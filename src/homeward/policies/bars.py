"""The bars: kinds of goods for which a law may close the right to change one's mind, and how each is recognized."""

from __future__ import annotations

from dataclasses import dataclass

from homeward.policies.facts import Condition, Facts


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar concerns goods with one of `traits` or in one of `conditions`, or for which `answer` alone is yes.

    With traits, `answer` names the question about this piece that must also be answered with yes.
    """

    traits: frozenset[str] = frozenset()
    answer: str = ""
    conditions: frozenset[Condition] = frozenset()

    def concerns(self, facts: Facts) -> bool:
        """Whether the bar speaks of goods like these at all."""
        if not self.traits.isdisjoint(facts.goods.traits) or facts.condition in self.conditions:
            return True
        return bool(self.answer) and not self.traits and getattr(facts.goods, self.answer) is True

    def bites(self, facts: Facts) -> bool | None:
        """Whether the bar holds for goods that it concerns; None where its question is still open."""
        if not self.answer or facts.condition in self.conditions:
            return True
        answer: bool | None = getattr(facts.goods, self.answer)
        if answer is None and self.answer == "seal_broken" and facts.condition == Condition.UNOPENED:
            return False
        return answer


def _goods(traits: str, answer: str = "") -> Bar:
    return Bar(frozenset(traits.split()), answer)


def _state(*conditions: Condition) -> Bar:
    return Bar(conditions=frozenset(conditions))


# Keys are the words of the law data; docs/decision.md lists them with the traits that they ask for.
BARS: dict[str, Bar] = {
    "service_fully_performed": _goods("service", "started"),
    "service_started_with_consent": _goods("service", "started"),
    "price_market_fluctuation": _goods("market_priced"),
    "customised": _goods("customised"),
    "perishable": _goods("perishable short_shelf_life"),
    "short_shelf_life": _goods("short_shelf_life"),
    "sealed_hygiene_opened": _goods("sealed_hygiene", "seal_broken"),
    "mixed_inseparably": _goods("mixed"),
    "alcohol_market_priced": _goods("alcohol_market_priced"),
    "urgent_repair_visit": _goods("urgent_repair"),
    "sealed_media_opened": _goods("sealed_media", "seal_broken"),
    "newspaper_periodical": _goods("periodical"),
    "public_auction": _goods("public_auction"),
    "dated_service": _goods("dated_service"),
    "digital_started": _goods("digital", "started"),
    "medicine": _goods("medicine"),
    "underwear_swimwear": _goods("underwear"),
    "personal_use_items": _goods("personal_use"),
    "safety_health_after_unsealing": _goods("sealed_hygiene health medical", "seal_broken"),
    "activated_or_trial_value_drop": _goods("activates", "activated"),
    "declared_flaw_or_near_expiry": _goods("declared_flawed"),
    "declared_as_is": _goods("as_is"),
    "used_value_drop": _state(Condition.USED, Condition.DAMAGED),
    "time_value_drop": _goods("short_shelf_life periodical"),
    "consumer_damaged": _state(Condition.DAMAGED),
    "original_packaging_missing": Bar(answer="packaging_missing"),
    "health_not_resaleable": _goods("sealed_hygiene medical", "seal_broken"),
    "not_resaleable_after_installation_or_use": _state(Condition.USED),
    "financial_services": _goods("financial_service"),
    "gambling_lottery": _goods("gambling"),
    "food_daily_supply": _goods("daily_supply"),
    "international_air_travel": _goods("air_travel"),
    "price_or_type_exempt_by_decree": _goods("exempt_by_decree"),
}

_ACCEPTED = {
    "unused": frozenset({Condition.USED, Condition.DAMAGED}),
    "unused_except_testing": frozenset({Condition.USED, Condition.DAMAGED}),
    "testing_only": frozenset({Condition.USED, Condition.DAMAGED}),
    "intact_inspection_allowed": frozenset({Condition.USED, Condition.DAMAGED}),
    "saleable_look": frozenset({Condition.USED, Condition.DAMAGED}),
}


def condition_bar(demanded: str) -> Bar | None:
    """Return the bar behind a law's demand on the state of the goods, or None where it makes none."""
    unfit = _ACCEPTED.get(demanded)
    return Bar(conditions=unfit) if unfit else None
