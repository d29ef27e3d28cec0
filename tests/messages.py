"""The catalogue of sentences: `make messages` brings it up to date with the code.

It gathers the sentences of the sources and of the exported program, and keeps the translations. What is new has an
empty msgstr, what has changed a little is marked fuzzy, what is gone is dropped; tests/test_language.py fails until a
person has seen to the first two.
"""

import ast
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from moons.export.program import TEMPLATES, sentences

ROOT = Path(__file__).parents[1]
PO = ROOT / "dashboard" / "locale" / "ko" / "LC_MESSAGES" / "moons.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
HEADER = "# Korean sentences of the page. `make messages` brings this file up to date with the code.\n#"


def calls(source):
    """The calls that ask for a translation; inside an f-string too, where Babel's own reader finds none before 3.12."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield node


def extract(file, keywords, comment_tags, options):
    """How Babel reads a source: (line, function, its sentences, no comments) of each call."""
    for call in calls(file.read()):
        texts = [text.value if isinstance(text, ast.Constant) else None for text in call.args]
        yield call.lineno, call.func.id, texts[0] if len(texts) == 1 else tuple(texts), []


def template():
    """Every sentence that can be shown, each with the files that say it."""
    found = Catalog(fuzzy=False)
    for folder in ("moons", "dashboard"):
        method: Any = extract  # a function will do, which babel's types leave out
        said = extract_from_dir(ROOT / folder, [("**.py", method)], keywords=KEYWORDS)
        for name, _line, sentence, _comments, _context in said:
            found.add(sentence, locations=[(f"{folder}/{name}", 0)])
    for sentence in sentences():
        found.add(sentence, locations=[(TEMPLATES.relative_to(ROOT).as_posix(), 0)])
    return found


def read():
    """The catalogue as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="ko")


def update():
    """Write the catalogue anew, for people (.po) and for gettext (.mo). Returns the sentences still to translate."""
    catalogue = read()
    catalogue.update(template(), update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = HEADER
    catalogue.project, catalogue.version = "moons", "1"
    with PO.open("wb") as file:
        write_po(file, catalogue, width=0, include_lineno=False, sort_by_file=True)
    with MO.open("wb") as file:
        write_mo(file, catalogue)
    return [message.id for message in catalogue if message.id and (message.fuzzy or not all(strings(message)))]


def strings(message):
    """A message's translations: one, or one for each plural form."""
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


if __name__ == "__main__":
    left = update()
    for sentence in left:
        print(sentence)
    sys.exit(f"{len(left)} sentences still to translate in {PO.relative_to(ROOT)}" if left else 0)
