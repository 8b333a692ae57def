"""A press that sets documents with Typst: our templates, our faces, data only as values and never as markup."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from PIL import Image, UnidentifiedImageError

from homeward.connectors.documents import codes, fonts, words
from homeward.conversations.ports import CannotSet, Sheet
from homeward.logistics.addresses import Address
from homeward.logistics.ports import Form, LabelData, Mark, SlipData, SlipLine, VoucherData

TEMPLATES = Path(__file__).parent / "templates"
DPI = 203  # of thermal label printers
STANDARDS = ["a-2a", "ua-1"]  # to be kept, and to be read aloud

_INCH_COUNTRIES = frozenset({"US", "CA"})
_LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
_LONG_WORD = re.compile(r"\S{25,}")
_PICTURE_SIDE = 220  # pixels: 14 mm at a fine 400 dpi


@lru_cache
def _template(name: str) -> bytes:
    return b"\n".join((TEMPLATES / f"{part}.typ").read_bytes() for part in ("base", name))


class TypstPress:
    """Prints labels, packing slips, vouchers and letters in five languages; may be shared by threads."""

    def __init__(self) -> None:
        self._local = threading.local()  # a compiler lends itself to one caller at a time

    def label(self, data: LabelData, *, form: Form = Form.PDF) -> bytes:
        """Return one label on one page of 100 × 150 mm, or 4 × 6 inch in North America."""
        language = words.language_of(data.language)
        facts = [("date", words.short_day(data.issued_at.date(), language)), ("service", _carried_by(data))]
        if data.weight_g:
            facts.append(("weight", words.kilograms(data.weight_g, language)))
        sheet = self._sheet(data, language, across=690, side=225)
        sheet |= {
            "page": _label_page(data.sender.country),
            "merchant": _plain(data.merchant),
            "sender": _address(data.sender, language, seen_from=data.destination.country),
            "destination": _address(data.destination, language, seen_from=data.sender.country),
            "marks": list(data.marks),
            "facts": [(sheet["words"][name], _plain(value)) for name, value in facts if value],
        }
        if data.sender.country != data.destination.country:
            sheet["facts"].append(("", sheet["words"]["returned_goods"]))
        return self._print("label", sheet, form, data.issued_at)

    def packing_slip(self, data: SlipData) -> bytes:
        """Return the packing slip as PDF, on A4 or Letter."""
        language = words.language_of(data.language)
        by = words.day(data.hand_in_by, language) if data.hand_in_by else ""
        count = sum(line.quantity for line in data.lines)
        sheet = self._sheet(data, language, across=1100, side=230, date=by, count=count)
        say = sheet["words"]
        if not by:
            say["hand_in"] = say["hand_in_undated"]
        told = {"order_number": data.order_number, "method": data.method, "freight": data.payer, "hand_in_by": by}
        warned = [mark for mark in (Mark.LITHIUM_BATTERY, Mark.MEDICAL) if mark in data.marks]
        warnings = {Mark.LITHIUM_BATTERY: say["lithium"], Mark.MEDICAL: say["medical"]}
        sheet |= {
            "paper": "us-letter" if data.sender.country in _LETTER_COUNTRIES else "a4",
            "merchant": _plain(data.merchant),
            "sender": _address(data.sender, language, seen_from=data.destination.country),
            "destination": _address(data.destination, language, seen_from=data.sender.country),
            "lines": [_slip_line(line, say) for line in data.lines],
            "marks": list(data.marks),
            "warnings": [warnings[mark] for mark in warned],
            "notes": [_plain(note) for note in data.notes],
            "facts": [(say[name], _plain(value)) for name, value in told.items() if value],
            "footnotes": [(say["questions"], _plain(data.contact))] if data.contact else [],
        }
        return self._print("packing_slip", sheet, Form.PDF, data.issued_at)

    def voucher(self, data: VoucherData, *, form: Form = Form.PDF) -> bytes:
        """Return the drop-off code on a page of the size of a label."""
        language = words.language_of(data.language)
        place = data.place or data.carrier or words.phrases(language)["any_place"]
        sheet = self._sheet(data, language, across=690, side=420, place=_plain(place))
        sheet |= {
            "page": _label_page(""),
            "merchant": _plain(data.merchant),
            "hand_in_by": words.day(data.hand_in_by, language) if data.hand_in_by else None,
        }
        return self._print("voucher", sheet, form, data.issued_at)

    def sheet(self, sheet: Sheet) -> bytes:
        """Return a letter to keep as PDF, in the words that it brings along.

        :raises CannotSet: if Typst refuses them.
        """
        language = words.language_of(sheet.language)
        lang, region = words.typst_language(language)
        content = {
            "lang": lang,
            "region": region,
            "faces": {tag: fonts.faces(tag) for tag in ("ja", "zh-hans", "ko", "")} | {lang: fonts.faces(language)},
            "words": {},
            "paper": "us-letter" if sheet.is_letter_paper else "a4",
            "facts": [(_plain(name), _plain(value)) for name, value in sheet.facts],
            "notes": [str(note).translate(_CONTROLS) for note in sheet.notes],  # whole: people copy a fingerprint
            **{name: _plain(getattr(sheet, name)) for name in ("title", "lead", "quote", "sender")},
        }
        try:
            return self._print("sheet", content, Form.PDF, sheet.made_at)
        except typst.TypstError as error:
            raise CannotSet(error.message) from error

    def _sheet(
        self, data: LabelData | SlipData | VoucherData, language: str, *, across: int, side: int, **values: Any
    ) -> dict[str, Any]:
        """Return what every document carries; `across` and `side` are the dots that bars and square may take."""
        lang, region = words.typst_language(language)
        known = {
            "number": _plain(data.return_number), "part": data.part, "parts": data.parts, "code": data.code, "name": "",
            "date": "", "count": 0, "place": "", "page": "{page}", "pages": "{pages}", **values,
        }  # fmt: skip
        return {
            "lang": lang,
            "region": region,
            "faces": {tag: fonts.faces(tag) for tag in ("ja", "zh-hans", "ko", "")} | {lang: fonts.faces(language)},
            "words": words.filled(language, known),
            "return_number": known["number"],
            "part": data.part,
            "parts": data.parts,
            "spelled": _spelled(data.code),
            "bars": _drawn(codes.code128(data.code, across=across)),
            "qr": _drawn(codes.qr(data.link, across=side)),
        }

    def _print(self, template: str, sheet: dict[str, Any], form: Form, at: datetime) -> bytes:
        try:
            return self._set(template, sheet, form, at)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
        return self._set(template, _everywhere(sheet, fonts.displayable), form, at)

    def _set(self, template: str, sheet: dict[str, Any], form: Form, at: datetime) -> bytes:
        ask: dict[str, Any] = {"sys_inputs": {"data": json.dumps(sheet, ensure_ascii=False)}}
        if form is Form.PNG:
            ask |= {"format": "png", "ppi": DPI}
        else:
            ask |= {"format": "pdf", "pdf_standards": STANDARDS, "timestamp": int(at.timestamp())}
        made = self._compiler.compile(_template(template), **ask)
        if not isinstance(made, bytes):
            raise TypeError(f"{template} is meant to be one picture, but runs over several pages")
        return _for_thermal(made) if form is Form.PNG else made

    @property
    def _compiler(self) -> typst.Compiler:
        if not hasattr(self._local, "compiler"):
            self._local.compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts.library(), ignore_system_fonts=True)
        return self._local.compiler


def _label_page(country: str) -> dict[str, float]:
    return {"width": 101.6, "height": 152.4} if country in _INCH_COUNTRIES else {"width": 100, "height": 150}


def _carried_by(data: LabelData) -> str:
    return " · ".join(filter(None, (data.carrier, data.service)))


def _plain(text: str) -> str:
    """Return `text` without control characters, and with places to break inside very long words."""
    return _LONG_WORD.sub(_softened, str(text).translate(_CONTROLS)).strip()


def _softened(word: re.Match[str]) -> str:
    """Return a very long word with places to break: after a hyphen in words, after nothing in numbers and addresses."""
    letters = word[0]
    gap = "\u00ad" if letters.isalpha() else "\u200b"
    return gap.join(letters[at : at + 20] for at in range(0, len(letters), 20))


def _address(address: Address, language: str, *, seen_from: str) -> dict[str, Any]:
    lines = [_plain(line) for line in address.lines(language=language, seen_from=seen_from)]
    if len(lines) > 9:  # the town and the country stand last and must not be lost
        lines = lines[:6] + lines[-3:]
    name = _plain(address.name)
    strong = lines.index(name) if name in lines else 0
    return {"lines": lines, "language": address.script, "strong": strong}


def _slip_line(line: SlipLine, say: dict[str, Any]) -> dict[str, Any]:
    name = _plain(line.name)
    return {
        "name": name,
        "under": " · ".join(filter(None, (_plain(line.variant), _plain(line.sku)))),
        "quantity": line.quantity,
        "reason": _plain(line.reason),
        "note": _plain(line.note),
        "picture": _thumbnail(line.picture) if line.picture else None,
        "alt": say["picture_of"].removesuffix(" ") + name,
    }


def _spelled(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4)) if code.isalnum() and len(code) > 8 else code


def _drawn(symbol: codes.Symbol) -> dict[str, Any]:
    return {"svg": symbol.svg, "columns": symbol.columns, "rows": symbol.rows, "dots": symbol.dots}


def _thumbnail(picture: bytes) -> str | None:
    """Return a small copy of a photo wrapped in SVG, or None where the bytes are no picture that we can read."""
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as photo:
            photo.draft("RGB", (_PICTURE_SIDE, _PICTURE_SIDE))
            photo.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
            small = io.BytesIO()
            photo.convert("RGB").save(small, "JPEG", quality=82)
            width, height = photo.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    content = base64.b64encode(small.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{content}"/></svg>'
    )


def _for_thermal(picture: bytes) -> bytes:
    """Return a page in pure black and white, as a thermal head prints it."""
    page = Image.open(io.BytesIO(picture)).convert("L").point(lambda gray: 255 if gray > 140 else 0, "1")
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(DPI, DPI), compress_level=6)
    return out.getvalue()


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with `change` made to each text in it."""
    match value:
        case str():
            return change(value)
        case list() | tuple():
            return [_everywhere(one, change) for one in value]
        case dict():
            return {key: _everywhere(one, change) for key, one in value.items()}
        case _:
            return value
