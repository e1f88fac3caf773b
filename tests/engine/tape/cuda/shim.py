"""Kernels on the processor: their text compiled as C++, with a thread for each thread of a block."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from engine.tape.cuda.kernel import Kernel

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")

_LAUNCH = """
extern "C" void launch(const void* bytes, int width, int height, int threads, int size) {
  std::vector<unsigned char> memory(size + 64);
  shared_memory = (unsigned char*)(((uintptr_t)memory.data() + 63) / 64 * 64);
  std::barrier<> barrier(threads);
  all = &barrier;
  warps.clear();
  for (int t = 0; t < threads; t += 32) warps.push_back(std::make_unique<std::barrier<>>(32));
  Table table;
  std::memcpy(&table, bytes, sizeof(Table));
  for (int y = 0; y < height; ++y) for (int x = 0; x < width; ++x) {
    std::memset(shared_memory, 0x7f, size);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) running.emplace_back([&, t] {
      threadIdx.x = t; blockIdx.x = x; blockIdx.y = y;
      run(table);
    });
    for (auto& one : running) one.join();
  }
}
"""


@cache
def folder() -> Path:
    return Path(mkdtemp(prefix="kernels"))


class ShimFunction:
    """A kernel on the processor; ``options`` go to g++."""

    def __init__(self, kernel: Kernel, *options: str) -> None:
        text = kernel.text.replace(
            "extern __shared__ __align__(64) unsigned char shared[];",
            "unsigned char* const shared = shared_memory;",
        ).replace("#pragma unroll", "#pragma GCC unroll 4 //")
        head = Path(__file__).with_name("shim.h").read_text()
        whole = f"{head}\n{text}\n{_LAUNCH}"
        name = hashlib.sha256((whole + repr(options)).encode()).hexdigest()[:24]
        library = folder() / f"{name}.so"
        if not library.exists():
            source = folder() / f"{name}.cpp"
            source.write_text(whole)
            command = [
                "g++",
                "-std=c++20",
                "-O1",
                "-ffp-contract=off",
                "-mfma",
                "-fPIC",
                "-shared",
                "-pthread",
            ]
            subprocess.run([*command, *options, str(source), "-o", str(library)], check=True)
        self._kernel, self._library = kernel, ctypes.CDLL(str(library))

    @classmethod
    def of(cls, kernel: Kernel, device: object) -> ShimFunction:
        return cls(kernel)

    def launch(self, grid: tuple[int, int], table: bytes) -> None:
        kernel = self._kernel
        self._library.launch(table, *grid, kernel.threads, kernel.shared)
