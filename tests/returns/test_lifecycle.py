"""Every state, verb and role of a return: the database's guard and the table never disagree."""

import pytest
from django.db import connection, transaction

from homeward import journal
from homeward.kernel import Actor, NotAllowed, Role
from homeward.returns.lifecycle import RETURN
from homeward.returns.models import Return
from tests.returns.test_request import ask
from tests.support import build
from tests.support.cast import NOW, Cast


@pytest.mark.parametrize("role", list(Role))
def test_a_return_moves_exactly_where_its_table_says(cast: Cast, role: Role) -> None:
    made = ask(build.order(cast.lanting))
    actor = Actor(role, "somebody", merchant_id=cast.lanting.pk)

    @journal.action
    def move(verb: str) -> str:
        return journal.move(made, verb, actor=actor, at=NOW).after

    for state in RETURN.states:
        for verb in RETURN.verbs:
            with transaction.atomic():
                _put(made, state)
                target = RETURN.sources(verb, role=role).get(state)
                if target is None:
                    with pytest.raises(NotAllowed) as refused:
                        move(verb)
                    assert refused.value.allowed == RETURN.allowed(state, role=role)
                    assert Return.objects.get().state == state
                else:
                    assert move(verb) == Return.objects.get().state == target


def _put(made: Return, state: str) -> None:
    """Put the row into a state past the journal, as no code of the house may."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE returns_return SET state = %s WHERE id = %s", [state, made.pk])


def test_what_is_over_is_left_by_nobody_but_who_may_overturn() -> None:
    assert RETURN.ends == {"withdrawn", "expired", "settled"}
    assert RETURN.allowed("refused", role=Role.AGENT) == ()
    assert RETURN.allowed("refused", role=Role.SUPERVISOR) == ("overturn",)
