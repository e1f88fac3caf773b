"""A child that is forked while another thread compiles finds no lock held."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")

CHILD = """
import os, threading, time
from engine.tape.compiler import code, programs

for lock in (code._LOCK, programs._LOCK):
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        # In another thread: a reentrant lock that this one still held would be given to it.
        got = []
        taker = threading.Thread(target=lambda: got.append(lock.acquire(timeout=60)))
        taker.start()
        taker.join()
        os._exit(0 if got == [True] else 3)
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    got = lock.acquire(timeout=60)
    assert got
    lock.release()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_no_lock_is_held_in_a_child_by_a_thread_that_it_does_not_have() -> None:
    where = Path(__file__).parents[4]
    subprocess.run([sys.executable, "-c", CHILD], check=True, cwd=where, timeout=250)
