"""Operations on a whole data set; each makes one edit, which can be undone bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.canvas import CANVAS, symmetric_range
from engine.catalogue.entry import Entry, Family, Parameter
from engine.catalogue.hyperparameters import CLASSES, SEED
from engine.catalogue.tasks import REGRESSION, TASKS
from engine.data.axes import Axes, from_share, to_share
from engine.data.edits import Edit, Replace, remove_where
from engine.experiment.frame import DEFAULT_EXTENT
from engine.experiment.points import LARGEST, Points

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of an operation: points, task, number of classes, amount and random numbers."""

    points: Points
    task: str
    classes: int
    amount: float
    rng: np.random.Generator


_SHEET = f"Standard deviation; the sheet goes from {symmetric_range(CANVAS)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Entry):
    """One entry of ``OPERATIONS``.

    Attributes
    ----------
    function : callable
        Makes the edit.
    tasks : tuple of str
        The tasks for which the operation is offered.
    percent : bool
        Whether its number is a share, shown in per cent.
    random : bool
        Whether the edit depends on the seed.
    is_distance : bool
        Whether its number is a distance on the sheet.
    """

    function: Callable[[Request], Edit]
    tasks: tuple[str, ...] = tuple(TASKS)
    percent: bool = False
    random: bool = False
    is_distance: bool = False

    @property
    def amount(self) -> Parameter | None:
        """The number that a person chooses, or None."""
        return self.parameters[0] if self.parameters else None


def operate(
    name: str, points: Points, task: str, classes: int = 2, amount: float | None = None, seed: int = 0
) -> Edit:
    """Make the edit of an operation.

    Parameters
    ----------
    name : str
        Key of ``OPERATIONS``.
    points : Points
        All points of the data set.
    task : str
        What they are.
    classes : int
        How many classes there are; used in classification only.
    amount : float, optional
        The operation's number; its default if None.
    seed : int
        Equal arguments give equal edits.

    Returns
    -------
    Edit
        An edit of ``points``.

    Raises
    ------
    KeyError
        For an unknown name.
    ValueError
        If the operation does not fit the task, if a number is out of range, or if a point would lie beyond ±1e100.

    Examples
    --------
    >>> points = Points([[1.0, 2.0]], [0.0])
    >>> operate("mirror_x", points, "classification").apply(points).xy
    array([[-1.,  2.]])
    """
    entry = OPERATIONS[name]
    if task not in entry.tasks:
        raise ValueError(f"{entry.label.lower()} is for {' and '.join(entry.tasks)} data, not for {task}")
    CLASSES.check(classes)
    SEED.check(seed)
    number = 0.0
    if entry.amount is not None:
        number = entry.amount.check(entry.amount.default if amount is None else amount)
    rng = np.random.default_rng([seed, crc32(name.encode())])
    with np.errstate(over="ignore", invalid="ignore"):
        return entry.function(Request(points, task, classes, number, rng))


def operate_on_sheet(
    name: str,
    points: Points,
    task: str,
    classes: int,
    amount: float | None,
    seed: int,
    axes: Axes,
    values: tuple[float, float] = DEFAULT_EXTENT.value,
) -> Edit:
    """Make the edit of an operation on points at their positions on the sheet.

    Parameters
    ----------
    name, points, task, classes, amount, seed
        As in ``operate``.
    axes
        The axes of the sheet, so that an amount means the same on screen in any units.
    values
        The ends of a surface's values: amounts of noise are such that they reach from −1 to 1.

    Returns
    -------
    Edit
        In data units; points that do not move keep their coordinates bit for bit.

    Raises
    ------
    ValueError, KeyError
        As ``operate`` does.
    """
    if task != "surface":
        values = DEFAULT_EXTENT.value
    if axes.is_default and values == DEFAULT_EXTENT.value:
        return operate(name, points, task, classes, amount, seed)
    shown = axes.points_on_sheet(points, task)
    shown = Points(shown.xy, to_share(shown.target, values), shown.split)
    edit = operate(name, shown, task, classes, amount, seed)
    if not isinstance(edit, Replace):
        # An edit that only removes points refers to them by index.
        return operate(name, points, task, classes, amount, seed)
    xy, after = axes.moved(points.xy, edit.after.xy), edit.after.target
    target = np.where(after == shown.target, points.target, from_share(after, values))
    return Replace(points, moved(points, xy, task, target))


def moved(points: Points, xy: Floats, task: str, target: Floats | None = None) -> Points:
    """Return the points at positions ``xy`` [n, 2], with targets ``target`` [n] if given.

    The targets of a curve are always its second coordinate.
    """
    kept = points.target if target is None else target
    return Points(xy, xy[:, 1] if task == "curve" else kept, points.split)


