"""CUDA graphs: what a function launches on a device, recorded once and launched as a whole from then on."""

from __future__ import annotations

from collections.abc import Callable

import torch

Function = Callable[[], object]

WARM_UP = 2
"""Calls before the recorded one: the first lets libraries set up what they must not set up while it is recorded."""


def captured(function: Function) -> Function:
    """Record a function as a CUDA graph.

    Parameters
    ----------
    function
        Launches the same kernels on the same memory at each call, on the current device, and looks at no result. It is
        called some times, so what it changes in memory has changed afterwards.

    Returns
    -------
    function
        Does what one call does.

    Raises
    ------
    RuntimeError
        If something that it does cannot be part of a graph.
    """
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            function()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    # Other threads of the process may use the device meanwhile.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        function()
    return graph.replay
