"""Files of orders in the browser: handed in, read by the worker, watched, told row by row; nothing is lost silently."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from playwright.sync_api import expect

from homeward.config import imports
from homeward.connectors import importing
from homeward.kernel import Role
from homeward.orders import actions as order_actions
from homeward.orders.models import ImportRun, Order
from homeward.web.office import uploads
from tests.support import build, people, relay
from tests.support.browser import OpenPage, barriers, overflow
from tests.support.cast import NOW, Cast
from tests.support.markup import faults

HEADER = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country\n"
SALE = "{n},85048,CAFÉ LIGHTS,12,2009-12-01 07:45:00,6.95,13085,United Kingdom\n"
TEXT = HEADER + "".join(SALE.format(n=489_434 + n) for n in range(3))
WRONG = TEXT + SALE.format(n=489_440).replace(",12,", ",many,")
Drain = Callable[..., int]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def told(answer: Any) -> str:
    """Return the page, which is sound."""
    page: str = answer.content.decode()
    assert faults(page) == []
    return page


def hand_in(client: Client, data: bytes | str = TEXT, name: str = "invoices.csv", **more: str) -> Any:
    """Hand in a file of Lanting's."""
    content = data.encode() if isinstance(data, str) else data
    fields = {"merchant": "lanting", "kind": "online-retail", "encoding": ""} | more
    return client.post("/office/imports/", fields | {"file": SimpleUploadedFile(name, content)})


def kept(path: Path) -> list[str]:
    """Return the names of the files that are kept of imports."""
    return sorted(file.name for file in (path / "imports").rglob("*") if file.is_file())


