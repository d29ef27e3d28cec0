"""What a cell of a table says: names that can be read, text without formulas, the column of the split."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from moons.data import numbers

FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
)  # how text begins that a spreadsheet would run, and what stops it
LONGEST_NAME = 60  # characters
SPLIT, TRAIN, TEST = "split", "train", "test"  # the column that says which points are held out, and its words
_TRAINS = frozenset(
    {"train", "training", "learn", "fit", "tr", "trn", "trainset", "학습", "훈련", "训练", "訓練", "学習",
     "entrenamiento", "apprentissage", "treino"}
)  # fmt: skip
_TESTS = frozenset(
    {"test", "testing", "val", "valid", "validation", "dev", "holdout", "hold-out", "held out", "eval", "te", "tst",
     "va", "vali", "evaluation", "testset", "평가", "검증", "시험", "테스트", "测试", "验证", "測試", "驗證", "検証",
     "評価", "テスト", "prueba", "teste"}
)  # fmt: skip
_SWITCH = re.compile(r"(?:is|in|for)[ _]?(train|training|test|testing|validation|val|holdout)(?:[ _]?set)?")
_TRUE, _FALSE = frozenset({"1", "true", "yes", "t", "y", "1.0"}), frozenset({"0", "false", "no", "f", "n", "0.0"})
_HIDDEN = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u180e\ufff9-\ufffc]")
_JOINERS = "\u200c\u200d"  # within words of Persian and many others, and within joined emoji


def number(cell: str) -> float | None:
    """The number in a cell, perhaps NaN or infinite; None for text. A comma is a decimal comma."""
    return numbers.number(cell)


def is_finite(cell: str) -> bool:
    """Whether a cell holds a number to compute with."""
    value = number(cell)
    return value is not None and bool(np.isfinite(value))


def is_whole(text: str) -> bool:
    """Whether text is a whole number as one is written, and no code like 007 or a number too long to compute with."""
    return re.fullmatch(r"[+-]?(0|[1-9][0-9]{0,14})", text) is not None and text not in ("-0", "+0")


def guarded(text: str) -> str:
    """`text` with ' before it where a spreadsheet would run it, or a reader would take it for a number or for JSON."""
    return f"'{text}" if _needs_guard(text) else text


def _needs_guard(text: str) -> bool:
    if is_whole(text):
        return False
    return text.startswith((*FORMULA, "{", "[")) or number(text) is not None or numbers.is_missing(text)


def unguarded(cell: str) -> str:
    """The text of a cell without the ' that `guarded` sets, and without what can't be seen."""
    text = clean(cell)
    return text[1:] if text[:1] == "'" and _needs_guard(text[1:]) else text


def clean(text: str) -> str:
    """`text` on one line, single blanks between words, without characters that hide or turn what stands around."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(
        sign if sign.isprintable() or sign in _JOINERS or "\U000e0020" <= sign <= "\U000e007f" else " "
        for sign in _HIDDEN.sub("", text)
    )
    return " ".join(seen.split()).strip(_JOINERS + " ")


def is_name(text: str) -> bool:
    """Whether text can name a class or a column: it is seen, and nothing in it turns or hides what stands around."""
    return 0 < len(text) <= LONGEST_NAME and text == clean(text)


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    """A long name with its middle left out, as long names often differ at their end."""
    if len(text) <= most:
        return text
    tail = most // 2 - 5
    return clean(f"{text[: most - tail - 1].rstrip()}…{text[-tail:].lstrip()}")


def unique(names: Iterable[str]) -> list[str]:
    """The names, each at most LONGEST_NAME long and unlike the others, in linear time."""
    names = [shortened(name) for name in names]
    taken, used, result = set(names), set[str](), []
    counts: dict[str, int] = {}
    for name in names:
        candidate = name
        while candidate in used:
            counts[name] = counts.get(name, 1) + 1
            ending = f" ({counts[name]})"
            fresh = name[: LONGEST_NAME - len(ending)].rstrip() + ending
            candidate = fresh if fresh not in taken else candidate
        used.add(candidate)
        result.append(candidate)
    return result


def unnamed(place: int) -> str:
    """The name of a column, 1, 2, …, that has none."""
    return f"column {place}"


def after_column(name: str) -> str:
    """A column's name to stand after the word column: of one without a name, its place."""
    return re.sub(r"^column (?=\d+$)", "", name)


def split_name(columns: Sequence[str]) -> str:
    """A name for the column that says which points are held out, unlike the other columns' names."""
    name = SPLIT
    while name in columns:
        name += "_"
    return name


def is_split(name: str, cells: Sequence[str]) -> bool:
    """Whether a column says which points are held out: its words are train and test, or the like, in any case.

    Or it is called is_train or is_test, and says yes or no.
    """
    words = {cell.strip().lower() for cell in cells} - {""}
    if _SWITCH.fullmatch(name.lower()):
        return len(words) == 2 and words <= _TRUE | _FALSE
    return bool(words & _TRAINS) and bool(words & _TESTS) and words <= _TRAINS | _TESTS


def may_be_split(cells: Sequence[str]) -> bool:
    """Whether some cells hold nothing but such words."""
    words = {cell.strip().lower() for cell in cells} - {""}
    return words <= _TRAINS | _TESTS or words <= _TRUE | _FALSE


def is_test(name: str, cell: str) -> bool:
    """Whether a cell of that column holds a point out."""
    word = cell.strip().lower()
    if switch := _SWITCH.fullmatch(name.lower()):
        return word in (_FALSE if switch[1].startswith("train") else _TRUE)
    return word in _TESTS
