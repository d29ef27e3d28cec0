"""One colour for each class and each split, the same in every figure, safe for colour-blind eyes.

The classes' hues are Okabe and Ito's ("Color Universal Design", 2008), which stay apart under the common kinds of
colour blindness, on white and on near-black.
"""

CLASSES = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#F0E442", "#999999")
TRAIN = "#8B6FD6"  # the splits' two hues are no class's; on charts they differ by dash as well
TEST = "#D6568B"
# runs that are compared: Paul Tol's "vibrant" ("Colour Schemes", 2021), which stay apart under colour blindness too
RUNS = ("#009988", "#EE3377", "#EE7733", "#33BBEE", "#CC3311", "#0077BB")
GUESSING = "#8A8F98"
INK = {"light": "#1F2430", "dark": "#F2F4F8"}  # for marks that must stand out from every class colour


def class_color(label: int) -> str:
    """The colour of a class; past the seventh they repeat."""
    return CLASSES[label % len(CLASSES)]


def faded(color: str, opacity: float) -> str:
    """A colour as CSS rgba, so that it lies as well on a light page as on a dark one."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def mixed(color: str, other: str, share: float) -> str:
    """`share` of one colour and the rest of the other."""
    pairs = ((int(color[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)