def _move(request: Request, xy: Floats, target: Floats | None = None) -> Edit:
    # NaN compares as False and is therefore refused, too.
    if not all(
        np.abs(numbers).max(initial=0.0) <= LARGEST for numbers in (xy, target) if numbers is not None
    ):
        raise ValueError("a point would end up beyond ±1e100; give the data larger units")
    return Replace(request.points, moved(request.points, xy, request.task, target))


def _noise(request: Request) -> Edit:
    xy = request.points.xy
    return _move(request, xy + request.amount * request.rng.standard_normal(xy.shape))


def _target_noise(request: Request) -> Edit:
    points = request.points
    noise = request.amount * request.rng.standard_normal(len(points))
    if request.task == "curve":
        return _move(request, points.xy + np.column_stack((np.zeros(len(points)), noise)))
    return _move(request, points.xy, points.target + noise)


def _flip(request: Request) -> Edit:
    points, target = request.points, request.points.target.copy()
    chosen = request.rng.permutation(len(points))[: round(request.amount * len(points))]
    shift = request.rng.integers(1, request.classes, len(chosen))
    target[chosen] = (target[chosen] + shift) % request.classes
    return _move(request, points.xy, target)


def _balance(request: Request) -> Edit:
    points = request.points
    order = request.rng.permutation(len(points))
    members = [order[points.target[order] == number] for number in np.unique(points.target)]
    fewest = min(map(len, members), default=0)
    gone = np.zeros(len(points), dtype=np.bool_)
    for group in members:
        gone[group[fewest:]] = True
    return remove_where(points, gone)


def _subsample(request: Request) -> Edit:
    kept = max(round(request.amount * len(request.points)), 1)
    gone = np.ones(len(request.points), dtype=np.bool_)
    gone[request.rng.permutation(len(request.points))[:kept]] = False
    return remove_where(request.points, gone)


def _mirror(across: int, up: int) -> Callable[[Request], Edit]:
    return lambda request: _move(request, request.points.xy * (across, up))


def _rotate(request: Request) -> Edit:
    # Split off quarter turns, which are exact.
    quarters, rest = divmod(request.amount, 90)
    angle = np.deg2rad(rest)
    cos, sin = (1.0, 0.0) if rest == 0 else (np.cos(angle), np.sin(angle))
    for _ in range(int(quarters) % 4):
        cos, sin = -sin, cos
    x1, x2 = request.points.xy.T
    return _move(request, np.column_stack((cos * x1 - sin * x2, sin * x1 + cos * x2)))


def _amount(label: str, default: float, low: float, high: float, tip: str) -> tuple[Parameter, ...]:
    return (Parameter("amount", label, default, low, high, tip),)


OPERATIONS: Family[Operation] = Family(
    "operation",
    [
        Operation(
            key="noise", label="Add noise", formula="x ← x + σ·N(0, 1)", random=True, function=_noise, is_distance=True,
            tooltip="Moves every point a little at random.",
            parameters=_amount("Deviation", 0.3, 0.0, 3.0, _SHEET),
        ),
        Operation(
            key="target_noise", label="Add noise to the values", formula="y ← y + σ·N(0, 1)",
            random=True, function=_target_noise, tasks=REGRESSION,
            tooltip="Changes every value at random, as an imprecise measurement would.",
            parameters=_amount("Deviation", 0.2, 0.0, 3.0, "Standard deviation of the values."),
        ),
        Operation(
            key="flip", label="Flip labels", formula="", random=True, function=_flip, tasks=("classification",),
            percent=True, tooltip="Gives a share of the points a wrong class: label noise to overfit.",
            parameters=_amount("Share", 0.1, 0.0, 1.0, "Share of the points that get another class."),
        ),
        Operation(
            key="balance", label="Balance classes", formula="", random=True, function=_balance,
            tasks=("classification",),
            tooltip="Removes points at random until every class has as many as the smallest.",
        ),
        Operation(
            key="subsample", label="Subsample", formula="", random=True, function=_subsample, percent=True,
            tooltip="Keeps a share of the points, chosen at random.",
            parameters=_amount("Keep", 0.5, 0.01, 1.0, "Share of the points that stay."),
        ),
        Operation(
            key="mirror_x", label="Mirror left and right", formula="x₁ ← −x₁", function=_mirror(-1, 1),
            tooltip="Exchanges left and right.",
        ),
        Operation(
            key="mirror_y", label="Mirror top and bottom", formula="x₂ ← −x₂", function=_mirror(1, -1),
            tooltip="Exchanges top and bottom.",
        ),
        Operation(
            key="rotate", label="Rotate", formula="", function=_rotate,
            tooltip="Turns all points around the middle of the sheet, counterclockwise.",
            parameters=_amount("Degrees", 45.0, -180.0, 180.0, "Counterclockwise; negative turns the other way."),
        ),
    ],
)  # fmt: skip
