"""Imports only point down, and every sentence of the page passes gettext."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# a file may import from its own floor and those below; the first match counts
FLOORS = {
    "streamlit_app.py": 7,
    "dashboard/page/page.py": 7,  # draws all of it
    "dashboard/rooms/": 6,
    "dashboard/page/": 5,
    "dashboard/": 4,
    "moons/export/": 3,
    "moons/plots/": 3,
    "moons/share.py": 3,
    "moons/assignment.py": 3,
    "moons/answer.py": 3,
    "moons/attempts.py": 3,
    "moons/presets.py": 2,
    "moons/explore/": 3,
    "moons/inspection/": 2,
    "moons/__init__.py": 1,  # the public names
    "moons/run.py": 1,
    "moons/many.py": 1,
    "moons/": 0,
}
SOURCES = [*ROOT.glob("moons/**/*.py"), *ROOT.glob("dashboard/**/*.py"), ROOT / "streamlit_app.py"]


def imports(path):
    """The modules that a file imports anywhere, as dotted names."""
    return imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports_at_once(path):
    """Those that it imports when it is imported itself: not within a function."""
    nodes = [*ast.parse(path.read_text(encoding="utf-8")).body]
    for node in nodes:  # which grows
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            nodes += ast.iter_child_nodes(node)
    return imported(nodes)


def imported(nodes):
    for node in nodes:
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
        file = file_of(module)
        if file is not None and module != "moons":
            assert floor(file) <= floor(path), f"{path} imports {module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_dashboard_knows_streamlit_and_only_plots_know_plotly(path):
    modules = {module.partition(".")[0] for module in imports(path)}
    assert "streamlit" not in modules or floor(path) >= 5
    assert "plotly" not in modules or floor(path) >= 3


def test_no_module_imports_itself_by_way_of_others():
    found = {path: {file_of(module) for module in imports_at_once(path)} - {None, path} for path in SOURCES}
    assert any(found.values())
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        circle = " → ".join(path.relative_to(ROOT).as_posix() for path in error.args[1])
        pytest.fail(f"these import each other: {circle}")


@pytest.mark.parametrize("folder", ["moons/inspection", "moons/plots"])
def test_siblings_do_not_import_each_other(folder):
    # colours, words, what a plain figure is, and how a network does on its points
    shared, home = {"palette", "words", "spec", "points"}, ROOT / folder
    for path in home.glob("**/*.py"):
        files = {file_of(module) for module in imports(path)} - {None}
        siblings = {sibling(file, home) for file in files if file.is_relative_to(home)}
        assert siblings <= {*shared, sibling(path, home)}, path


def sibling(path, home):
    """The part of a folder that a file belongs to: itself, or the folder within it."""
    return Path(path.relative_to(home).parts[0]).stem


def test_of_a_room_another_one_draws_only_what_is_on_the_page_in_both():
    shared = {"train", "explore"}  # the transport, the pictures of the run and studies, which a lesson shows too
    home = ROOT / "dashboard" / "rooms"
    for path in home.glob("*/**/*.py"):
        files = {file_of(module) for module in imports(path)} - {None}
        rooms = {sibling(file, home) for file in files if file.is_relative_to(home)}
        assert rooms <= {*shared, sibling(path, home)}, path


def test_the_core_imports_without_streamlit_and_plotly():
    program = "import sys; sys.modules.update(streamlit=None, plotly=None); import moons; moons.run; moons.History"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=ROOT)


def test_only_the_session_its_settings_and_what_spares_streamlit_work_touch_what_it_holds():
    adapter = {ROOT / "dashboard" / "page" / name for name in ("session.py", "settings.py", "lighter.py")}
    for path in ROOT.glob("dashboard/**/*.py"):
        text = path.read_text(encoding="utf-8")
        assert ("session_state" in text or "query_params" in text) == (path in adapter), path


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
