"""Importing a file: checked, read as a stream, taken in chunks of bounded size, and told row by row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.connectors.online_retail import invoices
from homeward.connectors.reading.files import Checked, FileProblem, Opened, check
from homeward.connectors.shopify import order_json as shopify_json
from homeward.connectors.shopify import orders_csv as shopify_csv
from homeward.connectors.woocommerce import order_json as woocommerce_json
from homeward.kernel import Actor
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.orders import texts as order_texts
from homeward.orders.actions.imports import Item, Taking
from homeward.orders.drafts import OrderDraft, PastReturnDraft, Problem
from homeward.orders.models import ImportRun
from homeward.parties.models import Merchant

_LARGEST_CHUNK = 8_000  # lines that travel in one transaction


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: what it is called, also in words, the source that its orders get, and how it is read."""

    name: str
    words: str | Promise
    source: str
    read: Callable[..., Iterator[Item]]
    zone: str = ""  # where its clocks hang, if not with the merchant


FORMATS = {
    one.name: one
    for one in (
        Format("shopify-csv", _("Shopify, orders exported as CSV"), shopify_json.SOURCE, shopify_csv.read),
        Format("shopify", _("Shopify, orders as JSON"), shopify_json.SOURCE, shopify_json.read),
        Format("woocommerce", _("WooCommerce, orders as JSON"), woocommerce_json.SOURCE, woocommerce_json.read),
        Format(
            "online-retail", _("Online Retail, lines of invoices as CSV"), invoices.SOURCE, invoices.read, invoices.ZONE
        ),
    )
}


@dataclass(slots=True)
class Progress:
    """How far an import is: the part of the file that is read (0 to 1), and the rows."""

    part: float
    rows: int


Told = Callable[[Progress], None]


def _unheard(progress: Progress) -> None:
    """Hear of progress and do nothing."""


@dataclass(slots=True)
class Report:
    """What an import came to; `problems` counts them by code, `examples` holds the first of each."""

    run: ImportRun
    checked: Checked
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """What stays the same during an import: for whom, by whom, by which clock and rulebooks; what stops a file is kept
    in `language`."""

    merchant: Merchant
    actor: Actor
    clock: Callable[[], datetime]
    rulebook_of: order_actions.RulebookOf
    language: str = "en"


def import_file(
    path: Path, format_: Format, desk: Desk, *, encoding: str = "", rows_to: TextIO | None = None, told: Told = _unheard
) -> Report:
    """Import a file; the same file again changes nothing. `rows_to` gets a table that says what became of each row.

    Rows that cannot be taken are kept as problems of the run and do not stop it. A file that ends too early is taken as
    far as it goes, and the run says so.

    :raises FileProblem: if the file cannot be read at all; then nothing was imported.
    """
    checked = check(path, encoding=encoding)
    with Opened(checked) as opened:
        items = _begun(format_.read(opened, zone=format_.zone or desk.merchant.zone))
        run = order_actions.start_run(
            merchant=desk.merchant, source=format_.source, filename=path.name, sha256=checked.sha256,
            actor=desk.actor, at=desk.clock(),
        )  # fmt: skip
        return _take_in(Report(run, checked), opened, items, desk, rows_to=rows_to, told=told)


def import_into(
    run: ImportRun, path: Path, format_: Format, desk: Desk, *, encoding: str = "", most: int = 0,
    rows_to: TextIO | None = None, told: Told = _unheard,
) -> Report | None:  # fmt: skip
    """Import a file into a run that has begun; one that broke off goes on behind the rows that it has read.

    A file that cannot be read at all, or has more than `most` bytes unpacked, ends the run, which says why; then there
    is no report.
    """
    try:
        checked = check(path, encoding=encoding, most=most)
        with Opened(checked) as opened:
            items = _begun(format_.read(opened, zone=format_.zone or desk.merchant.zone))
            return _take_in(Report(run, checked), opened, items, desk, rows_to=rows_to, told=told)
    except FileProblem as problem:
        order_actions.finish_run(run, actor=desk.actor, at=desk.clock(), stopped_by=_words_of(problem, desk))
        return None


