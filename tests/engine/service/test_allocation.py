"""Large blocks of memory go back to the system when they are freed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.service.allocation import give_back_large_memory

CODE = """
import numpy as np
from engine.service.allocation import give_back_large_memory
if {wanted} and not give_back_large_memory(1 << 20):
    raise SystemExit("another C library")
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
before, kept = resident(), []
for megabytes in range(2, 30):
    large = np.ones(megabytes << 17)
    kept.append(np.ones(1 << 14))
    del large
print(resident() - before - sum(one.nbytes for one in kept) / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other ways")
def test_a_block_that_grows_again_and_again_leaves_nothing_behind() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    run = subprocess.run(
        [sys.executable, "-c", CODE.format(wanted=True)], env=environment, capture_output=True, text=True
    )
    if "another C library" in run.stderr:
        pytest.skip("this C library has no such setting")
    assert float(run.stdout) < 2.0, run.stderr


def test_a_persons_own_setting_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "131072")
    assert not give_back_large_memory(1 << 20)


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not give_back_large_memory(1 << 20)
