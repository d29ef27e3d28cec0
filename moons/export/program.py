"""A run as a program of its own: a Python script or a Jupyter notebook, in plain PyTorch and scikit-learn."""

import ast
import inspect
import json
import re
from pathlib import Path

import torch

from moons.data import alterations, generators
from moons.export.code import code
from moons.export.comments import comments, translated
from moons.export.settings import settings_of
from moons.export.specialise import specialise
from moons.export.standalone import standalone
from moons.export.tidy import evenly_spaced, tidy
from moons.plots.words import Translate, untranslated
from moons.run import History

TEMPLATE = Path(__file__).with_name("template.py")
TEXT, CODE = "# %% [markdown]", "# %%"  # how a cell of the template begins


def to_script(history: History, *, _: Translate = untranslated) -> str:
    """A Python program that trains this run again, prints its losses and shows its boundary. Needs no `moons`."""
    lines: list[str] = []
    for mark, cell in _cells(history, _):
        lines += [_heading(line) if mark == TEXT else line for line in cell]
        lines += ["", ""]
    return evenly_spaced("\n".join(lines))


def to_notebook(history: History, *, _: Translate = untranslated) -> str:
    """The same program as a Jupyter notebook (nbformat 4.5): the text of an .ipynb file."""
    cells = [
        {"id": f"cell-{number}", "metadata": {}, **_notebook_cell(mark, lines)}
        for number, (mark, lines) in enumerate(_cells(history, _))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def sentences() -> list[str]:
    """All that a program may say in its comments and printed words, for a translator."""
    source = TEMPLATE.read_text(encoding="utf-8")
    printed = [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
    ]
    written_out = [inspect.getsource(module) for module in (alterations, generators)]
    said = [comment.words for text in (source, *written_out) for comment in comments(text)]
    return said + [str(words) for words in printed]


def _cells(history: History, _: Translate) -> list[tuple[str, list[str]]]:
    """The fitted program, cut where the template says."""
    known = {"run": settings_of(history), "_": _}
    with torch.device("meta"):  # asking for the layers draws no random numbers there: no global seed moves
        program = specialise(TEMPLATE.read_text(encoding="utf-8"), known, code, standalone)
    if not history.dataset.n_classes:
        program = re.sub(r"\by_logits\b", "y_predicted", program)
    program = translated(evenly_spaced(tidy(program)), _)
    cells: list[tuple[str, list[str]]] = []
    for line in program.strip().splitlines():
        if line in (TEXT, CODE):
            cells.append((line, []))
        else:
            cells[-1][1].append(line)
    return [(mark, "\n".join(lines).strip("\n").splitlines()) for mark, lines in cells]


def _heading(line: str) -> str:
    """A heading of the notebook as a comment of the script."""
    title = line.removeprefix("# ").lstrip("#").strip()
    return f"# --- {title} ---" if line.startswith("# #") else line


def _notebook_cell(mark: str, lines: list[str]) -> dict[str, object]:
    if mark == TEXT:
        text = [line.removeprefix("#").removeprefix(" ") for line in lines]
        return {"cell_type": "markdown", "source": "\n".join(text)}
    return {"cell_type": "code", "source": "\n".join(lines), "execution_count": None, "outputs": []}
