"""Places among the staff: given, changed, taken and given back, within what each may, and never the last operator's."""

from __future__ import annotations

from typing import Any

import pytest

from homeward.journal.models import Entry
from homeward.kernel import Actor, Money, Role
from homeward.parties import actions
from homeward.parties import queries as party_queries
from homeward.parties.actions import PlaceRefused
from homeward.parties.models import Staff
from tests.support import build, people
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once


def lin_of(cast: Cast, *, limit: str = "") -> Actor:
    """The merchant's head of Lanting."""
    return party_queries.actor_of(people.hire(cast, Role.MERCHANT, "Lin", limit=limit))


def olu_of(cast: Cast, name: str = "Olu") -> Actor:
    """An operator with a place."""
    return party_queries.actor_of(people.hire(cast, Role.OPERATOR, name, of_operator=True))


def invite(actor: Actor, **more: Any) -> Staff:
    """Invite an agent by the name of Ida."""
    told: dict[str, Any] = {"email": "Ida@lanting.example ", "name": "Ida", "role": Role.AGENT}
    return actions.invite(**told | more, actor=actor, at=NOW)


def events(staff: Staff) -> list[str]:
    """Return what the journal tells of somebody's place."""
    return list(Entry.objects.filter(noun="staff", ref=staff.ref).order_by("pk").values_list("verb", flat=True))


def refused(code: str) -> Any:
    """Expect a refusal with this code."""
    return pytest.raises(PlaceRefused, match=f"^{code}$")


def test_whoever_is_invited_has_a_place_and_no_password_yet(cast: Cast) -> None:
    ida = invite(lin_of(cast), merchant=cast.lanting, authority=Money.of("50", "EUR"), locale="de")
    assert (ida.email, ida.role, ida.merchant, ida.locale) == ("ida@lanting.example", "agent", cast.lanting, "de")
    assert party_queries.actor_of(ida).authority == Money.of("50", "EUR")
    assert ida.is_active
    assert not ida.has_usable_password()
    assert events(ida) == ["invite"]


def test_a_limit_of_nothing_is_no_missing_limit(cast: Cast) -> None:
    ida = invite(cast.olu, merchant=cast.lanting, authority=Money.zero("EUR"))
    assert party_queries.actor_of(ida).authority == Money.zero("EUR")


def test_an_email_has_one_place_in_whatever_case(cast: Cast) -> None:
    invite(cast.olu)
    with refused("taken"):
        invite(cast.olu, email="IDA@LANTING.example")
    assert Staff.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "of", "code"),
    [
        (Role.AGENT, "nordlicht", "not_yours"), (Role.AGENT, "", "not_yours"), (Role.OPERATOR, "lanting", "not_yours"),
        (Role.OPERATOR, "", "not_yours"),
    ],
)  # fmt: skip
def test_a_merchant_gives_places_in_its_own_shop_alone_and_makes_no_operators(
    cast: Cast, role: Role, of: str, code: str
) -> None:
    with refused(code):
        invite(lin_of(cast), role=role, merchant=getattr(cast, of) if of else None)
    assert not Staff.objects.filter(email="ida@lanting.example").exists()


@pytest.mark.parametrize(("role", "of"), [(Role.OPERATOR, "lanting"), (Role.MERCHANT, "")])
def test_operators_have_no_shop_and_merchants_have_one(cast: Cast, role: Role, of: str) -> None:
    with refused("misplaced"):
        invite(cast.olu, role=role, merchant=getattr(cast, of) if of else None)
    assert not Staff.objects.filter(email="ida@lanting.example").exists()


@pytest.mark.parametrize("actor", ["bo", "ada", "kim", "fay", "api"])
def test_nobody_else_gives_places(cast: Cast, actor: str) -> None:
    with refused("not_yours"):
        invite(getattr(cast, actor), merchant=cast.lanting)
    assert not Staff.objects.filter(email="ida@lanting.example").exists()


@pytest.mark.parametrize("authority", [None, Money.of("101", "EUR"), Money.of("1", "USD")])
def test_nobody_lets_others_grant_more_than_they_may(cast: Cast, authority: Money | None) -> None:
    lin = lin_of(cast, limit="100")
    with refused("beyond_your_limit"):
        invite(lin, merchant=cast.lanting, authority=authority)
    assert invite(lin, merchant=cast.lanting, authority=Money.of("100", "EUR")).pk


