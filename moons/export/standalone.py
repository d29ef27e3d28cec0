"""A function's source with all that it uses, so that it runs where this package isn't installed."""

import ast
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "moons"


def standalone(function: Callable[..., Any], name: str) -> str:
    """The source of `function`, called `name`, after the imports, constants and functions that it uses.

    `function` must be defined at the top of a module. Raises ValueError for a lambda or a wrapped function.
    """
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        raise ValueError(f"only a function defined at the top of a module can be written out, got {function!r}")
    pieces: dict[str, str] = {}
    _gather(sys.modules[function.__module__], function.__name__, name, pieces)
    return "\n".join(pieces.values())


def _gather(module: ModuleType, name: str, written_name: str, pieces: dict[str, str]) -> None:
    """Add the statement that binds `name` in `module` to `pieces`, what it needs first."""
    source = Path(inspect.getfile(module)).read_text(encoding="utf-8")
    statement = _binding(ast.parse(source), name)
    if statement is None or name in pieces:  # a builtin, or there already
        return
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == PACKAGE:
        original = next(alias.name for alias in statement.names if name == (alias.asname or alias.name))
        _gather(sys.modules[str(statement.module)], original, written_name, pieces)
        return
    if isinstance(statement, ast.Import | ast.ImportFrom):
        pieces[name] = _import_of(statement, name)
        return
    for used in _names_used(statement):
        if used != name:
            _gather(module, used, used, pieces)
    text = ast.get_source_segment(source, statement) or ""
    if isinstance(statement, ast.FunctionDef):
        text = _without_docstring(statement, text)
        text = f"\n\n{text.replace(f'def {name}(', f'def {written_name}(', 1)}\n\n"
    pieces[name] = text


def _without_docstring(function: ast.FunctionDef, text: str) -> str:
    """The program's own words, in the person's language, stand where it is used."""
    if ast.get_docstring(function) is None:
        return text
    lines = text.splitlines()
    first, last = (line - function.lineno for line in (function.body[0].lineno, function.body[0].end_lineno or 0))
    return "\n".join([*lines[:first], *lines[last + 1 :]])


def _binding(tree: ast.Module, name: str) -> ast.stmt | None:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            bound = [statement.name]
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            bound = [alias.asname or alias.name for alias in statement.names]
        elif isinstance(statement, ast.Assign):
            bound = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            bound = [statement.target.id]
        else:
            continue
        if name in bound:
            return statement
    return None


def _import_of(statement: ast.Import | ast.ImportFrom, name: str) -> str:
    alias = next(alias for alias in statement.names if name == (alias.asname or alias.name))
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import([alias]))
    return ast.unparse(ast.ImportFrom(statement.module, [alias], 0))


def _names_used(statement: ast.stmt) -> list[str]:
    """The names that a statement reads when it runs: those in annotations are left out."""
    annotations = {
        id(part)
        for node in ast.walk(statement)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
        for part in ast.walk(annotation)
    }
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and id(node) not in annotations]
    return list(dict.fromkeys(names))
