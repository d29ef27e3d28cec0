"""Components whose scripts are ES modules: files of `browser/` that import each other."""

from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parents[1] / "browser"


def component(name: str, js: str, *, css: str | None = None, html: str | None = None) -> ComponentRenderer:
    """The component `moons.name`, with `js` and `css` as paths in `browser/`. Call it where the page is drawn.

    Mounts of one name share their modules and what these hold; another name loads them anew. Streamlit itself finds
    such files in a package that is installed and named as its project is, which `dashboard` is not: so its registry
    is told here. This rests on the exact release of Streamlit.
    """
    return _registered(get_bidi_component_manager(), name, js, css, html)


@lru_cache(maxsize=64)  # the page's script asks at each run
def _registered(
    manager: BidiComponentManager, name: str, js: str, css: str | None, html: str | None
) -> ComponentRenderer:
    full_name = f"moons.{name}"
    if manager.get_component_asset_root(full_name) is None:
        manifest = ComponentManifest("moons", "", [ComponentConfig(name, FOLDER.name)])
        manager.register_from_manifest(manifest, FOLDER.parent)
    return st.components.v2.component(full_name, html=html, css=css, js=js)
