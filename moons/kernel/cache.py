"""The kernel's machine code, compiled once and kept on the disk.

What Numba makes of the same source depends on the order of its sets and on what the process compiled before; a sum's
last bit can then differ between two processes. So a fresh process with a fixed hash seed compiles, always, and every
process loads what that one wrote. The same experiment gives the same bits with a stored copy and without.
"""

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

PACKAGE = Path(__file__).parents[1]
DIGEST_BYTES = 32

WIDE = "-prefer-256-bit"  # LLVM's word: use all 512 bits of a vector where there are so many
# Without the package's own __init__, which would load PyTorch, and without looking for garbage: seconds each.
COMPILE = """
import gc, sys, types
gc.disable()
sys.modules["moons"] = package = types.ModuleType("moons")
package.__path__ = [sys.argv[1]]
from moons import kernel
from moons.kernel.cache import machine_code
sys.stdout.buffer.write(machine_code(kernel.train_epochs, kernel.warm_up))
"""


class KernelCache:
    """The cache of one function with one signature, as Numba's dispatcher asks for it."""

    file: Path | None = None  # that holds the code; None before it is loaded, or where it can't be stored

    @property
    def cache_path(self) -> str | None:
        """Its folder, as Numba asks for it."""
        return str(self.file.parent) if self.file else None

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function: from the disk, else compiled and stored. None for another signature."""
        key = _key(target)
        result = self._load(key, target) or self._compile(key, target)
        wanted, _returned = normalize_signature(signature)  # type: ignore[no-untyped-call]
        return result if result and result.signature.args == wanted else None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep nothing that this process compiled itself."""

    def _load(self, key: bytes, target: Any) -> Any:
        """The first stored copy that is whole. The others are thrown away."""
        for file in _files(key):
            try:
                data = file.read_bytes()
                if data[:DIGEST_BYTES] == _digest(key, data[DIGEST_BYTES:]):
                    self.file = file
                    return _rebuild(data[DIGEST_BYTES:], target)
                file.unlink()
            except OSError:
                continue  # not there, or nothing that this user can change
        return None

    def _compile(self, key: bytes, target: Any) -> Any:
        """Compile in a fresh process, and store the code in the first folder that can be written."""
        environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
        features = target.codegen().magic_tuple()[2]
        if "+avx512f" in features.split(","):
            environment["NUMBA_CPU_FEATURES"] = f"{features},{WIDE}"
        command = [sys.executable, "-P", "-c", COMPILE, str(PACKAGE)]
        try:
            code = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            reason = error.stderr.decode(errors="replace")[-500:] if hasattr(error, "stderr") else error
            warnings.warn(f"compiled in this process, so a sum's last bit may differ: {reason}", stacklevel=2)
            return None
        for file in _files(key):
            with suppress(OSError):
                _write(file, _digest(key, code) + code)
                self.file = file
                break
        return _rebuild(code, target)


def machine_code(function: Any, call: Any) -> bytes:
    """What `call` has Numba make of `function` in this process, as bytes."""
    function._cache = NullCache()
    call()
    (result,) = function.overloads.values()
    return bytes(dumps(result._reduce()))  # type: ignore[no-untyped-call]


def _rebuild(code: bytes, target: Any) -> Any:
    return CompileResult._rebuild(target, *pickle.loads(code))  # type: ignore[no-untyped-call]


def _key(target: Any) -> bytes:
    """All that the machine code depends on: sources, versions, the processor."""
    sources = [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
    versions = [version(name) for name in ("numba", "llvmlite", "numpy")]
    return repr((sources, sys.version, versions, target.codegen().magic_tuple())).encode()


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _files(key: bytes) -> Iterator[Path]:
    """Where the code may be: NUMBA_CACHE_DIR alone if that is set, else the user's cache, else a temporary folder."""
    name = f"kernel-{_digest(key).hex()[:16]}.bin"
    config: Any = numba.config
    if config.CACHE_DIR:
        yield Path(config.CACHE_DIR) / name
        return
    with suppress(RuntimeError):  # there is no home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "moons" / name
    with suppress(OSError):
        folder = Path(tempfile.gettempdir()) / f"moons-{_user()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if os.name == "nt" or (found.st_uid == _user() and found.st_mode & 0o170022 == 0o040000):  # nobody else's
            yield folder / name


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _write(file: Path, data: bytes) -> None:
    """Write the whole file, or none of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
