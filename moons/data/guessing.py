"""Which columns are likely the inputs, and which is likely to be predicted: by name, by what they hold, by place."""

from collections import Counter
from collections.abc import Sequence

from moons.data import naming
from moons.data.cells import clean
from moons.data.grid import Grid
from moons.data.numbers import is_missing
from moons.data.options import Question, Sentence, question
from moons.fields import N_

NONE = -1  # in the place of a column: no second input, or no label
FEW = 10  # different whole numbers, at most, that make a column look like classes
MOST_ANSWERS = 4  # columns among which a person is asked to choose


def guess(sheet: Grid) -> tuple[int, int, int]:
    """The columns that look like the two inputs and the label; NONE for a second input or a label there isn't."""
    usable = [i for i in range(len(sheet.columns)) if i != sheet.split]
    if sheet.strict and usable == [0, 1, 2] and sheet.split == 3:
        return 0, 1, 2  # points that were exported
    usable = usable_columns(sheet)
    if len(usable) == 2:
        both = sheet.options.answer("two_columns") == "inputs" or not sheet.is_number(usable[0])
        return (usable[0], usable[1], NONE) if both and sheet.is_number(usable[1]) else (usable[0], NONE, usable[1])
    said = sheet.options.answer("label")
    label = int(said) if said is not None and said.isdecimal() and int(said) in usable else likely_labels(sheet)[0]
    inputs = [i for i in usable if i != label]
    inputs.sort(key=lambda i: _unfitness(sheet, i))
    usable_first = sheet.is_number(inputs[0]) and not sheet.is_constant(inputs[0])
    if usable_first and sheet.is_constant(inputs[1]):
        return inputs[0], NONE, label
    return inputs[0], inputs[1], label


def usable_columns(sheet: Grid) -> list[int]:
    """The columns that are neither the split nor only count or name the rows; all but the split if too few are left."""
    columns = [i for i in range(len(sheet.columns)) if i != sheet.split]
    if len(columns) <= 2:
        return columns
    usable = [i for i in columns if i not in sheet.index_columns]
    if len(usable) < 2:
        return columns
    told = [i for i in usable if i == usable[-1] or not sheet.is_text(i) or _is_class(sheet, i) or _is_named(sheet, i)]
    return told if len(told) == 2 else usable


def _unfitness(sheet: Grid, place: int) -> tuple[bool, bool, bool, bool]:
    """What speaks against a column as an input."""
    missing = [is_missing(row[place]) for row in sheet.peek]
    return (
        not sheet.is_number(place),
        sheet.is_constant(place),
        2 * sum(missing) > len(missing),
        sheet.holds(place) == "switches" or (sheet.has_names and naming.names_entry(clean(sheet.columns[place]))),
    )


def likely_labels(sheet: Grid) -> list[int]:
    """The columns that may be what is to be predicted, the likeliest first; one alone if its name says so."""
    usable = [i for i in range(len(sheet.columns)) if i != sheet.split]
    usable = [i for i in usable if i not in sheet.index_columns] or usable
    named = _named(sheet, usable) if sheet.has_names else None
    if named is not None:
        return [named]
    possible = [i for i in usable if sheet.is_number(i) or _is_class(sheet, i)]
    first, last = (possible[0], possible[-1]) if len(possible) > 2 else (usable[0], usable[-1])
    texts = [i for i in usable if _is_class(sheet, i)]
    personal = [i for i in texts if sheet.has_names and naming.names_person(clean(sheet.columns[i]))]
    plain = [i for i in texts if i not in personal]
    numbers = [i for i in usable if sheet.is_number(i) and i not in texts and not sheet.is_constant(i)]
    targets = [i for i in (last, first) if i in numbers and len(numbers) > 2 and _is_target(sheet, i)]
    ends = [i for i in (last, first) if i in plain]
    coded = [i for i in (last, first) if i in numbers and _is_coded(sheet, i, usable)]
    binary = [i for i in (last,) if texts and i in numbers and _few_whole(sheet, i) and len(_counts(sheet, i)) == 2]
    candidates = dict.fromkeys([*targets, *ends, *binary, *plain[::-1], *personal[::-1], *coded])
    alone = len(candidates) == 1 and (bool(texts) or (bool(targets) and targets[0] == last) or not sheet.has_names)
    return list(candidates) if alone else list(dict.fromkeys([*candidates, last]))


def label_question(sheet: Grid, label: int) -> tuple[Question, ...]:
    """Which column is to be predicted, where several may be."""
    if sheet.strict or len(sheet.columns) - (sheet.split is not None) < 3:
        return ()
    likely = likely_labels(sheet)[:MOST_ANSWERS]
    if len(likely) < 2 or label not in likely:
        return ()
    names = {str(i): Sentence("{name}", (("name", sheet.columns[i]),)) for i in sorted(likely)}
    options = sheet.options.answered("label", str(label))
    return (question("label", N_("Which column is to be predicted?"), names, str(likely[0]), options),)


def _named(sheet: Grid, usable: Sequence[int]) -> int | None:
    """The column whose name says that it is the class, or the one number that is called y."""
    names = [clean(name).lower() for name in sheet.columns]
    changing = [i for i in usable if not sheet.is_constant(i)]
    if len(changing) < len(usable) and any(_is_class(sheet, i) for i in changing):
        usable = changing
    for word in naming.CLASS:
        found = [i for i in usable if names[i] == word]
        if found:
            return found[0]
    ordered = [*usable[-1:], *usable[:-1]]
    for i in ordered:
        if naming.names_class(clean(sheet.columns[i])) and (sheet.is_number(i) or _is_class(sheet, i)):
            return i
    if "x" not in names and "z" not in names:
        return next((i for i in ordered if names[i] == "y"), None)
    return None


def _is_named(sheet: Grid, place: int) -> bool:
    """Whether a column is called a class."""
    name = clean(sheet.columns[place])
    return sheet.has_names and (name.lower() in naming.CLASS or naming.names_class(name))


def _is_target(sheet: Grid, place: int) -> bool:
    return sheet.has_names and naming.names_target(clean(sheet.columns[place]))


def _counts(sheet: Grid, place: int) -> Counter[str]:
    return Counter(cell for row in sheet.peek if not is_missing(cell := row[place]))


def _is_class(sheet: Grid, place: int) -> bool:
    """Whether a column holds words, each of which comes again."""
    if sheet.is_number(place) and sheet.holds(place) != "switches":
        return False
    counts = _counts(sheet, place)
    return 2 <= len(counts) <= max(2, sum(counts.values()) // 2)


def _is_coded(sheet: Grid, place: int, usable: Sequence[int]) -> bool:
    """Whether a column alone holds a few whole numbers from 0 or 1 on, each of them often."""
    return _few_whole(sheet, place) and not any(_few_whole(sheet, i) for i in usable if i != place)


def _few_whole(sheet: Grid, place: int) -> bool:
    counts = _counts(sheet, place)
    codes = {cell.strip().removesuffix(".0") for cell in counts}
    if not 2 <= len(codes) <= FEW or sum(counts.values()) < 3 * len(codes) or not all(map(str.isdecimal, codes)):
        return False
    values = sorted(map(int, codes))
    return values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
