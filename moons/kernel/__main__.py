"""`python -m moons.kernel`: compile the kernel now and store it, so that nobody waits for it later."""

import sys
from typing import Any

from moons.kernel import train_epochs, warm_up

warm_up()
compiled: Any = train_epochs
folder = compiled.stats.cache_path
if folder is None:
    sys.exit("No folder can be written. Set NUMBA_CACHE_DIR to one that can.")
print(f"The kernel is compiled: {folder}")
