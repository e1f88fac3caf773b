"""Compile CUDA C with NVRTC and launch it on PyTorch's stream, through NVIDIA's Python bindings (cuda-bindings).

They come with PyTorch's CUDA builds. Nothing here is imported without a device.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from importlib import import_module
from typing import Any

import numpy as np
import torch

from engine.tape.compiler.source import Unlowerable
from engine.tape.cuda.kernel import Kernel

MOST_KEPT = 128
"""Compiled kernels that a process keeps."""

_KEPT: OrderedDict[tuple[str, int], Function] = OrderedDict()
_LOCK = threading.Lock()


class Function:
    """A kernel on a device.

    Parameters
    ----------
    kernel
        Its text and needs.
    device
        A CUDA device.

    Raises
    ------
    Unlowerable
        If it cannot be compiled or loaded, with the reason.
    """

    def __init__(self, kernel: Kernel, device: torch.device) -> None:
        driver, nvrtc = _bindings()
        self._driver, self._kernel, self._device = driver, kernel, device
        with torch.cuda.device(device):
            torch.cuda.current_stream().synchronize()  # The driver's context is PyTorch's own.
            major, minor = torch.cuda.get_device_capability(device)
            image = np.frombuffer(_image(nvrtc, kernel.text, f"sm_{major}{minor}"), dtype=np.uint8)
            self._module = _checked(driver, driver.cuModuleLoadData(image.ctypes.data))
            self._function = _checked(driver, driver.cuModuleGetFunction(self._module, b"run"))
            most = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
            _checked(driver, driver.cuFuncSetAttribute(self._function, most, max(kernel.shared, 1)))

    def launch(self, grid: tuple[int, int], table: bytes) -> None:
        """Launch blocks.

        Parameters
        ----------
        grid
            Blocks along lanes (any number) and steps (up to 65,535).
        table
            The kernel's ``Table``.
        """
        memory = np.frombuffer(table, dtype=np.uint8)
        pointers = np.array([memory.ctypes.data], dtype=np.uint64)
        stream = torch.cuda.current_stream(self._device).cuda_stream
        with torch.cuda.device(self._device):
            result = self._driver.cuLaunchKernel(
                self._function, *grid, 1, self._kernel.threads, 1, 1, self._kernel.shared, stream,
                pointers.ctypes.data, 0,
            )  # fmt: skip
        _checked(self._driver, result)


def compiled(kernel: Kernel, device: torch.device) -> Function:
    """Return a kernel on a device, compiled once in a process.

    Parameters
    ----------
    kernel
        Its text and needs.
    device
        A CUDA device.

    Returns
    -------
    Function

    Raises
    ------
    Unlowerable
        If it cannot be compiled or loaded, with the reason.
    """
    index = device.index if device.index is not None else torch.cuda.current_device()
    key = (hashlib.sha256(kernel.text.encode()).hexdigest(), index)
    with _LOCK:
        known = _KEPT.get(key)
        if known is None:
            known = _KEPT[key] = Function(kernel, device)
            while len(_KEPT) > MOST_KEPT:
                _KEPT.popitem(last=False)
        _KEPT.move_to_end(key)
        return known


def _bindings() -> tuple[Any, Any]:
    try:
        return import_module("cuda.bindings.driver"), import_module("cuda.bindings.nvrtc")
    except ImportError:
        raise Unlowerable("the package cuda-bindings, which compiles kernels, is not installed") from None


def _image(nvrtc: Any, text: str, architecture: str) -> bytes:
    program = _checked(nvrtc, nvrtc.nvrtcCreateProgram(text.encode(), b"lane.cu", 0, [], []))
    options = [f"--gpu-architecture={architecture}".encode(), b"--std=c++17"]
    (error,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
    if error != nvrtc.nvrtcResult.NVRTC_SUCCESS:
        log = b" " * _checked(nvrtc, nvrtc.nvrtcGetProgramLogSize(program))
        nvrtc.nvrtcGetProgramLog(program, log)
        lines = [line for line in log.decode(errors="replace").splitlines() if "error" in line]
        raise Unlowerable(f"NVRTC says: {lines[0] if lines else log.decode(errors='replace')}")
    image: bytes = b" " * _checked(nvrtc, nvrtc.nvrtcGetCUBINSize(program))
    _checked(nvrtc, nvrtc.nvrtcGetCUBIN(program, image))
    _checked(nvrtc, nvrtc.nvrtcDestroyProgram(program))
    return image


def _checked(library: Any, result: tuple[Any, ...]) -> Any:
    """Return what a call of a binding returned besides its status.

    Raises
    ------
    Unlowerable
        With the status, if that is no success.
    """
    status, *values = result
    if int(status) != 0:
        raise Unlowerable(f"CUDA says {status.name}")
    return values[0] if values else None
