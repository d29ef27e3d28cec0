"""A run as a program of its own: a Python script or a Jupyter notebook, in plain PyTorch and scikit-learn.

`templates/` holds the cells: text (.md.jinja) and code (.py.jinja), each made of small parts. Words in the figures
stay English: matplotlib's own font has no others.
"""

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import extract_from_ast

from moons.export.agreement import Agreement, header
from moons.export.code import code
from moons.export.points import PointSettings
from moons.export.settings import Settings, settings_of
from moons.export.sources import FROM_PYTHON, IMPORTS
from moons.plots.words import Translate, untranslated
from moons.run import History

TEMPLATES = Path(__file__).with_name("templates")
CELLS = ("intro.md", "imports.py", "data.md", "data.py", "network.md", "network.py", "training.md", "training.py")
RESULTS = ("result.md", "result.py", "points.py", "curve.py", "boundary.py")
COMMENT_WIDTH = 100  # columns of a comment on lines of its own


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: Markdown, or code."""

    is_code: bool
    source: str


def to_script(history: History, *, agreement: Agreement | None = None, _: Translate = untranslated) -> str:
    """A Python program that trains this run again, prints its losses and shows its boundary. Needs no `moons`.

    `agreement` is what `proof.prove` measured; without it the program claims nothing about its losses.
    """
    cells = _cells(history, (*CELLS, *RESULTS), agreement, _)
    return spaced("\n\n".join(cell.source if cell.is_code else as_comment(cell.source) for cell in cells))


def to_notebook(history: History, *, agreement: Agreement | None = None, _: Translate = untranslated) -> str:
    """The same program as a Jupyter notebook (nbformat 4.5): the text of an .ipynb file."""
    cells = [
        {"id": f"cell-{number}", "metadata": {}, **_notebook_cell(cell)}
        for number, cell in enumerate(_cells(history, (*CELLS, *RESULTS), agreement, _))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def to_loop(history: History) -> str:
    """The script up to the end of its training loop: all of it that decides `losses`."""
    return spaced("\n\n".join(cell.source for cell in _cells(history, CELLS, None, untranslated) if cell.is_code))


def sentences() -> list[str]:
    """The sentences of the templates, for a translator; those of `sources` and `agreement` stand in Python."""
    environment = templates()
    trees = [environment.parse(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.jinja"))]
    found = [str(sentence) for tree in trees for _line, _function, sentence in extract_from_ast(tree)]
    return [sentence for sentence in found if sentence != "None"]


@cache
def templates() -> Environment:
    """The templates, each compiled once; a template is given `_`, the language of its sentences."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # programs, no pages: what a person has written passes `code`
    )
    environment.filters["code"] = code
    return environment


def _cells(history: History, names: tuple[str, ...], agreement: Agreement | None, _: Translate) -> list[Cell]:
    environment, run = templates(), settings_of(history)
    points = PointSettings(history.experiment.data, history.dataset)
    words: dict[str, object] = {
        **_words(run), "_": _, "run": run, "points": points, "header": header(history, agreement, _),
    }  # fmt: skip
    sources = {name: environment.get_template(f"{name}.jinja").render(words) for name in names if name != "imports.py"}
    programs = {name: spaced(wrapped(source)) for name, source in sources.items() if name.endswith(".py")}
    imports = imports_of("\n".join(programs.values()))
    texts = {name: source.strip("\n") for name, source in sources.items()}
    return [
        Cell(name.endswith(".py"), {"imports.py": imports, **texts, **programs}[name].rstrip("\n")) for name in names
    ]


def _words(run: Settings) -> dict[str, str]:
    """What the task calls the network's outputs and its score."""
    return {
        "outputs": "y_logits" if run.n_classes else "y_predicted",
        "score": "accuracy" if run.n_classes else "r_squared",
    }


def imports_of(program: str) -> str:
    """The imports that a program needs."""
    used = {node.id for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)}
    blocks = ([name for name in IMPORTS if (name in FROM_PYTHON) == own and name in used] for own in (True, False))
    return "\n\n".join("\n".join(_merged(IMPORTS[name] for name in block)) for block in blocks if block)


def _merged(statements: Iterable[str]) -> list[str]:
    """Import statements, those from the same module as one."""
    merged: dict[str, str] = {}
    for statement in statements:
        module, _import, name = statement.partition(" import ")
        merged[module] = f"{merged[module]}, {name}" if module in merged else statement
    return list(merged.values())


def spaced(source: str) -> str:
    """Two blank lines around functions and classes, one between other paragraphs."""
    paragraphs = re.split(r"\n\s*\n(?=\S)", source.strip("\n"))
    gaps = ["\n\n\n" if _defines(before) or _defines(after) else "\n\n" for before, after in pairwise(paragraphs)]
    return "".join(part for pair in zip(paragraphs, [*gaps, "\n"], strict=True) for part in pair)


def _defines(paragraph: str) -> bool:
    return re.match(r"(#.*\n)*(def|class) ", paragraph) is not None


def wrapped(source: str) -> str:
    """The program with its comments on lines of their own wrapped."""
    return "\n".join(part for line in source.split("\n") for part in _comment_lines(line))


def _comment_lines(line: str) -> list[str]:
    before = re.match(r" *# ", line)
    if before is None or len(line) <= COMMENT_WIDTH:
        return [line]
    return [before[0] + part for part in wrap(line[before.end() :], COMMENT_WIDTH - before.end())]


def as_comment(text: str) -> str:
    """A text as a comment of the script."""
    return wrapped("\n".join(_comment_line(line) for line in text.split("\n")))


def _comment_line(line: str) -> str:
    title = re.match(r"#+ (.*)", line)
    return f"# --- {title[1]} ---" if title else f"# {line}".rstrip()


def _notebook_cell(cell: Cell) -> dict[str, object]:
    if not cell.is_code:
        return {"cell_type": "markdown", "source": cell.source}
    return {"cell_type": "code", "source": cell.source, "execution_count": None, "outputs": []}
