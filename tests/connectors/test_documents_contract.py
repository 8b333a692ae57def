"""What every press does: the fake of logistics and the one that sets type."""

from dataclasses import replace

import pytest

from homeward.connectors.documents import TypstPress
from homeward.logistics.fakes import FakePress
from homeward.logistics.ports import Form, Press, SlipLine, Unprintable
from tests.logistics import samples

HEADS = {Form.PDF: b"%PDF-1.", Form.PNG: b"\x89PNG\r\n\x1a\n"}


@pytest.fixture(params=[FakePress, TypstPress])
def press(request) -> Press:
    return request.param()


@pytest.mark.parametrize("form", list(Form))
def test_labels_and_vouchers_come_in_the_form_that_is_asked_for(press, form):
    assert press.label(samples.label(), form=form).startswith(HEADS[form])
    assert press.voucher(samples.voucher(), form=form).startswith(HEADS[form])


def test_packing_slips_and_labels_are_pdf_unless_asked_otherwise(press):
    assert press.packing_slip(samples.slip()).startswith(HEADS[Form.PDF])
    assert press.label(samples.label()).startswith(HEADS[Form.PDF])


def test_the_same_data_give_the_same_bytes_and_other_data_others(press):
    data = samples.label()
    assert press.label(data) == press.label(data)
    assert press.label(data) != press.label(replace(data, code="HW000000000098"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-CN", "de", "de-AT", "fr", "ja", "xx"])
def test_every_language_is_accepted_ours_or_not(press, language):
    assert press.label(samples.label(language=language))
    assert press.packing_slip(samples.slip(language=language))
    assert press.voucher(samples.voucher(language=language))


@pytest.mark.parametrize("code", ["", "with blank", "ü", "x" * 29, "a\nb"])
def test_a_code_that_would_not_scan_is_refused_before_anything_is_printed(press, code):
    with pytest.raises(Unprintable) as refused:
        press.label(samples.label(code=code))
    assert refused.value.what == "code"


@pytest.mark.parametrize("link", ["", "https://例え.jp", "x" * 301])
def test_a_link_that_would_not_scan_is_refused(press, link):
    with pytest.raises(Unprintable):
        press.voucher(samples.voucher(link=link))


def test_a_packing_slip_for_nothing_is_refused(press):
    with pytest.raises(Unprintable):
        press.packing_slip(samples.slip(lines=()))


def test_a_picture_that_is_none_does_not_stop_the_slip(press):
    line = SlipLine(name="Throw", quantity=1, picture=b"MZ this is no picture")
    assert press.packing_slip(samples.slip(lines=(line,)))


def test_the_fake_remembers_what_it_was_given():
    press = FakePress()
    press.label(samples.label())
    press.packing_slip(samples.slip())
    assert press.printed == [samples.label(), samples.slip()]