def test_a_place_is_changed_and_the_journal_knows_both(cast: Cast) -> None:
    ida = invite(cast.olu, merchant=cast.lanting, authority=Money.of("50", "EUR"))
    actions.change_place(ida, role=Role.SUPERVISOR, authority=None, actor=lin_of(cast), at=NOW)
    ida.refresh_from_db()
    assert (ida.role, party_queries.actor_of(ida).authority) == ("supervisor", None)
    entry = Entry.objects.get(noun="staff", verb="change_place")
    assert entry.facts == {"role": "supervisor", "before": "agent"}


def test_nobody_touches_their_own_place(cast: Cast) -> None:
    lin = people.hire(cast, Role.MERCHANT, "Lin")
    actor = party_queries.actor_of(lin)
    with refused("yourself"):
        actions.change_place(lin, role=Role.AGENT, authority=None, actor=actor, at=NOW)
    with refused("yourself"):
        actions.let_go(lin, actor=actor, at=NOW)
    lin.refresh_from_db()
    assert (lin.role, lin.is_active) == ("merchant", True)


def test_a_merchant_touches_neither_other_shops_nor_the_operator(cast: Cast) -> None:
    actor = lin_of(cast)
    olu = people.hire(cast, Role.OPERATOR, "Olu", of_operator=True)
    nils = invite(cast.olu, email="nils@nordlicht.example", merchant=cast.nordlicht)
    for one in (olu, nils):
        with refused("not_yours"):
            actions.let_go(one, actor=actor, at=NOW)
        with refused("not_yours"):
            actions.change_place(one, role=Role.DOCK, authority=None, actor=actor, at=NOW)
        with refused("not_yours"):
            actions.bring_back(one, actor=actor, at=NOW)
        one.refresh_from_db()
    assert [(one.role, one.is_active) for one in (olu, nils)] == [("operator", True), ("agent", True)]


def test_who_is_let_go_is_out_and_no_old_session_comes_back_with_them(cast: Cast) -> None:
    bo = people.hire(cast, Role.AGENT, "Bo")
    client = people.client_of(bo)
    assert client.get("/desk/cases/").status_code == 200
    actions.let_go(bo, actor=cast.olu, at=NOW)
    actions.let_go(bo, actor=cast.olu, at=NOW)
    assert client.get("/desk/cases/").status_code == 302
    actions.bring_back(bo, actor=cast.olu, at=NOW)
    assert client.get("/desk/cases/").status_code == 302
    bo.refresh_from_db()
    assert (bo.is_active, bo.has_usable_password(), bo.role) == (True, False, "agent")
    assert events(bo) == ["hire", "let_go", "bring_back"]


def test_the_last_operator_stays(cast: Cast) -> None:
    olu = people.hire(cast, Role.OPERATOR, "Olu", of_operator=True)
    pat = people.hire(cast, Role.OPERATOR, "Pat", of_operator=True)
    actions.let_go(pat, actor=party_queries.actor_of(olu), at=NOW)
    with refused("last_operator"):
        actions.let_go(olu, actor=party_queries.actor_of(pat), at=NOW)
    with refused("last_operator"):
        actions.change_place(olu, role=Role.AGENT, authority=None, actor=party_queries.actor_of(pat), at=NOW)
    olu.refresh_from_db()
    assert (olu.role, olu.is_active) == ("operator", True)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_operators_who_let_each_other_go_at_once_leave_one() -> None:
    cast = build.committed_cast()
    olu = people.hire(cast, Role.OPERATOR, "Olu", of_operator=True)
    pat = people.hire(cast, Role.OPERATOR, "Pat", of_operator=True)
    of_olu, of_pat = party_queries.actor_of(olu), party_queries.actor_of(pat)
    raised = at_once(
        lambda: actions.let_go(pat, actor=of_olu, at=NOW), lambda: actions.let_go(olu, actor=of_pat, at=NOW)
    )
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "PlaceRefused"]
    assert Staff.objects.filter(role=Role.OPERATOR, is_active=True).count() == 1


def test_the_console_brings_back_whom_it_hires_again(cast: Cast) -> None:
    bo = people.hire(cast, Role.AGENT, "Bo")
    actions.let_go(bo, actor=cast.olu, at=NOW)
    people.hire(cast, Role.AGENT, "Bo")
    bo.refresh_from_db()
    assert (bo.is_active, bo.has_usable_password()) == (True, True)