def _take_in(
    report: Report, opened: Opened, items: Iterator[Item], desk: Desk, *, rows_to: TextIO | None, told: Told
) -> Report:
    run, rows = report.run, 0
    sheet = _Sheet(rows_to) if rows_to else None
    before = _Before(run)
    stopped_by = ""
    chunks = _chunks(items)
    while True:
        try:
            chunk = next(chunks, None)
        except FileProblem as problem:
            stopped_by = _words_of(problem, desk)
            break
        if chunk is None:
            break
        rows += _rows(chunk)
        if rows <= before.rows:
            taking, taken = before.taking(chunk), "taken"
        else:
            taken = ""
            taking = order_actions.take(
                run, chunk, rows=_rows(chunk), actor=desk.actor, at=desk.clock(), rulebook_of=desk.rulebook_of
            )
        _count(report, taking)
        if sheet:
            sheet.write(chunk, taking, taken=taken)
        told(Progress(opened.done, rows))
    report.run = order_actions.finish_run(run, actor=desk.actor, at=desk.clock(), stopped_by=stopped_by)
    return report


class _Before:
    """What a run had read before it broke off; its chunks end where they ended then, for the file is the same."""

    def __init__(self, run: ImportRun) -> None:
        self.rows = run.rows_read
        self.problems: dict[int, list[Problem]] = {}
        if self.rows:
            for one in order_queries.import_problems(MACHINE, run):
                problem = Problem(one.row, one.field, one.code, one.facts, is_refusal=one.is_refusal)
                self.problems.setdefault(one.row, []).append(problem)

    def taking(self, chunk: Iterable[Item]) -> Taking:
        """Return what is known of a chunk that was taken then: its problems."""
        rows = {row for item in chunk for row in (item.rows or (1,) if not isinstance(item, Problem) else (item.row,))}
        return Taking(problems=[problem for row in sorted(rows) for problem in self.problems.get(row, ())])


def _words_of(problem: FileProblem, desk: Desk) -> str:
    with translation.override(desk.language):
        return str(problem)


def _begun(items: Iterator[Item]) -> Iterator[Item]:
    """Return the items with the first one read already: a file that cannot be read fails before a run begins."""
    first = next(items, None)

    def again() -> Iterator[Item]:
        if first is not None:
            yield first
            yield from items

    return again()


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Gather items into chunks; what was read before a file broke off is still handed over."""
    chunk: list[Item] = []
    size = 0
    broken: FileProblem | None = None
    try:
        for item in items:
            chunk.append(item)
            size += len(item.lines) if isinstance(item, OrderDraft) else 1
            if size >= _LARGEST_CHUNK:
                yield chunk
                chunk, size = [], 0
    except FileProblem as problem:
        broken = problem
    if chunk:
        yield chunk
    if broken:
        raise broken


def _rows(chunk: Iterable[Item]) -> int:
    return sum(item.rows if isinstance(item, Problem) else max(len(item.rows), 1) for item in chunk)


def _count(report: Report, taking: Taking) -> None:
    for problem in taking.problems:
        report.problems[problem.code] += 1
        report.examples.setdefault(problem.code, problem)


class _Sheet:
    """The table of what became of each row."""

    def __init__(self, file: TextIO) -> None:
        self.table = csv.writer(file)
        self.table.writerow(("row", "order", "outcome", "field", "code", "message"))

    def write(self, chunk: Iterable[Item], taking: Taking, *, taken: str = "") -> None:
        """Write the rows of a chunk, in the order of the file; `taken` is said of orders whose outcome is not known."""
        lines: list[tuple[Any, ...]] = [line for one in taking.problems for line in self._of_problem(one)]
        refused = {problem.row for problem in taking.problems if problem.is_refusal}
        for item in chunk:
            if isinstance(item, OrderDraft):
                outcome = self._outcome(item, taking, refused, taken)
                lines += [(row, item.number, outcome, "", "", "") for row in item.rows or (1,)]
            elif isinstance(item, PastReturnDraft):
                lines += [(row, item.external_id, "past return", "", "", "") for row in item.rows]
        lines.sort(key=itemgetter(0))
        self.table.writerows(lines)

    def _outcome(self, draft: OrderDraft, taking: Taking, refused: set[int], taken: str) -> str:
        if draft.row in refused:
            return "refused"
        if taken or draft.external_id in taking.orders.created:
            return taken or "created"
        return "changed" if draft.external_id in taking.orders.changed else "unchanged"

    def _of_problem(self, problem: Problem) -> Iterator[tuple[Any, ...]]:
        outcome = "refused" if problem.is_refusal else "note"
        message = order_texts.problem(problem.code, problem.facts)
        yield problem.row, "", outcome, problem.field, problem.code, message
