"""A backtest: a rulebook tried on history, beside the one that holds; which verdicts change, for whom, at what cost."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context, parent_process
from pathlib import Path

from homeward.policies import kinds, packs, rulebook
from homeward.policies.columns import NEVER, Columns
from homeward.policies.kinds import Memory, Sorted
from homeward.policies.panel import day_of
from homeward.policies.results import Result, findings
from homeward.policies.rulebook import EMPTY, Book
from homeward.policies.tally import Tally, tally
from homeward.policies.verdict import decide

CHUNK = 100_000  # rows at once: some hundred megabytes at most, and a look at the bell every second or two
SAMPLE = 25  # rows of each chunk that are decided once more, one by one
WORTH_WORKERS = 2 * CHUNK  # below, a process costs more time to start than it saves

Progress = Callable[[int], None]
Bell = Callable[[], bool]


class Cancelled(Exception):
    """Somebody no longer wants to know."""


class Disagreement(AssertionError):
    """A row has another verdict in columns than alone: the figures would be wrong, so there are none."""


def run(
    chunks: Iterable[Columns], old: Book, new: Book, *, at: datetime, workers: int = 1,
    progress: Progress = lambda rows: None, cancelled: Bell = lambda: False,
) -> Result:  # fmt: skip
    """Try `new` on every row of a history beside `old`, and return what changes.

    Each row is judged at its own moment of asking; those that name none, at `at`. `progress` hears how many rows are
    done after each chunk; `cancelled` is asked as often. With more `workers`, chunks are counted in processes of
    their own; the history is read here, and no more chunks are held than are being counted.

    :raises Cancelled: once `cancelled` says so.
    :raises Disagreement: if a sample of the rows, decided one by one, does not come out the same.
    """
    whole, judged, done = Tally(), 0, 0
    count = _in_processes(workers) if workers > 1 else _here
    for made in count(_heard(chunks, cancelled), Order(rulebook.to_json(old), rulebook.to_json(new), at)):
        whole.add(made.tally)
        judged, done = judged + made.judged, done + made.rows
        progress(done)
    if cancelled():
        raise Cancelled
    return findings(whole, old, new, judged=judged)


def parts(columns: Columns, size: int = CHUNK) -> Iterator[Columns]:
    """Give columns in chunks."""
    for start in range(0, columns.count, size):
        yield columns.part(start, start + size)


def _heard(chunks: Iterable[Columns], cancelled: Bell) -> Iterator[Columns]:
    for chunk in chunks:
        if cancelled():
            raise Cancelled
        yield chunk


@dataclass(frozen=True)
class Order:
    """What every process has to know: the books, and the moment."""

    old: bytes
    new: bytes
    at: datetime

    def memory(self) -> Memory:
        """Return an empty memory for these books and the law alone."""
        return Memory((rulebook.read_json(self.old), rulebook.read_json(self.new), EMPTY), self.at)


@dataclass(frozen=True)
class Counted:
    """What came of one chunk: its tally, and how many kinds of cases were new and had to be judged."""

    tally: Tally
    judged: int
    rows: int


def _count(number: int, columns: Columns, memory: Memory) -> Counted:
    known = len(memory.ruled)
    found = kinds.sort(columns, memory)
    made = tally(columns, found, number)
    made.sums[("checked",)] = _check(columns, found, memory)
    return Counted(made, len(memory.ruled) - known, columns.count)


def _check(columns: Columns, found: Sorted, memory: Memory) -> int:
    """Decide some rows one by one, and return how many; they must come out as they do in columns."""
    rows = range(0, columns.count, max(1, columns.count // SAMPLE))
    ends = [found.deadline_days(number) for number in range(len(memory.books))]
    for row in rows:
        facts, ruled = columns.row(row), found.ruled[found.kind[row]]
        for number, book in enumerate(memory.books):
            alone, here = decide(facts, book, at=memory.at), ruled[number]
            end = None if ends[number][row] == NEVER else day_of(int(ends[number][row]))
            told = (here.outcome, here.track, here.way_back, here.freight, here.offers, here.bases, end)
            if told != (
                alone.outcome, alone.track, alone.way_back, alone.freight, alone.remedies, alone.bases,
                alone.deadline_day,
            ):  # fmt: skip
                raise Disagreement(f"row {columns.rows[row]} under {book.ref} {book.version}")
    return len(rows)


def _here(chunks: Iterator[Columns], order: Order) -> Iterator[Counted]:
    memory = order.memory()
    for number, columns in enumerate(chunks):
        yield _count(number, columns, memory)


# In processes of their own. They are spawned, so they hold none of our connections, and they end when we do.

_memory: list[Memory] = []


def _prepare(order: Order, beside: Path | None) -> None:
    """Make a fresh process ready: the books, and the packs that lie beside the shipped ones."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    packs.lay_beside(beside)
    _memory.append(order.memory())


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _count_there(number: int, columns: Columns) -> Counted:
    return _count(number, columns, _memory[0])


def _in_processes(workers: int) -> Callable[[Iterator[Columns], Order], Iterator[Counted]]:
    def count(chunks: Iterator[Columns], order: Order) -> Iterator[Counted]:
        pool = ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(order, packs.beside())
        )
        waiting: deque[Future[Counted]] = deque()
        try:
            for number, columns in enumerate(chunks):
                waiting.append(pool.submit(_count_there, number, columns))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return count
