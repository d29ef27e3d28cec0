"""Numbers as people write them: which mark is the decimal mark, which parts thousands, what is a unit."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = frozenset(
    {
        "", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "null", "nil", "none", "-", "--", "---",
        "–", "—", "?", ".", "..", "...", "missing", "unknown", "#null!", "#div/0!", "#value!", "#ref!", "#num!",
        "#name?", "k.a.",
        "k. a.", "\\n", "undefined", "n.d.", "nd", "없음", "결측", "缺失", "无", "なし", "欠損", "(null)",
        "(blank)", "void", "nat", "na.", "not available", "not applicable", "no data", "nodata", "missing value",
        "<null>", "empty", "(empty)", "#nv", "#wert!", "#bezug!", "#zahl!", "#error", "#error!", "#n/d", "keine angabe",
        "k.a", "s/d", "n.v.", "n/d", "sin dato", "해당없음", "해당 없음", "미상", "无数据", "暂无", "未知", "不明",
    }
)  # fmt: skip
NAMED = frozenset(
    {"nan", "none", "nil", "unknown", "void", "missing", "undefined", "nd"}
)  # words that a class may have
_FILLED = re.compile(r"\*{2,}|#{2,}|_{2,}|[$€£¥]\s*-")  # a cell too narrow for its number, or an accountant's dash
_DIGITS = {
    ord(sign): str(value)
    for zero in "０٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐"
    for value, sign in enumerate(chr(ord(zero) + i) for i in range(10))
}
_ALIKE = {
    "-": "−－‒–﹣",
    "+": "＋﹢",
    ".": "．٫",
    ",": "，",
    "'": "’‘ʼ´`٬",
    " ": "\u00a0\u202f\u2009\u2007\u2008\u200a\u3000",
    "%": "％﹪",
}
_SIGNS = {ord(sign): plain for plain, signs in _ALIKE.items() for sign in signs}
PLAIN = _DIGITS | _SIGNS
_PLAIN_SIGNS = re.compile("[" + "".join(map(chr, PLAIN)) + "]")
_CORE = r"[+-]?\s?(?:\d[\d.,' ]*|[.,]\d[\d ]*)(?:(?<=[\d.,])[eEdD][+-]?\d{1,4})?"
_PARTS = re.compile(
    rf"((?i:rs|fr|kr)\.|[^\d+\-.,'\s][^\d+\-.,]{{0,11}}?)?\s?({_CORE})"
    rf"(?:\s?([^\d\s+\-.,'_/*:^~±](?:[^\d.,;]|/10+(?=\D)){{0,14}}\d?))?"
)
_PREFIXES = frozenset("$€£¥₩₹₽₺₫฿₴₪")
_CURRENCY = re.compile(r"(?i)rs\.?|fr\.?|kr\.?|r\$|inr|chf")
_BEFORE, _BEHIND = re.compile(r"[+-]\s?[^\d\s+\-.,]\D{0,3}\d.*"), re.compile(r"\d[\d.,' ]*-")
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,12}")
_POWER = re.compile(r"(\d)\s?[×x*·⋅]\s?10\s?\^?\s?\(?([+-]?\d{1,3})\)?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875}
_GROUPS = {
    mark: re.compile(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{2,3}})*{re.escape(mark)}\d{{3}}") for mark in ".,' "
}


@dataclass(frozen=True)
class Marks:
    """The decimal marks ("." and "," may both be one) and the mark between thousands, if there is one."""

    decimal: str = "."
    thousands: str = ","


def plain(cell: str) -> str:
    """A cell's text with ASCII digits, signs and blanks."""
    text = cell.strip()
    return text.translate(PLAIN).strip() if not text.isascii() else text


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    text = cell.strip()
    if len(text) > 14 or text[:1] in "0123456789":
        return not text
    return text.lower() in MISSING or (text[:1] in "*#_$€£¥" and _FILLED.fullmatch(text) is not None)


def is_numeric(cell: str) -> bool:
    """Whether a cell looks like a number in any writing, a date, or a missing value."""
    text = plain(cell)
    if not text or is_missing(text):
        return True
    return _NUMERIC.fullmatch(text) is not None


