"""What components that paint pictures share: their code's beginning, and arrays as text."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

_HERE = Path(__file__).parent


def component(name: str, file: Path) -> Any:
    """A component made of `file`.html, .css and .js, which finds `paint` and the like before its own code."""
    parts = (file.with_suffix(".html"), file.with_suffix(".css"), _HERE / "picture.js", file.with_suffix(".js"))
    html, css, paint, js = (part.read_text(encoding="utf-8") for part in parts)
    return st.components.v2.component(name, html=html, css=css, js=paint + js)


def text(array: NDArray[Any]) -> str:
    """An array's bytes, row by row, as the browser reads them."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
