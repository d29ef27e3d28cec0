"""A figure as plain dicts: what Plotly's objects would check again and copy costs more than to draw it."""

import base64
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Trace = dict[str, Any]
Spec = dict[str, Any]  # "data": list[Trace], "layout": dict
_TYPES = {
    "int8": "i1",
    "uint8": "u1",
    "int16": "i2",
    "int32": "i4",
    "float32": "f4",
    "float64": "f8",
}  # plotly.js's names


def to_plain(value: Any) -> Any:
    """The same for JSON: arrays as their bytes, as plotly.js reads them; None where a number isn't finite."""
    match value:
        case dict():
            return {key: to_plain(one) for key, one in value.items()}
        case list() | tuple():
            return [to_plain(one) for one in value]
        case np.ndarray():
            return _typed(value)
        case float() if not math.isfinite(value):
            return None
        case np.generic():
            return to_plain(value.item())
    return value


def _typed(array: NDArray[Any]) -> Any:
    whole = array.dtype.kind in "iu" and array.dtype.name not in _TYPES
    if whole and (not array.size or np.abs(array).max() < 2**31):
        array = array.astype(np.int32)
    if array.dtype.name not in _TYPES:
        return to_plain(array.tolist())
    told = {"dtype": _TYPES[array.dtype.name], "bdata": base64.b64encode(array.tobytes()).decode("ascii")}
    return told if array.ndim == 1 else told | {"shape": ", ".join(map(str, array.shape))}