_NUMERIC = re.compile(
    r"[+-]?\s?(?:\d+(?:[.,]\d*)?|[.,]\d+|\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d+)?)(?:[eE][+-]?\d+)?"
    r"|\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d)?.*)?|\d\d?[./]\d\d?[./]\d{2,4}(?: \d\d?:\d\d(?::\d\d)?)?"
    r"|\d\d?:\d\d(?::\d\d)?|\d\d?[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d\d?,? \d{4}"
    r"|\d{4}[年년] ?\d\d?[月월] ?\d\d?[日일]"
    r"|\d\d?(?:\.|er)? (?:de )?[^\W\d_]{3,10}\.? (?:de )?\d{4}"
    r"|[+-]?\d[\d.,]*(?:[eE][+-]?\d+)? ?(?:±|\+/-|\+-) ?\d[\d.,]*%?"
    r"|\d{4}\. ?\d\d?\. ?\d\d?\.?(?: (?:오전|오후|上午|下午|午前|午後)? ?\d\d?:\d\d(?::\d\d)?)?"
    r"|\d\d?/\d\d?/\d{2,4} \d\d?:\d\d(?::\d\d)? ?[AaPp][Mm]"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? \d\d:\d\d:\d\d .{0,10}\d{4}"
    r"|[NSEW]? ?\d{1,3}(?:[.,]\d+)? ?[°º][\d.,'\"′″’” ]*[NSEW]?"
)


def number(cell: str, marks: Marks | None = None) -> float | None:
    """The number in a cell, perhaps NaN or infinite; None for text. Without marks, a comma is a decimal comma."""
    text = plain(cell)
    if marks is None:
        text = text if "." in text else text.replace(",", ".")
        marks = Marks(".", "")
    try:
        return (
            float(text) if _is_ascii_number(text) and "," not in text and marks.decimal == "." else _marked(text, marks)
        )
    except ValueError:
        return _marked(text, marks)


def _is_ascii_number(text: str) -> bool:
    return "_" not in text and text.isascii()  # Python reads 1_000, nobody else does


def _marked(text: str, marks: Marks) -> float | None:
    """The number of a text with marks; None if they stand where none can."""
    body, exponent, power = (
        text.partition("e") if "e" in text else text.partition("E") if "E" in text else text.partition("D")
    )
    for mark in dict.fromkeys((marks.thousands, " ", "'")):
        if mark and mark in body:
            whole, fraction = _halves(body, marks, mark)
            if not _GROUPS[mark].fullmatch(whole.replace("- ", "-").replace("+ ", "+")):
                if mark == " " and re.fullmatch(r"[+-] \d[^ ]*", body):
                    body = body.replace(" ", "")
                    continue
                return None
            body = whole.replace(mark, "") + fraction
    for mark in marks.decimal:
        if body.count(mark) == 1:
            body = body.replace(mark, ".")
            break
    try:
        return (
            float(body + ("e" + power if exponent else "")) if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", body) else None
        )
    except ValueError:
        return None


def _halves(body: str, marks: Marks, thousands: str) -> tuple[str, str]:
    """What stands before the decimal mark, and from it on."""
    for mark in marks.decimal:
        if mark != thousands and mark in body:
            whole, _mark, fraction = body.partition(mark)
            return whole, f"{mark}{fraction}"
    return body, ""


def parts(cell: str, marks: Marks) -> tuple[float | None, str]:
    """The number in a cell and its unit, as ("12 cm") or before it ("$ 12"); None for text."""
    text = plain(cell)
    signed = _signed(text, marks)
    if signed is not None:
        return signed
    if "10" in text and (found := _POWER.search(raised := text.translate(_RAISED))):
        text = f"{raised[: found.end(1)]}e{found[2]}{raised[found.end() :]}"
    value = number(text, marks)
    if value is not None and (math.isfinite(value) or not text[-1:].isalpha()):
        return value, ""
    split = _PARTS.fullmatch(text)
    if not split or (split[1] and split[3]):
        return value, ""
    before, unit = (split[1] or "").strip(), (split[3] or "").strip()
    if before and not _is_currency(before):
        return value, ""
    within = number(split[2].strip(), marks)
    return (within, before or unit) if within is not None and (before or unit) else (value, "")


def _signed(text: str, marks: Marks) -> tuple[float | None, str] | None:
    """A number whose sign, fraction or base is written in its own way: (12), -$12, 12-, 3½, 0x1F; None for others."""
    if text[-1:] == ")" and "(" in text:  # how books write what is below 0, perhaps with a currency before it
        before, _mark, inside = text[:-1].partition("(")
        if not before.strip() or _is_currency(before.strip()):
            value, unit = parts(before + inside, marks)
            return (None if value is None or inside[:1] in "+-(" else -value), unit
    if _BEFORE.fullmatch(text) and _is_currency(re.split(r"\d", text[1:])[0].strip()):
        value, unit = parts(text[1:].strip(), marks)
        return (-value if value is not None and text[0] == "-" else value), unit
    value = None
    if _BEHIND.fullmatch(text):  # how some programs write what is below 0
        value = number(text[:-1].strip(), marks)
        value = None if value is None else -value
    elif text[-1:] in _VULGAR:
        whole = number(text[:-1].strip() or "0", marks)
        value = None if whole is None else math.copysign(abs(whole) + _VULGAR[text[-1]], whole)
    elif _HEX.fullmatch(text):
        value = float(int(text, 16))
    return None if value is None else (value, "")


