"""Features: the inputs of the network, as functions of the canvas coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.catalogue.canvas import CANVAS
from engine.catalogue.code import everywhere
from engine.catalogue.entry import Entry, Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Entry):
    """An input of the network.

    Attributes
    ----------
    function
        ``function(x1, x2)`` takes arrays or tensors of equal shape and returns one of that shape.
    bound
        The largest |value| on the canvas.
    curve
        Whether the task ``curve``, in which x2 is the target, can use it.
    straight
        Whether it is linear.

    Its ``code`` is an expression of ``x1`` and ``x2`` in NumPy.
    """

    function: Callable[[Any, Any], Any]
    bound: float
    curve: bool
    straight: bool = False


def _feature(
    key: str,
    label: str,
    tooltip: str,
    bound: float,
    curve: bool,
    function: Callable[[Any, Any], Any],
    straight: bool = False,
    *,
    code: str,
) -> Feature:
    return Feature(
        key=key,
        label=label,
        formula=label,
        tooltip=tooltip,
        function=function,
        bound=bound,
        curve=curve,
        straight=straight,
        code=everywhere(code),
    )


def _sine(x: Any) -> Any:
    return np.sin(x) if isinstance(x, np.ndarray) else x.sin()


FEATURES: Family[Feature] = Family(
    "feature",
    [
        _feature(
            "x1", "x₁", "Horizontal position.", CANVAS, True, lambda x1, x2: x1, straight=True, code="x1"
        ),
        _feature(
            "x2", "x₂", "Vertical position.", CANVAS, False, lambda x1, x2: x2, straight=True, code="x2"
        ),
        _feature(
            "x1_squared",
            "x₁²",
            "Horizontal position, squared.",
            CANVAS**2,
            True,
            lambda x1, x2: x1 * x1,
            code="x1 * x1",
        ),
        _feature(
            "x2_squared",
            "x₂²",
            "Vertical position, squared.",
            CANVAS**2,
            False,
            lambda x1, x2: x2 * x2,
            code="x2 * x2",
        ),
        _feature(
            "x1_x2",
            "x₁x₂",
            "Product of both positions.",
            CANVAS**2,
            False,
            lambda x1, x2: x1 * x2,
            code="x1 * x2",
        ),
        _feature(
            "sin_x1",
            "sin x₁",
            "Sine of the horizontal position.",
            1.0,
            True,
            lambda x1, x2: _sine(x1),
            code="np.sin(x1)",
        ),
        _feature(
            "sin_x2",
            "sin x₂",
            "Sine of the vertical position.",
            1.0,
            False,
            lambda x1, x2: _sine(x2),
            code="np.sin(x2)",
        ),
    ],
)
