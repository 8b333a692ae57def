"""Each bench, small: it runs, says what it found, and what it watches over holds."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from homeward.config.benches import floor, road, sums, town
from homeward.config.benches.walkers import STEPS, Walked
from homeward.config.management.commands import bench as command
from homeward.config.management.commands.bench import BENCHES

pytestmark = pytest.mark.race

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.fixture
def _own_ground(django_db_blocker: Any) -> Iterator[None]:
    """Let a bench make its own database beside that of the tests."""
    with django_db_blocker.unblock():
        yield


def bench(name: str, *words: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run `homeward bench` and return the one object that it prints."""
    call_command("bench", name, *words)
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("_own_ground")
def test_the_road_is_walked_against_its_floor(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--clients", "2", "--seconds", "1", "--warm-up", "0.5", "--processes", "1", "--threads", "2")
    found = bench("road", *words, capsys=capsys)
    assert set(found) == {
        "clients", "seconds", "requests", "returns", "returns_per_second", "returns_per_second_with_backlog", "steps",
        "server_cpu_seconds_per_return", "cpu_seconds_per_return_with_backlog", "memory_mb", "backlog", "refused",
        "adds_up", "load_average", "sql_statements_per_return", "floor_returns_per_second", "floor", "ratio", "cores",
        "fsync", "synchronous_commit", "versions",
    }  # fmt: skip
    assert found["returns"] > 0
    assert found["refused"] == {"count": 0, "first": []}
    assert found["adds_up"].pop("returns_with_one_refund") >= found["returns"]
    assert set(found["adds_up"].values()) == {0}
    assert set(found["steps"]) == set(found["sql_statements_per_return"]["by_step"]) == set(STEPS)
    assert found["sql_statements_per_return"]["api"] < 100
    assert found["floor"]["commits"] == len(STEPS)
    assert 0 < found["ratio"] < 1


@pytest.mark.usefixtures("_own_ground")
def test_every_duel_ends_with_one_winner(capsys: pytest.CaptureFixture[str]) -> None:
    found = bench("races", "--orders", "2", capsys=capsys)
    assert {name: (one["orders"], one["once"]) for name, one in found.items()} == {
        "two_returns_of_the_same_units": (2, 2),
        "one_receipt_confirmed_twice": (2, 2),
        "one_refund_asked_twice": (2, 2),
    }


@pytest.mark.usefixtures("_own_ground")
def test_lines_are_imported_against_a_plain_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{536365 + n // 3},8512{n % 3},LANTERN,6,2010-12-01 08:26:00,2.55,17850,France" for n in range(60)]
    (tmp_path / "lines.csv").write_text("\n".join([HEAD, *rows]))
    found = bench("import", "--file", str(tmp_path / "lines.csv"), capsys=capsys)
    assert (found["lines"], found["orders"], found["refused_lines"]) == (60, 20, 0)
    assert found["memory_mb"]["peak"] > 0
    assert found["ratio"] > 0


def test_verdicts_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("decide", "--seconds", "0.05", "--clauses", "12", capsys=capsys)


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_that_is_offered_exists(name: str) -> None:
    module = import_module(f"homeward.config.benches.{name}")
    assert callable(module.run)
    assert callable(module.add_arguments)


def test_a_bench_that_is_missing_is_named() -> None:
    with pytest.raises(CommandError, match="“nothing” is not part of this installation"):
        command._module("nothing")


@pytest.mark.django_db
def test_what_does_not_add_up_fails_the_bench() -> None:
    assert sums.check([])["returns_with_one_refund"] == 0
    with pytest.raises(sums.DoesNotAddUp, match="returns_with_one_refund"):
        sums.check(["ret_lost"])


def test_the_steps_are_told_by_their_middle_and_their_slow_end() -> None:
    walked = [Walked(), Walked()]
    walked[0].times["request"] = [float(n) for n in range(50)]
    walked[1].times["request"] = [float(n) for n in range(50, 100)]
    assert road._steps(walked) == {"request": {"p50_ms": 50.0, "p95_ms": 95.0}}


def test_a_pass_over_the_floor_gets_values_of_its_own_where_an_index_wants_them() -> None:
    sold = town.Sold("ord_1", "oli_1", 1, 2, 3)
    writer = floor._Writer({("box", "order_id"): "orders_order"}, {"box": [["ref"], ["order_id", "part"]]}, sold)
    made = floor.Row("box", {"id": 7, "ref": "box_0123456789ab", "order_id": 1, "part": 1, "color": "red"}, None)
    [statement] = writer.step([made])
    other = floor.Pass(number=42, lap=2, sold=town.Sold("ord_9", "oli_9", 90, 91, 92))
    assert [value(other) for value in statement.values] == ["box_010000000042", 90, 3, "red"]
