"""The design system: every part renders, says what it is, keeps the policy, and speaks the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.management import call_command
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.template import Context, RequestContext, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory, override_settings
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from homeward.cases.lifecycle import CASE
from homeward.conversations.lifecycle import NOTICE
from homeward.kernel import LOCALES, Actor, Money, Role
from homeward.logistics.lifecycle import PARCEL
from homeward.returns.lifecycle import RETURN
from homeward.settlements.lifecycle import REFUND, REMEDY, REPLACEMENT
from homeward.warehouse.lifecycle import RECEIPT
from homeward.web import design
from homeward.web.design import charts, clocks, icons, rail, states, views
from homeward.web.design import forms as design_forms
from homeward.web.design.templatetags import homeward, homeward_parts
from tests.support.cast import NOW
from tests.support.markup import faults

HOUSE = Path(design.__file__).parent
PARTS = sorted((HOUSE / "templates" / "cotton").rglob("*.html"))
PAGES = sorted(HOUSE.parent.rglob("templates/**/*.html"))
INLINE = [
    "avatar", "back", "badge", "brand", "button", "chip", "clock", "copy", "count", "country", "icon", "lamp",
    "layer", "priority", "progress", "qr", "spark", "state", "thumb",
]  # fmt: skip
BO = Actor(Role.AGENT, "stf_bo", "Bo Lindqvist", merchant_id=1, authority=Money.of("50", "EUR"))
OLU = Actor(Role.OPERATOR, "stf_olu", "Olu")
SHOPPER = Actor(Role.SHOPPER, "shp_mei", "Mei", merchant_id=1)


def asked(path: str = "/", *, actor: Actor = BO) -> HttpRequest:
    """Return a request as the middleware hands it to views."""
    request = RequestFactory().get(path)
    request.at, request.actor = NOW, actor
    return request


def drawn(source: str, *, request: HttpRequest | None = None, **context: Any) -> str:
    """Return `source`, a piece of a template with cotton parts, as a page would show it."""
    engine = get_template("404.html").backend.engine
    template = engine.from_string(CottonCompiler().process("{% load homeward %}" + source))
    page = RequestContext(request, context) if request else Context({"at": NOW, **context})
    return template.render(page)


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak the language of the parameter."""
    with translation.override(request.param):
        yield request.param


# The page of components


@pytest.mark.django_db  # the rail counts what waits
@pytest.mark.parametrize("language", LOCALES)
def test_the_page_of_components_has_no_fault_in_any_language(language: str) -> None:
    with translation.override(language):
        page = views.components(asked(actor=OLU)).content.decode()
    assert faults(page) == []
    assert f'<html lang="{language}"' in page


def test_the_page_of_components_uses_every_part() -> None:
    page = (HOUSE / "templates" / "design" / "components.html").read_text()
    used = {name.replace("-", "_") for name in re.findall(r"<c-([\w.-]+)", page)}
    by_others = {"crumbs", "toasts", "chart.frame", "journal.entry", "scan"}
    every = {str(p.relative_to(HOUSE / "templates/cotton")).removesuffix(".html").replace("/", ".") for p in PARTS}
    every = {name.removesuffix(".index") for name in every if not name.startswith("frame.")}
    assert every - used - by_others == set()


def test_strangers_do_not_find_the_page_of_components() -> None:
    with pytest.raises(Http404):
        views.components(asked(actor=SHOPPER))


# Parts


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.stem)
def test_a_part_says_what_it_is_and_how_it_is_used(part: Path) -> None:
    assert re.match(r"{% comment %}\s*\S.{20,}?{% endcomment %}", part.read_text(), re.DOTALL)


