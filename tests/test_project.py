"""The project as others take it up: what is installed, what is pinned, what is written about it."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import moons
from tests.test_architecture import ROOT, SOURCES, floor, imports

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"moons", "dashboard"}
DISTRIBUTIONS = packages_distributions()


def requirements(lines):
    """{name: requirement} of such lines."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


CORE, PAGE = requirements(PROJECT["dependencies"]), requirements(PROJECT["optional-dependencies"]["page"])
PINNED = requirements(
    line
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith(("#", "-e"))
)
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def version(requirement):
    """The one version that an exact requirement allows."""
    (clause,) = requirement.specifier
    assert clause.operator == "==" and "*" not in clause.version, requirement
    return clause.version


def test_the_requirements_are_the_projects_own_list_made_exact():
    assert PINNED.keys() == CORE.keys() | PAGE.keys()
    for name, requirement in (CORE | PAGE).items():
        assert requirement.specifier.contains(version(PINNED[name])), name


def test_the_lock_has_these_versions_and_a_hash_of_each_file():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    locked = requirements(entry.partition(" \\\n")[0] for entry in entries)
    for name, requirement in PINNED.items():
        assert name == "torch" or version(locked[name]) == version(requirement)
    assert "torch" not in locked  # its builds for the CPU and for CUDA have one version and different files
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert "://" not in LOCK


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_module_imports_is_required(path):
    drawn = floor(path) >= 3  # plots, exports and the page
    allowed = CORE.keys() | (PAGE.keys() if drawn else set())
    for module in {module.partition(".")[0] for module in imports(path)} - OURS - sys.stdlib_module_names:
        names = {canonicalize_name(name) for name in DISTRIBUTIONS[module]}
        assert names & allowed or module == "matplotlib", module  # what an exported program imports, it says itself


def test_all_but_the_figures_and_files_works_without_the_page():
    modules = [path.relative_to(ROOT).with_suffix("") for path in SOURCES if floor(path) < 3 and path.stem[0] != "_"]
    program = f"""
import sys
sys.modules.update(dict.fromkeys({sorted(PAGE.keys() - {"jinja2", "pillow"})}) | {{"PIL": None}})
from importlib import import_module
for module in {[".".join(module.parts) for module in modules]}:
    import_module(module)
"""  # jinja2 is PyTorch's as well
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The folder into which the wheel is unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    with ZipFile(file) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_carries_every_file_of_both_packages(wheel):
    listed = subprocess.run(["git", "ls-files", *OURS], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tools = r"dashboard/browser/tests/.*"  # of the browser's modules, for their tests alone
    there = {path for path in listed.split() if (ROOT / path).exists() and not re.fullmatch(tools, path)}
    carried = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    assert there <= carried
    assert {Path(path).parts[0] for path in carried} == {*OURS, f"moons-{moons.__version__}.dist-info"}
    assert {"moons/py.typed", "dashboard/py.typed", "dashboard/locale/ko/LC_MESSAGES/moons.mo"} <= carried


def test_what_the_wheel_installed_draws_the_page_elsewhere(wheel, tmp_path):
    (tmp_path / "page.py").write_text((ROOT / "streamlit_app.py").read_text(encoding="utf-8"), encoding="utf-8")
    program = f"""
import sys
sys.path.insert(0, {str(wheel)!r})
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("page.py", default_timeout=60).run()
assert not page.exception and page.button, page.exception
import dashboard, moons
assert dashboard.__file__.startswith({str(wheel)!r}) and moons.__file__.startswith({str(wheel)!r})
"""
    subprocess.run([sys.executable, "-P", "-c", program], cwd=tmp_path, check=True)


def test_the_changelog_names_the_version():
    assert f"\n## [{moons.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_command_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    explained = set(re.findall(r"`make ([\w-]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert explained == set(targets.split())
    assert all(f"\n{target}:" in makefile for target in explained)