def _is_currency(text: str) -> bool:
    """Whether what stands before a number is a currency."""
    return bool(set(text) & _PREFIXES) or re.fullmatch("[A-Z]{3}", text) is not None or bool(_CURRENCY.fullmatch(text))


def _searches(mark: str, other: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What shows that a mark is the decimal mark, that it parts thousands, and what leaves it open."""
    m, o = re.escape(mark), re.escape(other)
    start, end = r"(?<![\w.,:/])[+-]?", r"(?![\d:/]|[.,]\d)"
    grouped = rf"[1-9]\d{{0,2}}{m}\d{{3}}"
    return (
        re.compile(
            rf"{start}(?:(?:0\d*|\d{{4,}})?{m}\d+|\d{{1,3}}{m}(?:\d{{1,2}}|\d{{4,}})|\d+{m}\d+[eE][+-]?\d+){end}"
            rf"|{start}[1-9]\d{{0,2}}(?:{o}\d{{3}})+{m}\d+{end}"
        ),
        re.compile(rf"{start}[1-9]\d{{0,2}}(?:(?:{m}\d{{3}}){{2,}}|(?:{m}\d{{3}})+{o}\d+){end}"),
        re.compile(rf"{start}{grouped}{end}"),
    )


_EVIDENCE = {mark: _searches(mark, other) for mark, other in (".,", ",.")}
_BARE = re.compile(r"(?:^|\n)\s*[+-]?\d{1,3}\s*(?=\n|$)")


@dataclass(frozen=True)
class Found:
    """The marks of a file, and which of them is open, with a cell that shows it."""

    marks: Marks
    open_mark: str = ""
    example: str = ""
    mixed: bool = False  # both marks are decimal marks


def marks_of(columns: Iterable[Sequence[str]], *, quoted_comma: bool = False, limit: int = 30_000_000) -> Found:
    """The decimal and the thousands mark of columns of numbers, by what only one of them allows."""
    text = ""
    dec = {".": False, ",": False}
    tho = dict(dec)
    grouped = {".": "", ",": ""}
    bare = {".": False, ",": False}
    round_ = {".": True, ",": True}  # whether all of them end with three zeros
    for column in columns:
        text = "\n".join(column)[:limit]
        if not text.isascii():
            text = text.translate(PLAIN)
        for mark in ".,":
            if mark not in text:
                continue
            decimal, thousands, either = _EVIDENCE[mark]
            dec[mark] = dec[mark] or decimal.search(text) is not None
            tho[mark] = tho[mark] or thousands.search(text) is not None
            if example := either.search(text):
                grouped[mark] = grouped[mark] or example[0]
                bare[mark] = bare[mark] or _BARE.search(text) is not None
                round_[mark] = round_[mark] and all(found.endswith("000") for found in either.findall(text[:100_000]))
    if dec["."] and dec[","]:
        return Found(Marks(".,", ""), mixed=True)
    if dec[","] or (tho["."] and not dec["."]):
        return Found(Marks(",", "."))
    if dec["."] or tho[","]:
        return Found(Marks(".", ","))
    if grouped["."] and grouped[","]:
        return Found(Marks(".", ","), ",", grouped[","])
    mark = "." if grouped["."] else ","
    if not grouped[mark]:
        return Found(Marks(".", ","))
    is_thousands = bare[mark] or round_[mark] or (mark == "," and quoted_comma)
    return Found(with_mark(mark, is_thousands), mark, grouped[mark])


def with_mark(mark: str, is_thousands: bool) -> Marks:
    """The marks of a file in which `mark` parts thousands, or is the decimal mark."""
    other = "," if mark == "." else "."
    return Marks(other, mark) if is_thousands else Marks(mark, other)


def floats(cells: Sequence[str], marks: Marks) -> NDArray[np.float64] | None:
    """All cells as numbers if they are plain ones, quickly; None otherwise."""
    text = "\n".join(cells)
    if "_" in text or not text.isascii() or re.search(r"[^\d.eE+\-\s]", text) or marks.decimal == ",":
        return None
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None
