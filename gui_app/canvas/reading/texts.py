"""What is said of a position, of the network's answer there, and of a point: functions of values alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.tasks import CLASSIFICATION
from engine.catalogue.texts import counted
from engine.experiment import SPLITS, DataSettings, Points, class_labels
from engine.experiment.frame import axis_symbols, quantity_text
from engine.observation.observables import PointAnswers

SEPARATOR = " · "
BREVITIES = 6
"""Each number below makes shorter texts: 0 says all; 1 has symbols for names of axes; 2 has the likeliest classes, as
bare numbers; 3 has the likeliest class, long names of classes abridged, and no position of a point; 4 has no answer at
a point; 5 leaves out what can be seen."""
_LIKELIEST = {2: 3, 3: 1, 4: 1, 5: 1}
_LONGEST = 14
"""Characters of an abridged name."""


def position_text(data: DataSettings, x: float, y: float, brevity: int = 0) -> str:
    """Return a position in the data's units, with the names of the axes."""
    axes, extent = (data.axes.x, data.axes.y), (data.extent.x, data.extent.y)
    parts = [
        f"{(not brevity and axis.name) or symbol} "
        f"{quantity_text(value, axis.unit if brevity < 4 else None, high - low)}"
        for axis, symbol, value, (low, high) in zip(
            axes, axis_symbols(data.task), (x, y), extent, strict=False
        )
    ]
    return ", ".join(parts)


def answer_text(data: DataSettings, values: NDArray[np.floating], brevity: int = 0) -> str:
    """Return what the network says: the probability of each class, largest first, or a value."""
    if data.task != CLASSIFICATION:
        return f"predicted {_value_text(data, float(values[0]))}"
    order = np.argsort(-values, kind="stable")[: _LIKELIEST.get(brevity)]
    first, *others = (f"{class_text(data, int(k), brevity)} {percent_text(float(values[k]))}" for k in order)
    if brevity >= 4:
        return first
    first = first.removeprefix("class ") if brevity >= 2 else first
    return f"predicted {', '.join((first, *(other.removeprefix('class ') for other in others)))}"


UNEVEN = "seeds at different epochs"
"""What answers are of while some seeds of a lane catch up with the others."""


def seeds_text(data: DataSettings, values: Sequence[NDArray[np.floating]], brevity: int = 0) -> str:
    """Return how many seeds agree with their mean answer, or how far their values spread; "" without seeds."""
    if not values or brevity >= 5:
        return ""
    count, seeds = len(values), counted(len(values), "seed")
    if data.task != CLASSIFICATION:
        axis = data.axes.y if data.task == "curve" else data.axes.value
        sigma = float(np.std([float(one[0]) for one in values]))
        spread = quantity_text(sigma, axis.unit, 10 * sigma)
        return f"σ {spread}" if brevity >= 3 else f"{seeds}: σ {spread}"
    most = int(np.mean(values, axis=0).argmax())
    agree = sum(int(one.argmax()) == most for one in values)
    if brevity >= 3:
        return f"{agree}/{seeds}"
    named = class_text(data, most, brevity)
    return f"all {seeds} say {named}" if agree == count else f"{agree} of {seeds} say {named}"


def point_text(
    data: DataSettings,
    points: Points,
    index: int,
    answers: PointAnswers | None,
    brevity: int = 0,
    loss_unit: str = "",
) -> str:
    """Return the number of a point from 1, its target, split and loss, and whether it is wrong."""
    target, split = float(points.target[index]), SPLITS[points.split[index]]
    what = (
        class_text(data, int(target), brevity) if data.task == CLASSIFICATION else _value_text(data, target)
    )
    parts = [f"Point {index + 1:,}: {what}", *((split,) if brevity < 5 else ())]
    if answers is not None:
        if data.task == CLASSIFICATION:
            parts.append("right" if answers.answer[index] == target else "wrong")
        parts.append(f"loss {quantity_text(float(answers.loss[index]), loss_unit)}")
    return ", ".join(parts)


def class_text(data: DataSettings, index: int, brevity: int = 0) -> str:
    """Return the name of a class, or "class" and its number from 1."""
    named = data.class_names is not None and data.class_names[index] is not None
    label = class_labels(data)[index]
    text = label if named or label.startswith("class ") else f"class {label}"
    return text if brevity < 3 or len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def percent_text(probability: float) -> str:
    """Return a probability in per cent with one decimal. None is said to be 0 or 1: single precision rounds to them."""
    if probability < 0.0005:
        return "< 0.1 %"
    if probability >= 0.9995:
        return "> 99.9 %"
    return f"{100 * probability:.1f} %"


def _value_text(data: DataSettings, value: float) -> str:
    """Return a target or an answer of regression: of a curve in the units of its y axis."""
    axis, (low, high) = (
        (data.axes.y, data.extent.y) if data.task == "curve" else (data.axes.value, data.extent.value)
    )
    return quantity_text(value, axis.unit, high - low)
