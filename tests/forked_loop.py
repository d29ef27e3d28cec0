"""An exported program's loop in a process that already has PyTorch: to import it takes longer than most loops."""

import io
import multiprocessing
import os
import sys

from moons.export import loop_runner

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["torch", "sklearn.datasets", __name__])


def forked_loop(program):
    """As proof.run_loop; the process is still the program's own."""
    heard, said = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_run, args=(program, said))
    process.start()
    said.close()
    try:
        with os.fdopen(os.dup(heard.fileno()), "rb") as lines:
            yield from lines
    finally:
        process.kill()
        process.join()
        process.close()
        heard.close()


def _run(program, said):
    sys.stdin, sys.stdout = io.StringIO(program), os.fdopen(os.dup(said.fileno()), "w")
    said.close()
    loop_runner.main()
