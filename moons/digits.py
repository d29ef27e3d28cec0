"""Numbers for a person: fixed decimals, or scientific notation where these would show 0 or no end of digits."""

import math
from collections.abc import Sequence

FINEST = 12  # decimals of any number
LARGE = 1e6  # from there on a fraction says nothing
MOST = 6  # decimals on an axis; from there on powers of ten


class Digits(float):
    """A number that fixed decimals neither hide nor lengthen.

    `f"{Digits(6.9e-11):.4f}"` is "6.9e-11", not "0.0000"; `f"{Digits(-5e64):.4f}"` is "-5.0e64".
    """

    def __format__(self, spec: str) -> str:
        text = super().__format__(spec)
        if not spec.endswith("f") or not self or not math.isfinite(self):
            return text
        return _short(self) if abs(self) >= LARGE or not float(text.replace(",", "")) else text


def decimals(span: float, digits: int = 3) -> int:
    """How many decimals tell numbers apart that lie within `span`, to so many digits of it."""
    return min(FINEST, max(0, digits - 1 - math.floor(math.log10(span)))) if span > 0 else digits - 1


def evenly(values: Sequence[float]) -> list[str]:
    """The marks of an axis, all with as many decimals as tell them apart."""
    span = max(values) - min(values)
    if decimals(span) > MOST and max(map(abs, values)) < 1:
        return [_short(value) for value in values]
    return [f"{value:z,.{decimals(span)}f}" for value in values]


def _short(value: float) -> str:
    mantissa, power = f"{float(value):.1e}".split("e")
    return f"{mantissa}e{int(power)}" if value else "0"
