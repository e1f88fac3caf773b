"""Runs tests under each instruction set that this processor has, with one torch thread and with two.

``python tools/test_cpus.py [pytest's arguments]``; without arguments the suites whose outcome hangs on arithmetic.
Sums round differently under each of them, as they do from one processor to the next. Exit status 1 if any run failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

SUITES = ["tests/engine/network", "tests/engine/observation", "tests/engine/training", "tests/engine/service"]
TWO_AT_A_TIME = ["-n", "2", "--dist", "worksteal"]
THREADS = (1, 2)
CAPABILITIES = {
    # PyTorch's own loops, and the most that MKL and oneDNN may use for products.
    "default": {"MKL_ENABLE_INSTRUCTIONS": "SSE4_2", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    "avx2": {"MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "avx512": {"MKL_ENABLE_INSTRUCTIONS": "AVX512", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
}


def capabilities() -> list[str]:
    """Those that this processor has, the plainest first."""
    import torch

    names, best = list(CAPABILITIES), torch.backends.cpu.get_cpu_capability().lower()
    return names[: names.index(best) + 1] if best in names else names[:1]


def run(capability: str, threads: int, arguments: list[str]) -> int:
    environment = {
        **os.environ,
        **CAPABILITIES[capability],
        "ATEN_CPU_CAPABILITY": capability,
        "TEST_TORCH_THREADS": str(threads),
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
    ).returncode


def main() -> int:
    arguments = sys.argv[1:] or [*TWO_AT_A_TIME, *SUITES]
    failed = []
    for capability in capabilities():
        for threads in THREADS:
            name = f"{capability}, {threads} thread{'s' if threads > 1 else ''}"
            print(f"=== {name}", flush=True)
            start = time.monotonic()
            if run(capability, threads, arguments):
                failed.append(name)
            print(f"=== {name}: {time.monotonic() - start:.0f} s", flush=True)
    print(f"=== failed under: {'; '.join(failed)}" if failed else "=== all passed under each")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
