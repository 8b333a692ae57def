"""Online Retail invoice lines: orders, past returns, services and corrections told apart, and the reference figures."""

from __future__ import annotations

import json
import resource
import time

import pytest

from homeward.connectors import importing
from homeward.connectors.online_retail import invoices
from homeward.orders import queries
from homeward.orders.models import OrderLine
from tests.support.build_orders import desk_of
from tests.support.cast import Cast
from tests.support.shared import shared_data


@pytest.mark.django_db
def test_the_whole_history_reproduces_its_reference_figures(cast: Cast) -> None:
    path = shared_data("online_retail_y1/online_retail_y1.csv.gz")
    expected = json.loads(shared_data("online_retail_y1/expected.json").read_text())
    started = time.monotonic()
    report = importing.import_file(path, importing.FORMATS["online-retail"], desk_of(cast.lanting))
    print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, report)
    assert report.run.rows_read == 525_461
    figures = queries.history_figures(
        cast.olu, cast.lanting, source="online-retail", skus=invoices.MERCHANDISE, zone=invoices.ZONE
    )
    totals, matching = expected["totals"], expected["matching"]
    assert figures == {
        name: round(value * 100) if name.endswith("_value") else value
        for name, value in (totals | matching).items()
        if name in figures
    }
    assert OrderLine.objects.filter(returned_before__gt=0).exists()
