"""Every term on an axis, a setting or in a menu has an entry in the glossary."""

import ast
from pathlib import Path

import pytest

from dashboard.app.words import NAMES
from dashboard.page.glossary import ALIASES, LABELS, TERMS, term_of
from moons.fields import label_of, ruled_fields
from moons.share import PARTS

ROOT = Path(__file__).parents[1]
FIELDS = sorted({label_of(spec, field.name) for spec in PARTS.values() for field, _rule in ruled_fields(spec)})


MAKERS = ("update_xaxes", "update_yaxes", "_laid_out", "_unit_square", "_framed", "_axis_titles")


def sentences(node):
    """The sentences that a piece of source asks gettext for, their places {…} not yet filled."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "_" and isinstance(part.args[0], ast.Constant):
            yield part.args[0].value


def axis_titles():
    """What stands on the axes of the figures, in English: also where a helper or a name carries it there."""
    for path in (ROOT / "moons" / "plots").glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            named = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and function.name in MAKERS and node.value:
                    yield from sentences(node.value)
                if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in MAKERS:
                    continue
                first = 0 if ast.unparse(node.func) == "_unit_square" else 1
                texts = [*node.args[first : first + 2], *(k.value for k in node.keywords if k.arg == "title")]
                for text in texts:
                    yield from sentences(text)
                    words = {part.id for part in ast.walk(text) if isinstance(part, ast.Name)}
                    for assigned in named:
                        targets = {
                            part.id for goal in assigned.targets for part in ast.walk(goal) if hasattr(part, "id")
                        }
                        if words & targets - {"_"}:
                            yield from sentences(assigned.value)


@pytest.mark.parametrize("label", FIELDS)
def test_every_setting_has_a_term(label):
    assert term_of(label) in TERMS


def test_every_axis_has_a_term():
    titles = set(axis_titles())
    assert {"true {name}", "unit {unit}", "first random direction", "false positive rate"} <= titles
    assert {title for title in titles if term_of(title) not in TERMS} == set()


def test_one_look_at_an_axis_or_a_label_shows_its_term():
    assert set(axis_titles()) <= set(LABELS)
    assert {label for label in LABELS if term_of(label) not in TERMS} == set()


def test_every_name_in_a_menu_has_a_term():
    no_terms = {"as sent", "scrambled", "PyTorch's default", "Xavier (Glorot)", "He (Kaiming)", "All zeros"}
    assert {name for name in set(NAMES.values()) - no_terms if term_of(name) not in TERMS} == set()


def test_the_terms_a_beginner_asks_for_are_there():
    for word in ("nats", "step", "momentum", "R²", "autograd", "unit", "weight", "bias", "cost", "nonsense"):
        assert (term_of(word) is None) == (word == "nonsense")
    assert set(ALIASES.values()) <= set(TERMS)