@pytest.mark.parametrize("template", PAGES, ids=lambda p: p.stem)
def test_a_template_brings_no_style_no_handler_and_no_raw_attributes(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert "{{ attrs }}" not in text, "cotton does not escape what it passes on; write attrs|spread"


@pytest.mark.parametrize("name", INLINE)
def test_a_part_for_running_text_brings_no_white_space(name: str) -> None:
    text = (HOUSE / "templates" / "cotton" / f"{name}.html").read_text()
    assert text.startswith("{% comment %}")
    assert not text.endswith("\n")


def test_a_state_takes_fact_tone_and_words_from_the_table() -> None:
    html = drawn('<c-state noun="return" state="authorized" />')
    assert html == '<span class="badge"\n  data-fact="decision" data-tone="good"\n>Authorized</span>'
    assert 'data-tone="moving"' in drawn('<c-state :of="pair" words="Lille hub" />', pair=("parcel", "in_transit"))


def test_a_state_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(states.UnknownState):
        drawn('<c-state noun="return" state="lost" />')


def test_an_icon_that_nobody_drew_is_an_error() -> None:
    with pytest.raises(icons.UnknownIcon, match="unicorn"):
        drawn('<c-icon name="unicorn" />')


@pytest.mark.parametrize("template", PAGES, ids=lambda p: p.stem)
def test_a_template_asks_only_for_icons_that_we_have(template: Path) -> None:
    text = template.read_text()
    asked_for = re.findall(r'{% icon "([\w-]+)"|(?<!-)\bicon(?:-after)?="([\w-]+)"|<c-icon name="([\w-]+)"', text)
    assert {name for names in asked_for for name in names if name} <= set(icons.drawings())


def test_what_people_write_stays_text() -> None:
    name = "\"' onmouseover='alert(1)\"><script>alert(2)</script>"
    html = drawn(
        '<c-avatar :name="name" /><c-button :label="name" :data-name="name" /><c-card :title="name">{{ name }}</c-card>'
        '<c-bubble :who="name" :at="at">{{ name }}</c-bubble><c-sum :lines="lines" />'
        '<c-composer :value="name" label="x" />'
        '<c-list.item :title="name" href="/" :about="name" /><c-callout :title="name">{{ name }}</c-callout>'
        '<c-journal :entries="entries" /><c-choice :title="name" id="choice" name="choice" :value="name" />',
        request=asked(),
        name=name,
        lines=[{"label": name, "amount": name}],
        entries=[{"title": name, "who": name}],
    )
    assert faults(html, is_whole=False) == []
    assert "<script" not in html


def test_a_part_refuses_to_pass_on_handlers_and_styles() -> None:
    for attribute in ('onclick="x"', 'style="x"'):
        with pytest.raises(ValueError, match="does not pass on"):
            drawn(f"<c-button label='x' {attribute} />")


def test_a_button_that_leads_somewhere_is_a_link() -> None:
    html = drawn('<c-button href="/next" kind="primary" size="big" key="A" label="Go on" hx-boost="true" />')
    assert '<a href="/next"' in html
    assert 'class="button primary big"' in html
    assert 'data-key="a" aria-keyshortcuts="a" hx-boost="true"' in " ".join(html.split())
    assert "<button" not in html


def test_an_action_of_a_menu_is_posted_with_its_token() -> None:
    html = drawn('<c-menu id="m" label="More"><c-menu.item action="/close" label="Close" /></c-menu>', request=asked())
    assert '<form method="post" action="/close">' in html
    assert "csrfmiddlewaretoken" in html


def test_pages_lead_on_and_keep_the_search() -> None:
    page = Paginator(range(25), 10).page(2)
    html = drawn('<c-pages :page="page" />', request=asked("/?q=tea&page=2"), page=page)
    assert "11 to 20 of 25" in html
    assert 'rel="prev" href="?q=tea&amp;page=1"' in html
    assert 'rel="next" href="?q=tea&amp;page=3"' in html


def test_a_list_of_one_page_has_no_way_through() -> None:
    assert drawn('<c-pages :page="page" />', request=asked(), page=Paginator(range(3), 10).page(1)).strip() == ""


# Forms


class Proof(forms.Form):
    """Two fields, one of them needed."""

    phone = forms.CharField(
        label="Last four digits", help_text="Of your phone", error_messages={"required": "Enter the last four digits"}
    )
    note = forms.CharField(label="Note", required=False)
    way = forms.ChoiceField(
        choices=[("qr", design_forms.Choice("Drop off", "350 m away", "Free"))], widget=forms.RadioSelect
    )


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    html = drawn('<c-field :field="form.phone" css="tiny" />', form=Proof({}))
    assert faults(html, is_whole=False) == []
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input tiny"' in html
    assert "Enter the last four digits" in html


def test_only_what_is_optional_says_so() -> None:
    form = Proof()
    assert "(optional)" in drawn('<c-field :field="form.note" />', form=form)
    assert "(optional)" not in drawn('<c-field :field="form.phone" />', form=form)


def test_choices_show_hint_and_price() -> None:
    html = drawn('<c-field :field="form.way" />', form=Proof({"way": "qr"}))
    assert faults(html, is_whole=False) == []
    assert "350 m away" in html
    assert 'value="qr" checked' in html


def test_the_summary_repeats_each_error_and_leads_to_its_field() -> None:
    html = drawn(
        '<c-errors :form="form" /><c-field :field="form.phone" /><c-field :field="form.way" />', form=Proof({})
    )
    assert faults(html, is_whole=False) == []
    assert '<a href="#id_phone">Enter the last four digits</a>' in html
    assert '<a href="#id_way_0">' in html
    assert "2 things need your attention" in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert drawn('<c-errors :form="form" />', form=Proof({"phone": "1234", "way": "qr"})).strip() == ""


# Clocks, states, rail

SPAN = {"source": "desk", "started_at": NOW - timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("clock", "state"),
    [
        (clocks.Clock(due_at=NOW + timedelta(minutes=15), **SPAN), "running"),
        (clocks.Clock(due_at=NOW + timedelta(minutes=7), **SPAN), "soon"),
        (clocks.Clock(due_at=NOW, **SPAN), "over"),
        (clocks.Clock(due_at=NOW + timedelta(days=9), paused_at=NOW, **SPAN), "paused"),
        (clocks.Clock(due_at=NOW - timedelta(days=9), met_at=NOW - timedelta(days=10), **SPAN), "met"),
        (clocks.Clock("law", NOW + timedelta(hours=3)), "running"),
        (clocks.Clock("law", NOW + timedelta(hours=2)), "soon"),
    ],
)
def test_a_clock_stands_as_its_time_says(clock: clocks.Clock, state: str) -> None:
    assert clocks.read(clock, at=NOW).state == state


def test_the_strip_keeps_its_order_and_has_one_lamp_on_the_first_to_run_out() -> None:
    law = clocks.Clock("law", NOW + timedelta(days=1))
    desk = clocks.Clock("desk", NOW + timedelta(days=2))
    paused = clocks.Clock("channel", NOW + timedelta(hours=1), paused_at=NOW)
    readings = clocks.read_all([law, paused, desk], at=NOW)
    assert [r.clock.source for r in readings] == ["desk", "channel", "law"]
    assert [r.has_lamp for r in readings] == [False, False, True]


LIFECYCLES = {life.noun: life for life in (CASE, NOTICE, PARCEL, RETURN, REFUND, REMEDY, REPLACEMENT, RECEIPT)}


@pytest.mark.parametrize("noun", sorted(LIFECYCLES))
def test_every_state_of_a_noun_has_a_face_and_no_other_has(noun: str) -> None:
    assert {face.state for face in states.faces_of(noun)} - {"none"} == set(LIFECYCLES[noun].states)


def test_every_face_has_a_known_tone_and_fact() -> None:
    assert {face.tone for face in states.FACES.values()} <= set(states.TONES)
    assert {face.fact for face in states.FACES.values()} <= {*states.FACTS, states.NO_FACT}


@pytest.mark.parametrize("role", [Role.AGENT, Role.DOCK, Role.FINANCE, Role.OPERATOR])
def test_the_rail_shows_each_role_only_its_own_places(role: Role) -> None:
    actor = Actor(role, "x", "X", merchant_id=1)
    places = [place for group in rail.rail_of(actor) for place in group.places]
    assert all(role in place.roles and place.url for place in places)


def test_shoppers_have_no_rail() -> None:
    assert rail.rail_of(SHOPPER) == []


# Money and dates in five languages

E, Y, K = Money(4990, "EUR"), Money(8980, "JPY"), Money(-1234, "KWD")


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ("en", ["€49.90", "¥8,980", "−KWD\xa01.234", "Tue 1 December", "Tuesday 1 December 2026"]),
        ("de", ["49,90\xa0€", "8.980\xa0¥", "−1,234\xa0KWD", "Di. 1. Dezember", "Dienstag, 1. Dezember 2026"]),
        ("fr", ["49,90\xa0€", "8\u202f980\xa0JPY", "−1,234\xa0KWD", "mar. 1 décembre", "mardi 1 décembre 2026"]),
        ("zh-hans", ["€49.90", "JP¥8,980", "−KWD\xa01.234", "12月1日周二", "2026年12月1日星期二"]),
        ("ja", ["€49.90", "￥8,980", "−KWD\xa01.234", "12月1日(火)", "2026年12月1日火曜日"]),
    ],
    indirect=["spoken"],
)
def test_money_and_days_follow_the_reader(spoken: str, words: list[str]) -> None:
    day = date(2026, 12, 1)
    told = [*map(homeward.money, (E, Y, K)), homeward.day(day), homeward.day(day, "long")]
    assert told == words


