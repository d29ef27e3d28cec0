"""Numbers for a person: fixed decimals, or scientific notation where these would show 0."""

import math
from collections.abc import Sequence

MOST = 6  # decimals on an axis; from there on powers of ten


class Digits(float):
    """A number that fixed decimals don't hide: `f"{Digits(6.9e-11):.4f}"` is "6.9e-11", not "0.0000"."""

    def __format__(self, spec: str) -> str:
        text = super().__format__(spec)
        return _short(self) if spec.endswith("f") and self and not float(text) else text


def evenly(values: Sequence[float]) -> list[str]:
    """The marks of an axis, all with as many decimals as tell them apart."""
    span = max(values) - min(values)
    decimals = 2 - math.floor(math.log10(span)) if span else 2
    if decimals > MOST:
        return [_short(value) for value in values]
    return [f"{value:z,.{max(0, decimals)}f}" for value in values]


def _short(value: float) -> str:
    mantissa, power = f"{float(value):.1e}".split("e")
    return f"{mantissa}e{int(power)}" if value else "0"