def test_a_file_is_read_by_the_worker_and_its_page_says_how_far_it_is(
    lin: Client, drain: Drain, tmp_path: Path
) -> None:
    page = hand_in(lin, gzip.compress(TEXT.encode()), "invoices.csv.gz").url
    run = ImportRun.objects.get()
    assert page == f"/office/imports/{run.ref}/"
    assert kept(tmp_path) == ["online-retail.guessed.en"]
    waiting = told(lin.get(page))
    assert "is being checked" in waiting
    assert "<progress" in waiting
    assert lin.get(f"{page}progress", headers={"HX-Request": "true"}).status_code == 200
    drain()
    answer = lin.get(f"{page}progress", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert lin.get(f"{page}progress").url == page
    done = told(lin.get(page))
    assert "<progress" not in done
    assert "Every row was taken" in done
    run.refresh_from_db()
    assert (run.filename, run.source, run.orders_created, run.rows_read) == ("invoices.csv.gz", "online-retail", 3, 3)
    assert kept(tmp_path) == ["rows.csv"]


def test_the_page_counts_rows_while_they_are_read(cast: Cast, lin: Client) -> None:
    hand_in(lin)
    run = ImportRun.objects.get()
    ImportRun.objects.update(rows_read=12_000)
    uploads.tell(run, 0.4)
    page = told(lin.get(f"/office/imports/{run.ref}/"))
    assert "12,000 rows so far" in page
    assert 'value="40"' in page


def test_what_became_of_each_row_is_a_table_to_take_away(lin: Client, drain: Drain) -> None:
    page = hand_in(lin, WRONG).url
    drain()
    assert "Download what became of each row" in told(lin.get(page))
    answer = lin.get(f"{page}rows.csv")
    assert 'filename="invoices-rows.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["outcome"] for row in rows] == ["created", "created", "created", "refused"]
    assert list(rows[0]) == ["row", "order", "outcome", "field", "code", "message"]
    assert rows[-1]["code"] == "not_a_number"


def test_the_same_file_again_changes_nothing_and_the_page_says_so(lin: Client, drain: Drain) -> None:
    hand_in(lin)
    drain()
    page = hand_in(lin).url
    drain()
    words = told(lin.get(page))
    assert "Nothing has changed" in words
    assert "This very file was imported on" in words
    again, first = ImportRun.objects.order_by("-pk")
    assert first.ref in words
    assert (again.orders_created, again.orders_changed, again.orders_unchanged) == (0, 0, 3)
    assert Order.objects.count() == 3


def test_known_orders_in_another_file_are_no_change_either(lin: Client, drain: Drain) -> None:
    hand_in(lin)
    drain()
    page = hand_in(lin, TEXT.replace("\n", "\r\n")).url
    drain()
    assert "All of its orders were known already" in told(lin.get(page))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 an Excel file", "This is a ZIP or Excel file."),
        (gzip.compress(TEXT.encode())[:-9], "The packed file ends early"),
        (TEXT.encode("cp1252"), "is not written in UTF-8"),
        ("number,total\n1,2\n", "Columns are missing"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_its_page(
    lin: Client, drain: Drain, tmp_path: Path, data: bytes | str, words: str
) -> None:
    page = hand_in(lin, data).url
    drain()
    answer = told(lin.get(page))
    assert "The file could not be read" in answer
    assert words in answer
    assert "stopped" in told(lin.get("/office/imports/"))
    assert kept(tmp_path) == []
    assert "Download" not in answer


def test_the_writing_of_the_file_can_be_told(lin: Client, drain: Drain) -> None:
    hand_in(lin, TEXT.encode("cp1252"), encoding="cp1252")
    drain()
    assert ImportRun.objects.get().orders_created == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "excel"}, "excel"), ({"kind": ""}, "Say what it is"), ({"merchant": "nordlicht"}, "nordlicht"),
        ({"encoding": "rot13"}, "rot13"), ({"data": b""}, "The file is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_form_is_said_and_nothing_begins(lin: Client, change: Any, words: str) -> None:
    answer = hand_in(lin, **change)
    assert answer.status_code == 422
    assert words in told(answer)
    assert not ImportRun.objects.exists()


def test_without_a_file_nothing_begins(lin: Client) -> None:
    answer = lin.post("/office/imports/", {"merchant": "lanting", "kind": "shopify"})
    assert (answer.status_code, "Choose the file" in told(answer)) == (422, True)


def test_more_than_the_office_takes_is_refused_with_the_way_round_it(cast: Cast, lin: Client, settings: Any) -> None:
    settings.LARGEST_BODY = settings.IMPORT_MOST_BYTES = 1_000
    answer = hand_in(lin, b"x" * 1_100_000)
    assert answer.status_code == 413
    assert "homeward import" in told(answer)
    assert not ImportRun.objects.exists()


def test_a_file_that_unpacks_to_more_than_the_office_takes_ends_its_run(
    lin: Client, drain: Drain, settings: Any
) -> None:
    settings.IMPORT_MOST_BYTES = 2_000_000
    page = hand_in(lin, gzip.compress(b"a" * 3_000_000)).url
    drain()
    assert "Unpacked, the file is larger than 2 MB" in told(lin.get(page))


def test_operators_bring_in_for_every_shop(cast: Cast, olu: Client, drain: Drain) -> None:
    hand_in(olu, merchant="nordlicht")
    drain()
    assert ImportRun.objects.get().merchant == cast.nordlicht


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.FINANCE])
def test_others_of_the_office_look_and_do_not_touch(cast: Cast, role: Role) -> None:
    client = people.client_of(people.hire(cast, role, "Somebody"))
    assert "Bring in a file" not in told(client.get("/office/imports/"))
    assert hand_in(client).status_code == 403
    assert not ImportRun.objects.exists()


def test_runs_of_another_shop_are_not_found(cast: Cast, lin: Client, olu: Client, drain: Drain) -> None:
    page = hand_in(olu, merchant="nordlicht").url
    drain()
    assert {lin.get(f"{page}{part}").status_code for part in ("", "progress", "rows.csv")} == {404}


def test_a_run_from_the_console_has_no_table_here(cast: Cast, lin: Client) -> None:
    run = order_actions.start_run(
        merchant=cast.lanting, source="shopify", filename="a.csv", sha256="", actor=cast.olu, at=NOW
    )
    assert lin.get(f"/office/imports/{run.ref}/rows.csv").status_code == 404