def test_two_currencies_of_one_sign_are_spelled() -> None:
    assert homeward.money(Money(29900, "CNY"), "clear") == "CN¥299.00"
    assert homeward.money(Money(1000, "USD"), "clear") == "US$10.00"
    assert homeward.money(None) == ""


def test_moments_are_told_in_the_zone_of_the_page() -> None:
    with override_settings(TIME_ZONE="Europe/Paris"):
        assert homeward.moment(datetime(2026, 11, 24, 20, 47, 8, tzinfo=UTC), "exact") == (
            "24 November 2026, 21:47:08 (Paris)"
        )


def test_ago_and_left_count_from_the_request_and_never_from_the_clock() -> None:
    source = "{% ago then %}|{% left due %}|{% left then %}|{% when then %}"
    told = drawn(source, request=asked(), then=NOW - timedelta(minutes=12), due=NOW + timedelta(minutes=4, seconds=10))
    assert told.split("|")[:3] == ["12 minutes ago", "4 min 10 sec", "12 min over"]
    assert '<time datetime="2026-11-24T09:18:00+00:00">09:18</time>' in told
    with pytest.raises(LookupError, match="at"):
        homeward.now(Context({}))


def test_a_text_of_many_languages_says_when_it_speaks_another() -> None:
    texts = {"en": "Rose", "ja": "薄紅"}
    assert homeward.words_in(texts) == "Rose"
    assert homeward.words_in(texts, "ja") == '<span lang="ja" dir="auto">薄紅</span>'
    with translation.override("de"):
        assert homeward.words_in(texts) == '<span lang="en" dir="auto">Rose</span>'
    assert homeward.words_in(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mei Laurent", "ML"), ("佐藤 花", "花"), ("王小明", "王"), ("bo", "BO"), ("", "?"), ("…", "?")],
)
def test_initials_stand_for_a_person(name: str, letters: str) -> None:
    assert homeward_parts.initials(name) == letters


