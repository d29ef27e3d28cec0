"""Where the kernel's machine code is kept decides nothing: not the numbers, and not whether it works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from moons import kernel
from moons.kernel.cache import DIGEST_BYTES, KernelCache

ROOT = Path(__file__).parents[1]
RUN = """
import hashlib, sys, tempfile, moons
if "nowhere" in sys.argv:
    tempfile.tempdir = "/dev/null"
experiment = moons.Experiment(
    model=moons.ModelSpec(hidden=(9, 7), activation="tanh"),
    training=moons.TrainSpec(epochs=40, batch_size=30, optimizer="adam", dropout=0.2),
)
print(hashlib.sha256(moons.run(experiment).train_loss.tobytes()).hexdigest())
"""
NOWHERE = {"HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "NUMBA_CACHE_DIR": f"{os.devnull}/kernel"}


def python(program, *arguments, **environment):
    """What a fresh process prints. A warning is an error."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def load_overload(cache):
    """What a cache gives to Numba for the one signature."""
    (signature,) = kernel.train_epochs.signatures
    return cache.load_overload(signature, kernel.train_epochs.targetctx)


def stored_file():
    """Where this process found its own code, or stored it; None where it can't."""
    kernel.warm_up()
    cache = KernelCache()
    load_overload(cache)
    return cache.file


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """(what a process gives that loads the stored code, or compiles and stores it where there is none; the file)."""
    folder = tmp_path_factory.mktemp("kernel")
    stored = stored_file()
    if stored:  # `make test` has compiled it
        shutil.copy(stored, folder)
    printed = python(RUN, NUMBA_CACHE_DIR=str(folder), PYTHONHASHSEED="1")
    (file,) = folder.iterdir()
    return printed, file


def test_a_process_that_loads_the_code_gives_the_same_bits(compiled):
    printed, file = compiled
    written = file.stat().st_mtime_ns
    assert python(RUN, NUMBA_CACHE_DIR=str(file.parent), PYTHONHASHSEED="2") == printed
    assert file.stat().st_mtime_ns == written


def test_without_a_home_and_a_folder_that_can_be_written_it_gives_the_same_bits(compiled):
    other_code_first = "import numba\nnumba.njit(lambda x: x + 1)(1.0)\n"
    assert python(other_code_first + RUN, "nowhere", **NOWHERE, PYTHONHASHSEED="3") == compiled[0]


@pytest.fixture
def load(compiled, tmp_path, monkeypatch):
    """Load the code from tmp_path. A compiler is run once per line of `compilations`: it gives the true code."""
    kernel.warm_up()
    code, compilations = tmp_path / "code", tmp_path / "compilations"
    code.write_bytes(compiled[1].read_bytes()[DIGEST_BYTES:])
    compiler = tmp_path / "compiler"
    compiler.write_text(f'#!/bin/sh\necho >> "{compilations}"\ncat "{code}"\n', encoding="utf-8")
    compiler.chmod(0o700)
    compilations.touch()
    monkeypatch.setattr(sys, "executable", str(compiler))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kernel"))
    (tmp_path / "kernel").mkdir()

    def loaded():
        assert load_overload(KernelCache()).signature.args == kernel.train_epochs.signatures[0]
        return len(compilations.read_text(encoding="utf-8"))

    return loaded


DAMAGES = {
    "missing": lambda data: None,
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "without its digest": lambda data: data[DIGEST_BYTES:],
    "one bit": lambda data: data[:9_999] + bytes([data[9_999] ^ 4]) + data[10_000:],
    "its digest": lambda data: bytes(DIGEST_BYTES) + data[DIGEST_BYTES:],
    "text": lambda data: b"not machine code",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_thrown_away_and_made_again(damage, load, compiled, tmp_path):
    whole, file = compiled[1].read_bytes(), tmp_path / "kernel" / compiled[1].name
    damaged = DAMAGES[damage](whole)
    if damaged is not None:
        file.write_bytes(damaged)
    assert load() == 1
    assert file.read_bytes() == whole
    assert load() == 1  # from the file
    assert [*file.parent.iterdir()] == [file]


def test_what_another_version_compiled_is_not_loaded(load, compiled, tmp_path, monkeypatch):
    file = tmp_path / "kernel" / compiled[1].name
    assert load() == 1
    monkeypatch.setattr(sys, "version", "another Python")
    assert load() == 2
    (other,) = {*file.parent.iterdir()} - {file}
    other.write_bytes(compiled[1].read_bytes())  # whole, but made for this Python
    assert load() == 3
    assert other.read_bytes() != file.read_bytes()


def test_a_folder_in_its_place_is_left_alone(load, compiled, tmp_path):
    (tmp_path / "kernel" / compiled[1].name).mkdir()
    assert (load(), load()) == (1, 2)


def test_the_users_cache_comes_first_then_a_temporary_folder_of_nobody_elses(load, compiled, tmp_path, monkeypatch):
    home, temporary = tmp_path / "home", tmp_path / f"moons-{os.getuid()}"
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert (load(), load()) == (1, 1)
    assert (home / "moons" / compiled[1].name).exists()
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)  # a read-only folder wouldn't stop root
    assert (load(), load()) == (2, 2)
    assert (temporary / compiled[1].name).exists()
    temporary.chmod(0o777)  # anybody may have put a file there
    assert (load(), load()) == (3, 4)


def test_where_no_process_can_be_started_numba_is_told_to_compile_here(monkeypatch, load):
    monkeypatch.setattr(sys, "executable", "/dev/null/python")
    with pytest.warns(UserWarning, match="compiled in this process"):
        assert load_overload(KernelCache()) is None


IMPORT = """
import sys, numba, numpy, pandas, sklearn, torch  # ours alone is looked at
WRITES = {"os.mkdir", "os.rename", "os.remove", "tempfile.mkstemp", "tempfile.mkdtemp", "subprocess.Popen"}
def look(event, arguments):
    if event in WRITES or event == "open" and arguments[2] & 3:  # to write, or to read and write
        raise AssertionError((event, arguments))
before = dict(vars(numba.config))
sys.addaudithook(look)
import moons
after = vars(numba.config)
print({name for name in before.keys() | after.keys() if before.get(name) != after.get(name)})
"""


def test_importing_the_package_writes_nothing_and_leaves_numba_alone():
    assert python(IMPORT, **NOWHERE) == "set()\n"
