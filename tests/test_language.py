"""The page's sentences: all of them can be translated, and all of them are."""

import ast
import gettext
import re
from string import Formatter

import pytest

from dashboard.app.translate import translator
from dashboard.page import session
from tests import messages

ROOT = messages.ROOT
SOURCES = [*ROOT.glob("moons/**/*.py"), *ROOT.glob("dashboard/**/*.py")]
CATALOGUE = [message for message in messages.read() if message.id]


def forms(message):
    """A message's English: one form, or singular and plural."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def name(message):
    return forms(message)[0][:60]


def placeholders(text):
    return {f"{field}:{spec}" for _text, field, spec, _how in Formatter().parse(text) if field is not None}


def test_every_sentence_is_in_the_catalogue_and_no_other():
    # run `make messages` and translate what it lists
    said = {tuple(forms(message)) for message in messages.template() if message.id}
    known = {tuple(forms(message)) for message in CATALOGUE}
    assert said - known == set(), "missing"
    assert known - said == set(), "unused"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_sentence_is_translated_whole_before_it_is_filled(path):
    for call in messages.calls(path.read_text(encoding="utf-8")):
        text = call.args[0]
        filled = isinstance(text, ast.Call) and ast.unparse(text.func).endswith(".format")
        chosen = isinstance(text, ast.IfExp) and any(
            isinstance(part, ast.Constant) for part in (text.body, text.orelse)
        )
        assert not isinstance(text, ast.JoinedStr | ast.BinOp) and not filled and not chosen, f"{path}:{call.lineno}"


def test_every_sentence_is_translated_by_a_person():
    assert [name(message) for message in CATALOGUE if message.fuzzy or not all(messages.strings(message))] == []


def test_a_translation_fills_the_same_numbers_in():
    for message in CATALOGUE:
        for text in messages.strings(message):
            assert placeholders(text) == placeholders(forms(message)[-1]), text


def test_a_translation_has_the_marks_of_its_sentence():
    for message in CATALOGUE:
        for text in messages.strings(message):
            for mark in ("`", "**", "\n"):
                assert text.count(mark) == forms(message)[-1].count(mark), text


def test_the_korean_speaks_with_one_voice():
    """Polite and warm (해요체), and never with two particles at once or one that only fits some numbers."""
    particles = "을|를|이|가|은|는|과|와|으로|로|이에요|예요|였|여야|인데"
    for message in CATALOGUE:
        for text in messages.strings(message):
            assert not re.search(r"니다\b|니까\?|[가-힣]\([가-힣]\)", text), text
            assert not re.search(rf"(?<!%)}}({particles})(?!고)", text), text  # 90 % is always read 퍼센트


def test_what_gettext_reads_is_what_the_catalogue_says():
    # where it isn't, run `make messages`
    with messages.MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in CATALOGUE:
        one, many = forms(message)[0], forms(message)[-1]
        said = compiled.ngettext(one, many, 2) if one != many else compiled.gettext(one)
        assert said == messages.strings(message)[-1]


def test_every_language_has_its_catalogue():
    for language in session.LANGUAGES:
        assert (translator(language)("Data") == "Data") == (language == "en")


# what reads like words and is none of ours to translate: names of keys, languages and places in a figure, a quotation
NO_SENTENCES = {
    "Space", "Escape", "English", "top left", "top center", "bottom right", "inside top",
    "Enter", "Files",
    "img-src 'self' data: blob:", "connect-src 'self' ws: wss: data: blob:",  # a content policy
    "Checkbox", "Html", "Selectbox", "Slider", "Link",  # Streamlit's files; a header
    "A study has failed.", "A task has failed.", "An exported program broke off.",  # in the server's log
    "training points", "test points", "support vectors",  # ids of traces
    "UserWarning: The dst MTL buffer in copy_to_mps is non-contiguous",
}  # fmt: skip
VIEWS = [*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("moons/plots/*.py"), ROOT / "moons/export/report.py"]
SCRIPTS = [path for path in ROOT.glob("dashboard/**/*.js") if "tests" not in path.parts]


def said_untranslated(source):
    """(line, text) of each literal that reads like words for a person and that no translator sees."""
    tree = ast.parse(source)
    hidden = {part for call in messages.calls(source) for part in positions(call)}
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert():  # docstrings; what no page shows
                hidden |= positions(node)
            case ast.AnnAssign(annotation=part) | ast.arg(annotation=part) | ast.FunctionDef(returns=part) if part:
                hidden |= positions(part)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not positions(node) & hidden:
            text = re.sub(r"<[^>]*>?|^[^<>]*\">", "", node.value)  # without the marks of HTML
            if re.search(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}|^[A-Z][a-z]+[.:…]?$", text) and "{ " not in text:
                yield node.lineno, text.strip()


def positions(node):
    """Where the literals in a piece of code stand."""
    return {
        (part.lineno, part.col_offset, part.value)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_of_a_view_bypasses_gettext(path):
    said = {text for _line, text in said_untranslated(path.read_text(encoding="utf-8"))}
    assert said <= NO_SENTENCES


@pytest.mark.parametrize(
    "code",
    [
        'st.caption("Nothing yet")',
        'st.button(label="Train")',
        'figure.update_layout(title=dict(text=f"loss of {n} points"))',
        'words = {"rest": "Point at a unit."}',
        'st.markdown("<b>Not translated</b>")',
        'name = _("Train") + "Train"',
    ],
)
def test_a_sentence_that_bypasses_gettext_is_seen(code):
    assert list(said_untranslated(code))


@pytest.mark.parametrize("path", [*ROOT.glob("dashboard/**/*.html"), *SCRIPTS, ROOT / "moons/export/report.html"])
def test_what_runs_in_the_browser_has_no_words_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    scripts = "".join(re.findall(r"<script>.*?</script>", text, re.S)) if path.suffix == ".html" else text
    page = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", text, flags=re.S) if path.suffix == ".html" else ""
    shown = re.sub(r"<title>moons</title>|<[^>]*>", " ", page)
    assert not re.search(r"[A-Za-z]{2,}", shown)
    literals = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'", re.sub(r"//.*", "", scripts))
    words = {text[1:-1] for text in literals if re.match(r".[A-Z][a-z]+( [a-z]|[.:…]?.$)", text)}
    assert words <= NO_SENTENCES