def test_countries_are_named_for_the_reader() -> None:
    with translation.override("fr"):
        assert homeward.country_name("JP") == "Japon"
        assert 'title="Allemagne">DE</abbr>' in drawn('<c-country code="de" />')


# Charts and codes

LINE = charts.LineChart("Rate", ["a", "b", "c"], [charts.Series("now", [1, None, 3], look="area")], young_from=1)
BAR = charts.BarChart("Cost", ["DE"], [charts.Series("freight", [3.5]), charts.Series("duty", [0], 2)])
HEAT = charts.HeatChart("Hours", ["Mon"], ["0", "4"], [[0, 7]], hot=frozenset({(0, 1)}))


@pytest.mark.parametrize("chart", [LINE, BAR, HEAT], ids=["line", "bar", "heat"])
def test_a_chart_is_sound_svg_without_a_color_of_its_own(chart: Any) -> None:
    svg = str(chart.svg("sample"))
    assert ElementTree.fromstring(svg).get("aria-labelledby") == "sample-title"
    assert not re.search(r"style=|fill=|stroke=", svg)


def test_a_chart_has_its_table_twin() -> None:
    html = drawn('<c-chart.line :chart="chart" id="rate">Per week.</c-chart.line>', chart=LINE)
    assert faults(html, is_whole=False) == []
    assert LINE.table().rows == [("a", ["1"]), ("b", [""]), ("c", ["3"])]
    assert html.count("<tr>") == 4


@pytest.mark.parametrize("values", [[], [None], [0, 0, 0], [0.0004], [10**12]])
def test_a_chart_bears_nothing_zeros_and_extremes(values: list[float | None]) -> None:
    labels = [str(i) for i in range(len(values))]
    chart = charts.LineChart("x", labels, [charts.Series("y", values)])
    ElementTree.fromstring(str(chart.svg("x")))
    bar = charts.BarChart("x", labels, [charts.Series("y", values)])
    ElementTree.fromstring(str(bar.svg("x")))
    assert charts.spark(values) == "" or ElementTree.fromstring(charts.spark(values)) is not None


def test_gridlines_carry_round_figures() -> None:
    chart = charts.LineChart("x", ["a", "b"], [charts.Series("y", [5.4, 4])])
    assert re.findall(r'text-anchor="end"[^>]*>([\d.]+)<', str(chart.svg("x")))[:3] == ["2", "4", "6"]


# Frames


@pytest.mark.django_db
def test_the_shell_shows_who_is_signed_in_and_the_way_out() -> None:
    page = drawn('<c-frame.shell title="Cases"><h1>Cases</h1></c-frame.shell>', request=asked())
    assert faults(page) == []
    assert "<title>Cases · Homeward</title>" in page
    assert "Bo Lindqvist" in page
    assert "limit €50.00" in page
    assert '<form method="post" action="/account/logout/">' in page


