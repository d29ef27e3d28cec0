"""Numbers in memory: as they were sent, how they lie there, and how they were read."""

from html import escape

import numpy as np
from numpy.typing import NDArray

from moons.plots import palette
from moons.plots.words import Translate, untranslated

_STYLE = """
.memory, .memory div { display: flex; flex-wrap: wrap; align-items: center; }
.memory { gap: 1.2rem 2.5rem; }
.memory figure { margin: 0; max-width: 22rem; }
.memory figcaption { opacity: 0.7; font-size: 0.85rem; }
.memory span { width: 3.7rem; margin: 2px; padding: 1px 6px; border: 1.5px solid; border-radius: 4px; }
.memory span { text-align: right; font-variant-numeric: tabular-nums; }
.memory span.x1 { border-color: transparent; background: %s; }
.memory i { width: 12px; height: 12px; margin: 0 6px 0 8px; border-radius: 50%%; }
"""


def memory_picture(
    X: NDArray[np.float32], y: NDArray[np.int64], *, theme: str = "light", _: Translate = untranslated
) -> str:
    """HTML: the first points sent (k, 2), their memory column by column, and what reading it in pairs makes of it.

    An x0 has a frame, an x1 is filled.
    """
    x0, x1 = ([_cell(value, column) for value in X[:, column].tolist()] for column in (0, 1))
    in_memory = x0 + x1
    parts = (
        (_("sent: x0, x1 and the label of each point"), _rows(list(zip(x0, x1, strict=True)), y)),
        (_("in memory: every x0, then every x1"), f"<div>{''.join(in_memory)}</div>"),
        (
            _("received: read in pairs, with the same labels"),
            _rows(list(zip(in_memory[::2], in_memory[1::2], strict=True)), y),
        ),
    )
    figures = [f"<figure><figcaption>{escape(title)}</figcaption>{inside}</figure>" for title, inside in parts]
    style = _STYLE % palette.faded(palette.INK[theme], 0.18)
    return f'<style>{style}</style><div class="memory">{"".join(figures)}</div>'


def _rows(rows: list[tuple[str, str]], y: NDArray[np.int64]) -> str:
    return "".join(f"<div>{''.join(row)}{_label(label)}</div>" for row, label in zip(rows, y.tolist(), strict=True))


def _cell(value: float, column: int) -> str:
    return f'<span class="x{column}">{value:.2f}</span>'


def _label(label: int) -> str:
    return f'<i style="background:{palette.class_color(label)}"></i>{label}'
