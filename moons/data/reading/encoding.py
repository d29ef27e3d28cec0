"""From bytes to text. What no mark says is decided by the characters that come out.

Detectors by statistics (charset-normalizer, uchardet) need running text: of sixteen small tables in ten codecs they
named six and five. Here every codec of the list decodes, and the text with the likeliest characters wins.
"""

import codecs
import re
from dataclasses import dataclass

from moons.data.options import Note, Question, ReadOptions, Sentence, note, question
from moons.data.reading import characters
from moons.data.reading.clashes import CYRILLIC, OTHERS, clashes
from moons.fields import N_, FieldError

LEGACY = (
    "cp949", "gb18030", "big5", "cp932", "euc_jp", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "iso8859_2",
    "koi8_r", "mac_roman", "cp1255", "cp1256", "cp874", "cp1257", "cp866", "cp850", "iso8859_5", "iso8859_6",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", *LEGACY)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SCRIPTS = {
    "cp949": characters.KOREAN, "gb18030": characters.CHINESE, "big5": characters.TRADITIONAL,
    "cp932": characters.JAPANESE, "euc_jp": characters.JAPANESE, "cp1252": characters.WESTERN,
    "cp1250": characters.CENTRAL, "cp1251": characters.CYRILLIC, "cp1253": characters.GREEK,
    "cp1254": characters.TURKISH, "iso8859_2": characters.CENTRAL, "koi8_r": characters.CYRILLIC,
    "mac_roman": characters.WESTERN, "cp1255": characters.HEBREW, "cp1256": characters.ARABIC, "cp874": characters.THAI,
    "cp1257": characters.BALTIC, "cp866": characters.CYRILLIC, "cp850": characters.WESTERN,
    "iso8859_5": characters.CYRILLIC, "iso8859_6": characters.ARABIC,
}  # fmt: skip
_LATIN = ("cp1252", "cp1250", "cp1254", "iso8859_2", "mac_roman", "cp1257", "cp850")
MIXED = 0.15  # what words weigh less whose letters are of no one language
RARE = {
    "mac_roman": 0.06,
    "iso8859_2": 0.12,
    "cp850": 0.15,
    "cp866": 0.02,
    "iso8859_5": 0.06,
    "cp1257": 0.06,
    "cp1256": 0.02,
    "iso8859_6": 0.05,
    "cp874": 0.04,
}  # what codecs weigh less that few files have
_SIGNS = "µªº"  # letters to Unicode, and signs to people
PEEK = 50_000  # characters that are weighed
SURE = 0.15  # by which the likeliest codec leads where nothing is asked
_NUMBER = re.compile(r"[+-]?\d[\d.,:/]*")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True)
class Text:
    """A file's text."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()


def decoded(data: bytes, options: ReadOptions) -> Text:
    """The text of a file. Raises FieldError if it holds none, or not in the encoding that was asked for."""
    said = options.encoding or options.answer("encoding")
    stripped = data.rstrip(b"\0")
    if said is not None:
        return _said(data, said)
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    wide = marked if marked and marked != "utf-8" else _wide(data)
    if wide:
        return _wide_text(data, wide)
    notes: tuple[Note, ...] = ()
    if len(stripped) < len(data):
        notes = (
            note(N_("The table ends with {value} empty bytes, which were left out."), value=len(data) - len(stripped)),
        )
    if b"\0" in stripped:
        stripped = _without_nuls(stripped)
        notes = (note(N_("Empty bytes within the table were left out.")),)
    if re.search(rb"\x1b\$[@B].*?\x1b\([BJ]", stripped[:PEEK], re.DOTALL):
        return _said(stripped, "iso2022_jp")
    found = _utf8(stripped) or _legacy(stripped, options)
    _check_text(found.text)
    return Text(found.text, found.encoding, notes + found.notes, found.questions)


def _said(data: bytes, encoding: str) -> Text:
    try:
        codecs.lookup(encoding)
        text = (
            data.rstrip(b"\0").decode(encoding, errors="replace")
            if "16" not in encoding and "32" not in encoding
            else data.decode(encoding, errors="replace")
        )
    except (LookupError, UnicodeError, ValueError):
        raise FieldError(N_("the table can't be read as {value}"), value=encoding[:40]) from None
    text = text.lstrip("\ufeff").replace("\0", "")
    lost = text.count("\ufffd")
    notes = (
        (note(N_("{value} characters can't be read as {encoding}."), value=lost, encoding=encoding),) if lost else ()
    )
    return Text(text, encoding, notes)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is 0."""
    peek = data.rstrip(b"\0")[:4_000]
    even, odd = peek[::2].count(0), peek[1::2].count(0)
    if len(peek) < 8 or max(even, odd) < 0.15 * len(peek) or min(even, odd) > 0.1 * max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _wide_text(data: bytes, encoding: str) -> Text:
    unit = 4 if "32" in encoding else 2
    whole = data[: len(data) - len(data) % unit]
    try:
        text = whole.decode(encoding, errors="strict")
    except UnicodeDecodeError as error:
        if error.end < len(whole) - 2 * unit:
            template = N_("the table begins as {value} and can't be read as it")
            raise FieldError(template, value=encoding.upper()) from None
        text, whole = whole[: error.start].decode(encoding), whole[:-1]
    text = text.lstrip("\ufeff").rstrip("\0").replace("\0", "")
    _check_text(text)
    if len(whole) < len(data):
        return Text(_whole_lines(text), encoding, (_cut(text),))
    return Text(text, encoding)