def test_the_portal_carries_the_merchant_the_course_and_the_right_to_withdraw() -> None:
    merchant = {"name": "Lanting", "native_name": "兰亭", "native_language": "zh-hans", "legal_name": "Lanting SARL"}
    page = drawn(
        '<c-frame.portal title="Reason" :merchant="merchant" home="/m/lanting" :steps="steps" step="reason" '
        'withdraw="/m/lanting/withdraw"><h1>Why?</h1></c-frame.portal>',
        request=asked("/m/lanting/reason?order=1", actor=SHOPPER),
        merchant=merchant,
        steps=[("items", "Items"), ("reason", "Reason"), ("check", "Check")],
    )
    assert faults(page) == []
    assert '<a href="/m/lanting/withdraw">Withdraw from contract here</a>' in page
    assert '<li class="done"><span>Items' in page
    assert '<li aria-current="step"><span>Reason</span></li>' in page
    assert 'href="?order=1&amp;lang=ja" lang="ja"' in page
    assert "Reason · Lanting" in page


def test_the_reader_keeps_their_look() -> None:
    request = asked()
    request.COOKIES["homeward_theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in drawn("<c-frame.plain><h1>x</h1></c-frame.plain>", request=request)
    request.COOKIES["homeward_theme"] = '"><script>'
    assert '<html lang="en">' in drawn("<c-frame.plain><h1>x</h1></c-frame.plain>", request=request)


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.forbidden, 403), (views.not_found, 404), (views.form_expired, 403)],
)
@pytest.mark.parametrize("language", LOCALES)
def test_pages_for_what_went_wrong_have_no_fault(view: Any, status: int, language: str) -> None:
    with translation.override(language):
        answer = view(asked(actor=SHOPPER))
    assert answer.status_code == status
    assert faults(answer.content.decode()) == []


def test_our_own_fault_needs_no_request_and_no_database() -> None:
    answer = views.server_error(asked())
    assert answer.status_code == 500
    assert faults(answer.content.decode()) == []
    assert "Nothing was saved twice" in answer.content.decode()


def test_a_refusal_beyond_authority_names_the_limit_and_who_can_approve() -> None:
    refusal = PermissionError()
    refusal.amount, refusal.limit, refusal.approvers = Money(8000, "EUR"), Money(5000, "EUR"), ["Ada", "Jonas"]  # type: ignore[attr-defined]
    page = views.forbidden(asked(), refusal).content.decode()
    assert "€80.00 is above your limit of €50.00" in page
    assert "Ada, Jonas can approve it" in page


def test_a_conflict_shows_now_beside_what_was_wanted_and_keeps_the_text() -> None:
    page = get_template("409.html").render(
        {
            "now": states.face("return", "authorized"), "now_by": "Ada", "now_at": NOW, "wanted": "Ask for evidence",
            "allowed": ["Withdraw the return"], "kept": "Please send a photo", "back": "/desk/cases/1/",
        },
        asked(),
    )  # fmt: skip
    assert faults(page) == []
    assert "Authorized" in page
    assert "From here you can: Withdraw the return." in page
    assert "Please send a photo" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/account/password/reset/done/"])
def test_the_door_for_staff_has_no_fault(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert faults(answer.content.decode()) == []
    assert b"Homeward" in answer.content


def test_a_template_that_forgets_its_tag_library_fails_to_compile() -> None:
    with pytest.raises(TemplateSyntaxError):
        get_template("404.html").backend.engine.from_string("{{ x|nothing_like_this }}")


# Static files


def test_a_release_serves_one_sheet_and_modules_by_their_hash(tmp_path: Path) -> None:
    stores = {"staticfiles": {"BACKEND": "homeward.web.design.storage.ReleaseStorage"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=stores):
        call_command("collectstatic", interactive=False, verbosity=0)
    (sheet,) = (tmp_path / "design").glob("homeward.*.css")
    text = sheet.read_text()
    assert "@import" not in text
    assert text.index("@layer tokens, base") < text.index("--canvas") < text.index(".label-sheet")
    (entry,) = (tmp_path / "design" / "js").glob("homeward.*.js")
    imports = re.findall(r'from "\./(.+?)"', entry.read_text())
    assert imports
    assert all(
        (tmp_path / "design" / "js" / name).exists() and re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports
    )


def test_colors_live_in_tokens_alone() -> None:
    for sheet in (HOUSE / "static/design/css").rglob("*.css"):
        if sheet.name not in {"tokens.css", "print.css"}:
            text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?!\")|rgba?\(|hsl", text), sheet.name
