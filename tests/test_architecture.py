"""Imports only point down, and every sentence of the page passes gettext."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# a file may import from its own floor and those below; the first match counts
FLOORS = {
    "streamlit_app.py": 5,
    "dashboard/": 4,
    "moons/export/": 3,
    "moons/plots/": 3,
    "moons/share.py": 3,
    "moons/presets.py": 2,
    "moons/inspection/": 2,
    "moons/__init__.py": 1,  # the public names
    "moons/run.py": 1,
    "moons/": 0,
}
SOURCES = [*ROOT.glob("moons/**/*.py"), *ROOT.glob("dashboard/**/*.py"), ROOT / "streamlit_app.py"]


def imports(path):
    """The modules that a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if file_of(inner) else node.module


def file_of(module):
    """The source file of one of our modules."""
    stem = ROOT / module.replace(".", "/")
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.exists()), None)


def floor(path):
    name = path.relative_to(ROOT).as_posix()
    return next(number for start, number in FLOORS.items() if name.startswith(start))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_only_point_down(path):
    for module in imports(path):
        imported = file_of(module)
        if imported is not None and module != "moons":
            assert floor(imported) <= floor(path), f"{path} imports {module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_dashboard_knows_streamlit_and_only_plots_know_plotly(path):
    modules = {module.partition(".")[0] for module in imports(path)}
    assert "streamlit" not in modules or floor(path) >= 4
    assert "plotly" not in modules or floor(path) >= 3


@pytest.mark.parametrize("room", ["inspection", "plots"])
def test_siblings_do_not_import_each_other(room):
    shared = {"palette", "words"}
    for path in (ROOT / "moons" / room).glob("*.py"):
        siblings = {module.removeprefix(f"moons.{room}.") for module in imports(path) if f"moons.{room}." in module}
        assert siblings <= shared, path


def test_the_core_imports_without_streamlit_and_plotly():
    program = "import sys; sys.modules.update(streamlit=None, plotly=None); import moons; moons.run; moons.History"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=ROOT)


def test_only_the_session_touches_the_session_state():
    for path in ROOT.glob("dashboard/**/*.py"):
        text = path.read_text(encoding="utf-8")
        assert ("session_state" in text or "query_params" in text) == (path.name == "session.py"), path


def test_the_entry_stays_small():
    assert len((ROOT / "streamlit_app.py").read_text(encoding="utf-8").splitlines()) <= 40


SHOWN = {"button", "toggle", "selectbox", "slider", "select_slider", "number_input", "markdown", "caption", "header",
         "subheader", "info", "error", "warning", "success", "expander", "write", "download_button", "popover",
         "checkbox", "radio", "text_input",
         "segmented_control", "title", "toast", "link_button", "file_uploader", "pills", "multiselect", "metric",
         "text", "dialog", "spinner", "data_editor", "plotly_chart"}  # fmt: skip
TEXTS = {"label", "help", "placeholder", "alt", "body", "text", "caption"}


@pytest.mark.parametrize("path", [*ROOT.glob("dashboard/**/*.py")], ids=lambda path: path.name)
def test_every_sentence_on_the_page_passes_gettext(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        shows = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWN
        if shows and not ast.unparse(node.func).startswith("controls."):  # these name a field, which has the label
            texts = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in TEXTS)]
            for text in texts:
                assert not (isinstance(text, ast.Constant) and isinstance(text.value, str)), (
                    f"{path}:{node.lineno} shows a sentence that can't be translated"
                )
