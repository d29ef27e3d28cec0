"""The README's promises are executable."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_library_example_runs(capsys):
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(program, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("5000 0.")
    assert "Linear(in_features=2, out_features=16" in printed


def test_the_commands_are_the_makefiles():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{command}:" in makefile


def test_every_file_it_names_is_there():
    for name in re.findall(r"`((?:dashboard|moons)/[\w./]*|[\w]+\.py|[\w./]+\.md)`", README):
        found = [path for folder in ("dashboard", "moons") for path in (ROOT / folder).rglob(name)]
        assert (ROOT / name).exists() or found, name
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).stat().st_size > 10_000
