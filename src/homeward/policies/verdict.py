"""The verdict: may this line of goods come back, on which ground, until when, at whose cost, and for what remedy."""

from __future__ import annotations

from datetime import UTC, datetime

from homeward.policies import doors, mind, ruling
from homeward.policies import promises as shop
from homeward.policies.decision import Decision, Outcome, Track
from homeward.policies.facts import Facts, Reason
from homeward.policies.hearing import OPEN, Hearing
from homeward.policies.packs import Pack, pack_for
from homeward.policies.promises import Promises
from homeward.policies.rulebook import Book
from homeward.policies.ruling import Ruling
from homeward.policies.situation import Situation

_PERSONAL = frozenset({"danger_signs", "safety_claim", "recall_without_rule"})  # doubts that no promise lifts


def decide(facts: Facts, rulebook: Book, *, at: datetime, pack: Pack | None = None) -> Decision:
    """Judge one line of goods by the law of the shopper's place, its exceptions and the shop's rulebook, in that order.

    Pure: the same arguments give the same decision. `at` is the moment of deciding, and of asking where the facts
    name no other; `rulebook` is the one of the day of purchase; `pack` is found by country and day when not given.
    Faulty, wrong, late or unsafe goods are never judged as a change of mind. A refusal comes only from verified
    law of a highly trusted pack; whatever else does not grant goes to a person (`review`).
    """
    if pack is None:
        pack = pack_for(facts.country, facts.subdivision, on=facts.ordered_at.astimezone(UTC).date())
    situation = Situation(facts, pack, at)
    hearing = Hearing(situation, pack, rulebook, shop.waivers(situation, rulebook.waivers))
    doors.try_all(hearing)
    mind.try_all(hearing)
    promises = shop.hear(hearing)
    outcome, track = _conclude_fault(hearing, promises) if situation.claims_fault else _conclude_mind(hearing, promises)
    shop.settle(hearing, promises, track, is_refusal=outcome == Outcome.REFUSE)
    outcome = _hold(outcome, hearing, promises)
    return ruling.write(Ruling(outcome, track, hearing, promises), at=at)


def _conclude_mind(hearing: Hearing, promises: Promises) -> tuple[Outcome, Track]:
    """Return outcome and track of a change of mind: the law's right, else the shop's, else a sure no, else a person."""
    if hearing.withdrawal_open and not hearing.barred:
        return Outcome.AUTHORIZE, Track.CHANGE_OF_MIND
    if promises.granted_by and not (hearing.doubts and promises.withholds_money):
        return Outcome.AUTHORIZE, Track.GOODWILL
    hearing.questions += promises.questions
    waits_for_answer = promises.questions or (hearing.barred == OPEN and hearing.withdrawal_open)
    is_sure = hearing.is_solid and not waits_for_answer
    return (Outcome.REFUSE if is_sure else Outcome.REVIEW), Track.CHANGE_OF_MIND


def _conclude_fault(hearing: Hearing, promises: Promises) -> tuple[Outcome, Track]:
    """Return outcome and track of goods that are said to be faulty, wrong, late or unsafe."""
    needs_person = not _PERSONAL.isdisjoint(hearing.doubts)
    is_recalled = bool(hearing.granted) and hearing.granted[0][0] == Track.SAFETY
    if hearing.granted and (not hearing.doubts or (is_recalled and not needs_person)):
        return Outcome.AUTHORIZE, hearing.granted[0][0]
    if promises.granted_by and not needs_person:
        return Outcome.AUTHORIZE, Track.GOODWILL
    if hearing.granted:
        return Outcome.REVIEW, hearing.granted[0][0]
    hearing.questions += promises.questions
    is_sure = hearing.is_solid and not hearing.doubts and not promises.questions
    return (Outcome.REFUSE if is_sure else Outcome.REVIEW), _claimed_track(hearing)


def _claimed_track(hearing: Hearing) -> Track:
    """Return the track on which a fault was claimed, when no door stands open."""
    if hearing.speaks_of_delivery:
        return Track.DELIVERY
    return Track.LATE if hearing.s.facts.reason == Reason.LATE else Track.GUARANTEE


def _hold(outcome: Outcome, hearing: Hearing, promises: Promises) -> Outcome:
    """Open questions, missing evidence and a route to a person turn a yes into a review, never into a no."""
    is_held = hearing.questions or promises.evidence_wanted or promises.route
    return Outcome.REVIEW if is_held and outcome == Outcome.AUTHORIZE else outcome
