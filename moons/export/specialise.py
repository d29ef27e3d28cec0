"""A program fitted to values that are known before it runs.

`specialise` takes a program's source and some names with their values, and gives back the source with each
expression that depends on those names alone worked out, each `if` on them decided, each `for` over them unrolled,
and each assigned function written out. Comments stay where they are.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any

Write = Callable[[object], str]  # a value as a Python expression
Edit = tuple[int, int, int, int, str]  # first line and column, last line and column, new text; lines from 1


def specialise(source: str, known: dict[str, Any], write: Write, spell_out: Callable[[Any, str], str]) -> str:
    """Fit `source` (ASCII, no multi-line strings) to `known`.

    `write` gives a value as an expression; `spell_out(function, name)` gives a function's definition under a name.
    """
    statements = ast.parse(source).body
    program = _Program(source.splitlines(), write, spell_out)
    return "\n".join(program.block(statements, 1, len(program.lines), known)) + "\n"


class _Program:
    def __init__(self, lines: list[str], write: Write, spell_out: Callable[[Any, str], str]) -> None:
        self.lines = lines
        self.write = write
        self.spell_out = spell_out

    def block(self, statements: Sequence[ast.stmt], first: int, last: int, known: dict[str, Any]) -> list[str]:
        """The lines from `first` to `last`, both included, which hold `statements` and comments between them."""
        result: list[str] = []
        at = first
        for statement in statements:
            start = min([statement.lineno] + [d.lineno for d in getattr(statement, "decorator_list", [])])
            result += self.lines[at - 1 : start - 1]
            result += self.statement(statement, start, known)
            at = _end(statement) + 1
        return result + self.lines[at - 1 : last]

    def statement(self, node: ast.stmt, start: int, known: dict[str, Any]) -> list[str]:
        """The lines of one statement."""
        if isinstance(node, ast.If) and _depends_on(node.test, known):
            return self.decided(node, known)
        if isinstance(node, ast.If) and any(not _value(part, known) for part in _known_first(node.test, known)):
            return []
        if isinstance(node, ast.For) and _depends_on(node.iter, known):
            return self.unrolled(node, known)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            written = self.assigned(node, node.targets[0].id, known)
            if written is not None:
                return written
        if not hasattr(node, "body"):
            return self.edited(list(self.edits(node, known)), start, _end(node))
        return self.compound(node, start, known)

    def assigned(self, node: ast.Assign, name: str, known: dict[str, Any]) -> list[str] | None:
        """Nothing for a known name, the definition of a known function, None for any other assignment."""
        if name in known:
            return []
        if not _depends_on(node.value, known) or not callable(value := _value(node.value, known)):
            return None
        return [" " * node.col_offset + line for line in self.spell_out(value, name).splitlines()]

    def compound(self, node: ast.stmt, start: int, known: dict[str, Any]) -> list[str]:
        """The lines of a statement that holds others, and isn't decided by what is known."""
        bodies = [getattr(node, part) for part in ("body", "orelse") if getattr(node, part, None)]
        result: list[str] = []
        at = start
        for body in bodies:
            first = body[0].lineno
            if isinstance(node, ast.If) and not any(self.block(body, first, _end(body[-1]), known)):
                return []  # nothing is left to do under this condition
            headers = (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt))
            edits = [edit for child in headers for edit in self.edits(child, known)]
            result += self.edited(edits, at, first - 1)
            result += self.block(body, first, _end(body[-1]), known)
            at = _end(body[-1]) + 1
        return result

    def decided(self, node: ast.If, known: dict[str, Any]) -> list[str]:
        """The branch that holds, one level further left."""
        if _value(node.test, known):
            return self.shifted(node.body, _end(node.test) + 1, node.col_offset, known)
        if not node.orelse:
            return []
        otherwise = node.orelse[0]
        if isinstance(otherwise, ast.If) and self.lines[otherwise.lineno - 1].lstrip().startswith("elif"):
            return self.statement(otherwise, otherwise.lineno, known)
        header = next(n for n in range(_end(node.body[-1]), otherwise.lineno) if self.lines[n].strip() == "else:")
        return self.shifted(node.orelse, header + 2, node.col_offset, known)

    def unrolled(self, node: ast.For, known: dict[str, Any]) -> list[str]:
        """The body once for each item."""
        result: list[str] = []
        for item in _value(node.iter, known):
            names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
            items = item if isinstance(node.target, ast.Tuple) else [item]
            bound = {name.id: value for name, value in zip(names, items, strict=True) if isinstance(name, ast.Name)}
            result += self.shifted(node.body, _end(node.iter) + 1, node.col_offset, known | bound)
        return result

    def shifted(self, body: list[ast.stmt], first: int, column: int, known: dict[str, Any]) -> list[str]:
        """A body without its header, moved left to `column`."""
        surplus = body[0].col_offset - column
        lines = self.block(body, first, _end(body[-1]), known)
        while lines and not lines[0].strip():
            lines = lines[1:]
        return [line[surplus:] if line[:surplus].isspace() else line for line in lines]

    def edits(self, node: ast.AST, known: dict[str, Any]) -> Iterator[Edit]:
        """What to replace in an expression or a simple statement."""
        if isinstance(node, ast.Starred) and _depends_on(node.value, known):
            items = [self.write(item) for item in _value(node.value, known)]
            yield _place(node, f",\n{' ' * node.col_offset}".join(items))
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict) and _depends_on(node.slice, known):
            chosen = _value(node.slice, known)
            keys = [ast.literal_eval(key) for key in node.value.keys if key]
            yield _place(node, ast.unparse(node.value.values[keys.index(chosen)]))
        elif isinstance(node, ast.expr) and _depends_on(node, known):
            yield _place(node, self.write(_value(node, known)))
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):  # what is known holds: see `statement`
            rest = node.values[len(_known_first(node, known)) :]
            yield _between(node, rest[0])
            for part in rest:
                yield from self.edits(part, known)
        elif isinstance(node, ast.BoolOp) and _depends_on(node.values[0], known):  # as in `known or something`
            value = _value(node.values[0], known)
            kept = self.write(value) if value else ast.unparse(node.values[1])
            yield _place(node, kept)
        elif isinstance(node, ast.IfExp) and _depends_on(node.test, known):
            chosen = node.body if _value(node.test, known) else node.orelse
            yield _between(node, chosen)
            yield _end(chosen), _end_column(chosen), _end(node), _end_column(node), ""
            yield from self.edits(chosen, known)
        else:
            before: ast.AST | None = None
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.keyword) and child.arg is None and before:
                    options = "".join(f", {k}={self.write(v)}" for k, v in _value(child.value, known).items())
                    yield _end(before), _end_column(before), _end(child), _end_column(child), options
                else:
                    yield from self.edits(child, known)
                before = child

    def edited(self, edits: list[Edit], first: int, last: int) -> list[str]:
        """The lines from `first` to `last` with the edits that lie in them."""
        lines = dict(zip(range(first, last + 1), self.lines[first - 1 : last], strict=True))
        for line, column, end_line, end_column, text in sorted(edits, reverse=True):
            if first <= line <= last:
                lines[line] = lines[line][:column] + text + lines[end_line][end_column:]
                for gone in range(line + 1, end_line + 1):
                    del lines[gone]
        return "\n".join(lines.values()).split("\n") if lines else []


def _depends_on(node: ast.AST, known: dict[str, Any]) -> bool:
    """Whether an expression is made of known names and nothing else unknown."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return bool(names) and names <= known.keys()


def _known_first(test: ast.expr, known: dict[str, Any]) -> list[ast.expr]:
    """The first parts of `known and something`, as far as they are known. Such an `if` has no `else`."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else []
    return list(takewhile(lambda part: _depends_on(part, known), parts))


def _value(node: ast.expr, known: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<template>", "eval"), {"__builtins__": {}}, dict(known))


def _place(node: ast.expr, text: str) -> Edit:
    return node.lineno, node.col_offset, _end(node), _end_column(node), text


def _between(outer: ast.expr, inner: ast.expr) -> Edit:
    """Cut what stands in an expression before a part of it."""
    return outer.lineno, outer.col_offset, inner.lineno, inner.col_offset, ""


def _end(node: ast.AST) -> int:
    line: int = node.end_lineno  # type: ignore[attr-defined]
    return line


def _end_column(node: ast.AST) -> int:
    column: int = node.end_col_offset  # type: ignore[attr-defined]
    return column
