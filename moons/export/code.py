"""Values and functions as Python source."""

import ast
import inspect
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

WIDTH = 120  # columns of a line


def code(value: object) -> str:
    """`value` as a Python expression on one line, with the quotes and digits that a formatter leaves alone."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}"
    if isinstance(value, float) and math.isinf(value):
        return "math.inf" if value > 0 else "-math.inf"
    if isinstance(value, bool | float):
        return repr(value)
    raise TypeError(f"no code for {value!r}")


def bracketed(before: str, items: Iterable[str], after: str = "]") -> str:
    """`before`, the items and `after`: on one line if they fit, else as a formatter breaks them."""
    items = list(items)
    line = before + ", ".join(items) + after
    if len(line) <= WIDTH:
        return line
    inner = "    " + ", ".join(items)
    if len(inner) > WIDTH or after == "]":
        inner = ",\n".join(f"    {item}" for item in items) + ","
    return f"{before}\n{inner}\n{after}"


def definition(function: Callable[..., Any], name: str) -> str:
    """The source of a function of this package under another name, without annotations, docstring and comments.

    All that it uses must be a builtin or bound by a statement in `sources.IMPORTS`.
    """
    source = inspect.getsource(function)
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    first = node.body[1 if ast.get_docstring(node) else 0].lineno
    lines = source.rstrip("\n").split("\n")[first - 1 :]
    body = [re.sub(r" +# .*$", "", line) for line in lines if not line.lstrip().startswith("#")]
    arguments = [_argument(parameter) for parameter in inspect.signature(function).parameters.values()]
    return "\n".join([f"def {name}({', '.join(arguments)}):", *body])


def _argument(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={code(parameter.default)}"


def _quoted(text: str) -> str:
    """A string literal; double quotes, unless single ones need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    marks = "".join(map(_seen, text.replace("\\", "\\\\").replace(quote, "\\" + quote)))
    return quote + marks + quote


def _seen(sign: str) -> str:
    """A sign, or its escape: what isn't printable may end a line, or turn the text around it."""
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode()