# When something goes wrong with the worker


def jobs() -> int:
    """Return how many readings of files are queued."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [uploads.TASK]
        )
        return int(cursor.fetchone()[0])


def test_a_file_whose_job_got_lost_is_queued_again_once(cast: Cast, lin: Client, drain: Drain) -> None:
    hand_in(lin)
    run = ImportRun.objects.get()
    later = run.started_at + timedelta(minutes=6)
    assert (imports.look_after(at=later), jobs()) == (0, 1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [uploads.TASK])
    assert imports.look_after(at=run.started_at + timedelta(minutes=4)) == 0
    assert (imports.look_after(at=later), imports.look_after(at=later), jobs()) == (1, 0, 1)
    drain()
    run.refresh_from_db()
    assert run.orders_created == 3
    assert imports.look_after(at=later) == 0


def test_a_run_that_is_through_is_not_read_again(lin: Client, drain: Drain) -> None:
    hand_in(lin)
    drain()
    run = ImportRun.objects.get()
    imports.read(run.ref)
    assert ImportRun.objects.get().rows_read == run.rows_read


def test_a_run_that_breaks_off_again_and_again_ends_and_says_so(lin: Client) -> None:
    page = hand_in(lin).url
    imports.read(ImportRun.objects.get().ref, tries=imports.MOST_TRIES)
    assert "broke off 12 times" in told(lin.get(page))
    assert ImportRun.objects.get().finished_at


def test_a_file_that_is_gone_ends_its_run(lin: Client, tmp_path: Path) -> None:
    page = hand_in(lin).url
    next((tmp_path / "imports").rglob("online-retail.*")).unlink()
    imports.read(ImportRun.objects.get().ref)
    assert "The file is not here any more" in told(lin.get(page))


def reading_fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Put a reader into the table of kinds that fails."""

    def read(*_: Any, **__: Any) -> Any:
        raise error

    format_ = importing.Format("online-retail", "", "online-retail", read)
    monkeypatch.setitem(importing.FORMATS, "online-retail", format_)


def test_a_fault_of_ours_ends_the_run_and_is_not_swallowed(
    lin: Client, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = hand_in(lin).url
    reading_fails(monkeypatch, ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        drain()
    assert "Something went wrong here" in told(lin.get(page))


def test_a_database_that_is_away_ends_nothing(lin: Client, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(lin)
    with monkeypatch.context() as while_away:
        reading_fails(while_away, OperationalError("gone"))
        with pytest.raises(OperationalError):
            drain()
    assert ImportRun.objects.get().finished_at is None
    imports.read(ImportRun.objects.get().ref, tries=1)
    assert ImportRun.objects.get().orders_created == 3


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "dark", "javascript"), [("phone", True, True), ("narrow", False, False)])
def test_a_file_is_handed_in_and_watched_in_a_browser(
    open_page: OpenPage, live_server: Any, size: str, dark: bool, javascript: bool
) -> None:
    cast = build.committed_cast()
    person = people.hire(cast, Role.OPERATOR, "Olu", of_operator=True)
    key = people.client_of(person).cookies[django_settings.SESSION_COOKIE_NAME].value
    page = open_page(size, dark=dark, javascript=javascript)
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page.goto("/office/imports/")
    page.get_by_label("Merchant").select_option("lanting")
    page.get_by_label("What kind of file it is").select_option("online-retail")
    page.locator("input[type=file]").set_input_files(
        {"name": "invoices.csv", "mimeType": "text/csv", "buffer": WRONG.encode()}
    )
    assert not javascript or (barriers(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Import the orders").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert not javascript or (barriers(page), overflow(page)) == ([], 0)
    relay.drain()
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="Rows with problems")).to_be_visible()
    assert not javascript or (barriers(page), overflow(page)) == ([], 0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what became of each row").click()
    assert download.value.suggested_filename == "invoices-rows.csv"
    assert Order.objects.count() == 3
