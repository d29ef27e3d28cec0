"""What no word of a language has: by it a codec that decodes a file is found not to be the file's own."""

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

from moons.data.reading import characters

EAST_ASIAN = ("cp949", "gb18030", "big5", "cp932", "euc_jp")
CYRILLIC = ("cp1251", "koi8_r", "cp866", "iso8859_5")
OTHERS = ("cp1253", "cp1255", "cp1256", "iso8859_6", "cp874", *CYRILLIC)  # whose words have no Latin letters
_SIGN_WITHIN = re.compile(r"[^\W\d_][±²³½¼¾÷×°§«»·…™®©£¤¥¦¬¶¸¯¨´][^\W\d_]")
_NOT_WESTERN = re.compile(r"õ(?!e)|[^\W\d]{2}[ºª]|û$")
_FRAGMENT = re.compile(r"[A-Za-z(\[]*[^\x00-\x7f][A-Za-z)\]]*")


def clashes(word: str, encoding: str) -> bool:
    """Whether a word mixes what no word mixes: Greek with Latin letters, a capital after small ones."""
    if encoding in EAST_ASIAN:
        return bool(_FRAGMENT.fullmatch(word)) and len(word) < 3 and not word.isalpha()
    if _SIGN_WITHIN.search(word) or (encoding in _RULES and _RULES[encoding](word)):
        return True
    letters = _letters(word)
    foreign = [sign for sign in letters if sign > "\x7f"]
    raised = any(a.islower() and b.isupper() and b > "\x7f" for a, b in pairwise(letters))
    if encoding in OTHERS:
        return raised or 0 < len(foreign) < len(letters)
    return raised or 2 < len(letters) < 2 * len(foreign)


def _letters(word: str) -> str:
    """The letters of a word, and the marks on them."""
    return "".join(sign for sign in word if sign.isalpha() or unicodedata.category(sign) == "Mn")


def _is_no_greek(word: str) -> bool:
    """Whether a word of small letters has no accent, as nearly each Greek one has, or a final sigma within it."""
    bare = len(word) > 2 and word.islower() and word.isalpha() and not set(word) & set("άέήίόύώΐΰ")
    return bare or "ς" in word[:-1]


def _is_no_hebrew(word: str) -> bool:
    return any(sign in characters.FINAL_HEBREW for sign in _letters(word)[:-1])


def _is_no_arabic(word: str) -> bool:
    return any(sign in "ةى" for sign in _letters(word)[:-1])  # which end a word


def _is_no_thai(word: str) -> bool:
    """Whether a word can't be Thai: its marks stand on no consonants, or a longer one has no vowel."""
    foreign = "".join(sign for sign in _letters(word) if sign > "\x7f")
    spoken = len(foreign) < 3 or bool(characters.THAI_VOWELS & set(foreign))
    return not spoken or characters.THAI_WORD.fullmatch(foreign) is None


def _is_not_western(word: str) -> bool:
    return _NOT_WESTERN.search(word) is not None


_RULES: dict[str, Callable[[str], bool]] = {
    "cp1252": _is_not_western, "cp850": _is_not_western, "mac_roman": _is_not_western, "cp1253": _is_no_greek,
    "cp1255": _is_no_hebrew, "cp1256": _is_no_arabic, "iso8859_6": _is_no_arabic, "cp874": _is_no_thai,
}  # fmt: skip