def _utf8(data: bytes) -> Text | None:
    """UTF-8, perhaps cut in a character, perhaps with a few bytes of another codec."""
    try:
        return Text(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            text = data[: error.start].decode("utf-8-sig")
            return Text(_whole_lines(text), "utf-8", (_cut(text),)) if _FOREIGN.search(text) else None
    text = data.decode("utf-8-sig", errors="surrogateescape")
    bad = len(re.findall("[\udc80-\udcff]", text))
    good = sum(ord(sign) >= 0x80 for sign in "".join(_FOREIGN.findall(text[:PEEK]))) - bad
    if bad * 5 > good:
        return None
    mended = re.sub("[\udc80-\udcff]", lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)
    template = N_("{value} bytes are not UTF-8, as the rest of the table is: they were read as Windows-1252.")
    return Text(mended, "utf-8", (note(template, value=bad),))


def _cut(text: str) -> Note:
    row = text.count("\n") + 1
    return note(N_("The table ends in the middle of a character: its last row, {rows}, was left out."), (row,))


def _whole_lines(text: str) -> str:
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text[: end + 1] if end >= 0 else text


def _without_nuls(data: bytes) -> bytes:
    rest = data.replace(b"\0", b"")
    if len(rest) < 0.5 * len(data) or sum(byte < 9 for byte in rest[:4_000]) > 0:
        raise FieldError(_BINARY)
    return rest


def _legacy(data: bytes, options: ReadOptions) -> Text:
    """The codec whose characters are the likeliest; asked if another is nearly as likely."""
    weighed = sorted(((_weight(data, name), name) for name in LEGACY), key=lambda pair: -pair[0])
    (best, name), (second, _other) = weighed[:2]
    if best <= 0:
        raise FieldError(N_("the text of the table is in no encoding known here: save it as UTF-8"))
    text = data.decode(name, errors="replace")
    template = N_("The text was read as {encoding}.")
    if best - second >= SURE:
        return Text(text, name, (note(template, encoding=NAMES[name]),))
    likely = [other for weight, other in weighed if weight > 0 and best - weight < SURE]
    sample = {other: _sample(data, other) for other in likely}
    likely = [other for i, other in enumerate(likely) if sample[other] not in [sample[one] for one in likely[:i]]]
    if len(likely) == 1:
        return Text(text, name, (note(template, encoding=NAMES[name]),))
    asked = question(
        "encoding",
        N_("Which text is right?"),
        {
            other: Sentence("{text} ({encoding})", (("text", sample[other]), ("encoding", NAMES[other])))
            for other in likely
        },
        name,
        options,
    )
    return Text(text, name, (note(template, encoding=NAMES[name]),), (asked,))


NAMES = {
    "cp949": "CP949", "gb18030": "GBK", "big5": "Big5", "cp932": "Shift_JIS", "euc_jp": "EUC-JP",
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1253": "Windows-1253",
    "cp1254": "Windows-1254", "iso8859_2": "ISO 8859-2", "koi8_r": "KOI8-R", "mac_roman": "Mac Roman",
    "cp1255": "Windows-1255", "cp1256": "Windows-1256", "cp874": "Windows-874", "cp1257": "Windows-1257",
    "cp866": "CP866", "cp850": "CP850", "iso8859_5": "ISO 8859-5", "iso8859_6": "ISO 8859-6",
    "iso2022_jp": "ISO-2022-JP",
}  # fmt: skip


def _sample(data: bytes, encoding: str) -> str:
    """The first words that aren't ASCII."""
    text = data[:PEEK].decode(encoding, errors="ignore")
    words = dict.fromkeys(word for word in re.findall(r"[^\s,;|\"]+", text) if _FOREIGN.search(word))
    return ", ".join(list(words)[:4])[:40]


def _weight(data: bytes, encoding: str) -> float:
    """How likely the characters are that a codec gives, from 0 to 1: the different words count, not their number."""
    decoder = codecs.getincrementaldecoder(encoding)()
    peek = data[:PEEK]
    try:
        text = decoder.decode(peek, final=len(data) <= PEEK)
    except UnicodeDecodeError:
        return 0.0
    words = set(re.findall(r"[^\s,;|\"\t]+", text))
    foreign = sorted({_NUMBER.sub("", word) for word in words if _FOREIGN.search(word)} - {""})
    foreign = [word for word in foreign if _FOREIGN.search(word)]
    if not foreign:
        return 0.0
    common = _SCRIPTS[encoding]
    weights = [_letter(sign, encoding, common) for word in foreign for sign in word if sign > "\x7f"]
    n_clashes = sum(clashes(word, encoding) for word in foreign)
    mixed = encoding in _LATIN and not _is_one_language(foreign)
    return sum(weights) / len(weights) - 0.5 * n_clashes / len(foreign) - MIXED * mixed - RARE.get(encoding, 0.0)


def _is_one_language(words: list[str]) -> bool:
    """Whether all letters beyond ASCII belong to one language's alphabet."""
    letters = {
        letter
        for word in words
        for letter in word.lower()
        if letter > "\x7f" and letter.isalpha() and letter not in _SIGNS
    }
    return any(letters <= alphabet for alphabet in characters.LANGUAGES)


def _letter(sign: str, encoding: str, common: frozenset[str]) -> float:  # noqa: PLR0911 - a scale
    """How likely a character is in text of this codec."""
    code = ord(sign)
    if encoding in ("cp932", "euc_jp") and 0x3041 <= code <= 0x30FE:
        return 0.9
    if encoding in CYRILLIC and sign.isalpha():
        return (0.9 if sign.islower() else 0.8) - (0.15 if sign.lower() not in characters.COMMON_CYRILLIC else 0.0)
    if encoding == "cp1252" and sign in "ðþÐÞýÝ":
        return 0.65  # Icelandic; ğ, ş and ı of the far more common Turkish stand in their places
    if sign in common:
        return 0.8 if encoding in _LATIN and sign.isalpha() and sign not in _SIGNS else 0.9
    if encoding == "cp949" and 0xAC00 <= code <= 0xD7A3:
        # KS X 1001 holds the 2,350 syllables in use, CP949 adds the others
        return 0.45 if _length(sign, "euc_kr") else 0.0
    if encoding in ("gb18030", "big5", "cp932", "euc_jp") and 0x4E00 <= code <= 0x9FFF:
        return 0.4 if _is_first_level(sign, encoding) else 0.05
    if 0xFF61 <= code <= 0xFF9F or 0xE000 <= code <= 0xF8FF or code < 0xA0:
        return 0.0
    if encoding in (*_LATIN, *OTHERS):
        return 0.2 if sign.isalpha() else 0.1
    return 0.2 if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E else 0.0


def _length(sign: str, encoding: str) -> int:
    return len(sign.encode(encoding, errors="ignore"))


def _is_first_level(sign: str, encoding: str) -> bool:
    """Whether a character belongs to the commoner half of its standard."""
    raw = sign.encode(encoding, errors="ignore")
    first = raw[0] if raw else 0
    low, high = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp932": (0x88, 0x97), "euc_jp": (0xB0, 0xCF)}[encoding]
    return len(raw) == 2 and low <= first <= high and (encoding != "gb18030" or raw[1] >= 0xA1)


_BINARY = N_("the table must be text or a workbook, and this one is binary")


def _check_text(text: str) -> None:
    peek = text[:PEEK]
    odd = sum(sign < " " and sign not in "\t\n\r\f\v\x01\x1a\x1c\x1d\x1e\x1f" for sign in peek)
    if odd > 0.01 * len(peek):
        raise FieldError(_BINARY)
