"""What makes a fitted program read as if written by hand: nothing unused, no annotations, imports in order."""

import ast
import re
import sys


def tidy(source: str) -> str:
    """The program without its docstring, annotations and unused functions ; its imports sorted.

    Imports of this package are dropped: what they bind must be gone by now.
    """
    source = without_annotations(source)
    while (smaller := _without_unused(source)) != source:
        source = smaller
    return _with_sorted_imports(source)


def without_annotations(source: str) -> str:
    """Annotations are for the type checker of the template; a learner's notebook has none."""
    lines = source.splitlines()
    cuts: list[tuple[int, int, int, str]] = []  # line, first column, last column, what to write instead
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            given = node.args.defaults
            defaults = [*[None] * (len(node.args.posonlyargs + node.args.args) - len(given)), *given]
            for argument, default in zip(arguments, [*defaults, *node.args.kw_defaults], strict=True):
                if argument.annotation:
                    start = argument.col_offset + len(argument.arg)
                    if default:
                        cuts.append((argument.lineno, start, default.col_offset, "="))
                    else:
                        cuts.append((argument.lineno, start, argument.annotation.end_col_offset or 0, ""))
            if node.returns:
                arrow = lines[node.returns.lineno - 1].rindex("->", 0, node.returns.col_offset)
                cuts.append((node.returns.lineno, arrow - 1, node.returns.end_col_offset or 0, ""))
        elif isinstance(node, ast.AnnAssign) and node.value:
            cuts.append((node.lineno, node.target.end_col_offset or 0, node.annotation.end_col_offset or 0, ""))
    for line, first, last, text in sorted(cuts, reverse=True):
        lines[line - 1] = lines[line - 1][:first] + text + lines[line - 1][last:]
    return "\n".join(lines) + "\n"


def _without_unused(source: str) -> str:
    tree = ast.parse(source)
    lines = source.splitlines()
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for position, statement in reversed(list(enumerate(tree.body))):
        unused = isinstance(statement, ast.FunctionDef) and statement.name not in used
        if unused or (position == 0 and isinstance(statement, ast.Expr)):
            first, last = statement.lineno - 1, statement.end_lineno or 0
            while first and lines[first - 1].startswith("#") and not lines[first - 1].startswith("# %%"):
                first -= 1  # the comment that belongs to it
            del lines[first:last]
    return "\n".join(lines) + "\n"


def _with_sorted_imports(source: str) -> str:
    """One block of the imports that are used: Python's own, then the others."""
    tree = ast.parse(source)
    lines = source.splitlines()
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    modules: dict[tuple[bool, int, str], set[str]] = {}
    at = 0
    for statement in reversed(tree.body):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        plain = isinstance(statement, ast.Import)
        for alias in statement.names:
            if (alias.asname or alias.name).split(".")[0] in used:
                where = alias.name if plain else str(getattr(statement, "module", ""))
                key = (where.split(".")[0] not in sys.stdlib_module_names, 0 if plain else 1, where)
                modules.setdefault(key, set()).add(alias.name + (f" as {alias.asname}" if alias.asname else ""))
        at = statement.lineno - 1
        del lines[at : statement.end_lineno]
    block: list[str] = []
    previous = False
    for (foreign, is_from, where), names in sorted(modules.items()):
        if foreign and block and not previous:
            block.append("")
        previous = foreign
        ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
        block.append(f"from {where} import {', '.join(ordered)}" if is_from else f"import {', '.join(ordered)}")
    return "\n".join([*lines[:at], *block, *lines[at:]]) + "\n"


def evenly_spaced(source: str) -> str:
    """Two blank lines around functions and classes, at most one elsewhere."""
    tree = ast.parse(source)
    lines = source.splitlines()
    starts, ends = set(), set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            start = node.lineno - 1
            while start and lines[start - 1].startswith("#"):
                start -= 1
            starts.add(start)
            ends.add(node.end_lineno)
    result: list[str] = []
    blank = False
    quoted = {
        number
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for number in range(node.lineno, node.end_lineno or 0)
    }
    after_definition = False
    for number, line in enumerate(lines):
        if not line.strip() and number not in quoted:
            blank = True
            continue
        wide = number in starts or after_definition or number in ends
        if result and (blank or wide) and not re.match(r"\s", line):
            result += [""] * (2 if wide else 1)
        elif result and blank:
            result.append("")
        blank = False
        after_definition = False
        result.append(line)
        if number + 1 in ends:
            after_definition = True
    return "\n".join(result) + "\n"
