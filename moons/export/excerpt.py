"""The lines of the exported program that a learner reads: the layers, `forward`, and the training loop."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from moons.export.program import to_loop
from moons.run import History

# what a line computes, by what stands in it
PARTS = {
    "forward": r"self\.layers\(|= model\(",
    "loss": r"= loss_function\(",
    "append": r"losses\.append\(",
    "zero_grad": r"\.zero_grad\(\)",
    "backward": r"\.backward\(\)",
    "step": r"optimizer\.step\(\)",
}


@dataclass(frozen=True)
class Line:
    """A line of the program."""

    text: str  # with its indentation, without its comment
    part: str = ""  # a key of PARTS, or "layer" or "activation"; empty: none of them
    layer: int = 0  # of a layer or an activation, counted from 1
    in_loop: bool = False


def excerpt(history: History) -> list[Line]:
    """The network's class, then the loop, of the program that trains this run."""
    source = to_loop(history)
    lines = source.split("\n")
    (network,) = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ClassDef) and n.name == "NaiveNet")
    loop = next(n for n in ast.parse(source).body if isinstance(n, ast.For))
    init, forward = (n for n in network.body if isinstance(n, ast.FunctionDef) and n.name in ("__init__", "forward"))
    shown = [network.lineno, init.lineno, *_span(init.body[-1]), *_span(forward)]
    looped = [loop.lineno, *(line for node in loop.body if not _prints(node) for line in _span(node))]
    return [*_read([lines[n - 1] for n in shown]), *_read([lines[n - 1] for n in looped], in_loop=True)]


def _span(node: ast.stmt) -> range:
    """The lines of a statement, counted from 1."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _prints(node: ast.stmt) -> bool:
    """Whether a statement only tells how far the training is."""
    return "print(" in ast.unparse(node)


def _read(lines: list[str], *, in_loop: bool = False) -> Iterator[Line]:
    layer = 0
    for line in lines:
        text = re.sub(r" +# .*$", "", line)
        layer += "nn.Linear(" in text
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if re.match(r"\s+(nn\.\w+|Dropout)\(.*\),$", text):
            yield Line(text, "layer" if "nn.Linear(" in text else "activation", layer, in_loop)
            continue
        part = next((part for part, mark in PARTS.items() if re.search(mark, text)), "")
        yield Line(text, part, 0, in_loop)
