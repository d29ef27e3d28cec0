"""One colour for each class and each split, the same in every figure, safe for colour-blind eyes.

The first classes' hues are Okabe and Ito's ("Color Universal Design", 2008), which stay apart under the common kinds
of colour blindness, on white and on near-black. The others were chosen one after the other, each the furthest from all
before it, from both pages and from the splits, in Oklab (B. Ottosson, 2020), as it looks and as it would under
protanopia and deuteranopia (G. Machado, 2009): any two are about as far apart as two of the first ones.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASSES = (
    *("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#F0E442", "#999999"),
    *("#840078", "#485400", "#0000FC", "#00F0C0", "#E4C0FC", "#B40030", "#F000FC"),
    *("#6C24CC", "#785460", "#84C060", "#FC84CC", "#FCC09C", "#C00CA8", "#2484FC"),
)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon", "star", "hexagon", "cross")  # each of 7 classes
TRAIN = "#8B6FD6"  # the splits' two hues are no class's; on charts they differ by dash as well
TEST = "#D6568B"
# runs that are compared: Paul Tol's "vibrant" ("Colour Schemes", 2021), which stay apart under colour blindness too
RUNS = ("#009988", "#EE3377", "#EE7733", "#33BBEE", "#CC3311", "#0077BB")
GUESSING = "#8A8F98"
DOTTED = "2px,3px"  # Plotly's "dot" has marks of 3 pixels on a thin line, which look like dashes
NUMBERS = (CLASSES[0], GUESSING, CLASSES[1])  # a number to predict: at the low end, in the middle, at the high end
INK = {"light": "#1F2430", "dark": "#F2F4F8"}  # for marks that must stand out from every class colour


def class_color(label: int) -> str:
    """The colour of a class; past the last they repeat, with other symbols."""
    return CLASSES[label % len(CLASSES)]


def class_symbol(label: int) -> str:
    """Plotly's symbol for the points of a class: seven share one, no two of which share a colour."""
    return SYMBOLS[label // 7 % len(SYMBOLS)]


def point_marks(y: NDArray[np.generic], span: tuple[float, float], *, outlined: bool = False) -> dict[str, Any]:
    """How plotly's markers show classes, or numbers on the scale of a heatmap from `span`'s low end to its high."""
    shape = "-open" if outlined else ""
    if np.issubdtype(y.dtype, np.integer):
        labels = y.tolist()
        symbols = [class_symbol(label) + shape for label in labels]
        color = [class_color(label) for label in labels]
        return {"color": color, "symbol": symbols if len(set(symbols)) > 1 else SYMBOLS[0] + shape}
    scale = [(place / 2, color) for place, color in enumerate(NUMBERS)]
    return {"color": y, "colorscale": scale, "cmin": span[0], "cmax": span[1], "symbol": SYMBOLS[0] + shape}


def faded(color: str, opacity: float) -> str:
    """A colour as CSS rgba, so that it lies as well on a light page as on a dark one."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def mixed(color: str, other: str, share: float) -> str:
    """`share` of one colour and the rest of the other."""
    pairs = ((int(color[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)
