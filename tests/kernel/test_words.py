"""Lifecycles, references, texts and actors keep their word."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.kernel import Actor, Lifecycle, Money, NotAllowed, Role, TextMap, new_number, new_ref, step

LAMP = Lifecycle(
    "lamp",
    initial="dark",
    steps=(step("light", "dark", "bright", by="agent"), step("break", "dark bright", "broken", by="agent dock")),
)


def test_a_lifecycle_knows_its_states_verbs_and_ends() -> None:
    assert LAMP.states == ("dark", "bright", "broken")
    assert LAMP.verbs == ("light", "break")
    assert LAMP.ends == {"broken"}


def test_a_verb_leads_on_only_from_its_sources_and_for_its_roles() -> None:
    assert LAMP.step("dark", "light", role=Role.AGENT).target == "bright"
    with pytest.raises(NotAllowed) as refused:
        LAMP.step("bright", "light", role=Role.AGENT)
    assert refused.value.allowed == ("break",)
    with pytest.raises(NotAllowed):
        LAMP.step("dark", "light", role=Role.DOCK)


def test_a_table_in_which_a_verb_leads_two_ways_is_refused() -> None:
    with pytest.raises(ValueError, match="two ways"):
        Lifecycle("x", initial="a", steps=(step("go", "a", "b", by="agent"), step("go", "a", "c", by="agent")))


def test_the_diagram_draws_every_arrow() -> None:
    assert "    bright --> broken: break" in LAMP.diagram()
    assert LAMP.diagram().count("-->") == 1 + 3 + 1


def test_references_sort_by_time_and_never_repeat() -> None:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    refs = [new_ref("ret", at=start + timedelta(milliseconds=n)) for n in range(200)]
    assert refs == sorted(refs)
    assert len(set(refs)) == 200
    assert {len(ref) for ref in refs} == {30}


def test_numbers_for_people_hold_nothing_that_is_misread() -> None:
    assert not set("01ILOU") & set("".join(new_number("")[1:] for _ in range(500)))


@pytest.mark.parametrize(("language", "text"), [("de-AT", "Rot"), ("zh-CN", "红"), ("zh-hant", "红"), ("it", "Red")])
def test_a_text_is_found_in_the_language_or_its_nearest_relative(language: str, text: str) -> None:
    assert TextMap(en="Red", de="Rot", **{"zh-Hans": "红"}).in_(language) == text


def test_an_empty_text_is_empty() -> None:
    assert TextMap().in_("en") == ""


def test_authority_ends_at_the_limit_and_at_the_currency() -> None:
    bo = Actor(Role.AGENT, "bo", authority=Money.of("50", "EUR"))
    assert bo.may_grant(Money.of("50", "EUR"))
    assert not bo.may_grant(Money.of("50.01", "EUR"))
    assert not bo.may_grant(Money.of("1", "USD"))
    assert Actor(Role.SUPERVISOR, "ada").may_grant(Money.of("5000", "JPY"))
