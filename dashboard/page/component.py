"""Components whose scripts are ES modules: files of `browser/` that import each other."""

import base64
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parents[1] / "browser"
_IMPORT = re.compile(r"""^(?:import|export|\}) .*?from "(\.[^"]+)"$""", re.M)


def component(
    name: str, js: str, *, css: str | None = None, html: str | None = None, isolate_styles: bool = True
) -> ComponentRenderer:
    """The component `moons.name`, with paths in `browser/`; `html` may be markup too. Call it where the page is drawn.

    Without `isolate_styles` the page's own rules of style hold within. Mounts of one name share their modules and what
    these hold; another name loads them anew. Streamlit itself finds such files in a package that is installed and named
    as its project is, which `dashboard` is not: so its registry is told here. This rests on the exact release of
    Streamlit.
    """
    return _registered(get_bidi_component_manager(), name, js, css, html, isolate_styles)


@lru_cache(maxsize=64)  # the page's script asks at each run
def _registered(
    manager: BidiComponentManager, name: str, js: str, css: str | None, html: str | None, isolate_styles: bool
) -> ComponentRenderer:
    full_name = f"moons.{name}"
    if manager.get_component_asset_root(full_name) is None:
        manifest = ComponentManifest("moons", "", [ComponentConfig(name, FOLDER.name)])
        manager.register_from_manifest(manifest, FOLDER.parent)
    if html and not html.startswith("<"):
        html = (FOLDER / html).read_text(encoding="utf-8")
    return st.components.v2.component(full_name, html=html, css=css, js=js, isolate_styles=isolate_styles)


def text(array: NDArray[Any]) -> str:
    """An array's bytes, row by row, as `decode.js` reads them."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def addresses(name: str, js: str) -> list[str]:
    """Where a browser finds `js` and all that it imports; nothing, as long as the component was never drawn."""
    if get_bidi_component_manager().get_component_asset_root(f"moons.{name}") is None:
        return []
    return [f"./_stcore/bidi-components/moons.{name}/{path}" for path in imported(js)]


@lru_cache(maxsize=1)
def imported(js: str) -> list[str]:
    """`js` and the modules that it imports, those that they import included: paths in `browser/`."""
    found, ahead = [], [(FOLDER / js).resolve()]
    while ahead:
        file = ahead.pop()
        if file not in found:
            found.append(file)
            ahead += [(file.parent / other).resolve() for other in _IMPORT.findall(file.read_text(encoding="utf-8"))]
    return [file.relative_to(FOLDER.resolve()).as_posix() for file in found]
