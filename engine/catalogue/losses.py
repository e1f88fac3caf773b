"""Losses: what the network's outputs mean for a task, and how wrong they are.

Shapes: outputs [lanes, n, outputs]; encoded targets [n, outputs]; losses [lanes, n]. A lane's loss is their mean
over the points. Regression losses work on scaled targets. They are homogeneous, so that the loss in the user's own
units is the scaled loss times the scale of the targets to the power of the loss's ``degree``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue import constant_answers
from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family, Parameter
from engine.catalogue.tasks import CLASSIFICATION, REGRESSION

if TYPE_CHECKING:
    from torch import Tensor
    from torch.autograd import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCode(Code):
    """How a loss is written for a task.

    In PyTorch and Keras it is a loss object, or an expression of ``output`` and ``target``: in PyTorch the mean over a
    batch, in Keras the loss of each point. A loss object of Keras that can smooth labels has ``{smoothing}`` where an
    argument for that may stand. In scikit-learn it is the class of the estimator.

    Attributes
    ----------
    targets
        An expression of NumPy for the targets that it takes [n, outputs], of ``target`` [n] (class numbers from 0, or
        scaled values), with the number of ``{classes}``.
    mean_loss
        In scikit-learn, an expression for the mean loss of the split with a ``name``.
    times
        How many times the loss that scikit-learn makes small it is.
    """

    targets: str = "target[:, None]"
    mean_loss: str = ""
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Entry):
    """How wrong answers are, for the tasks that it can train.

    Attributes
    ----------
    tasks
        Keys of ``TASKS``.
    max_classes
        The most classes that it can train.
    outputs
        ``outputs(task, classes)`` counts output neurons.
    encode
        ``encode(target, task, classes)`` turns targets [n] into [n, outputs].
    per_point
        ``per_point(output, encoded, task, **parameters)`` is the loss of each point.
    predict
        ``predict(output, task)`` turns outputs into class probabilities [..., classes] or scaled values [..., 1].
    degree
        How a loss of regression grows with the scale of outputs and targets: s times as large, they cost s^degree times
        as much. 2 for squared errors, 1 for absolute ones, None where no task is regression. Parameters such as Huber's
        δ are in scaled units and grow along.
    smooths_labels
        Whether label smoothing has a meaning: whether encoded classes are probabilities.
    of_constant
        ``of_constant(target, task, classes, **parameters)`` is the smallest mean loss over targets [n] that one answer
        for all points can have. Where it is None, ``baseline`` searches for that answer with ``per_point``. It finds
        that of a loss with kinks, too, if the loss is convex in the outputs; with ten classes that takes most of a
        second.
    codes
        How it is written for each task that it trains. Its ``code`` is not used.
    """

    tasks: tuple[str, ...]
    max_classes: int = 10
    outputs: Callable[[str, int], int]
    encode: Callable[[NDArray[np.float64], str, int], NDArray[np.float32]]
    per_point: Callable[..., Tensor]
    predict: Callable[[Tensor, str], Tensor]
    degree: int | None = None
    smooths_labels: bool = True
    of_constant: Callable[..., float] | None = None
    codes: Mapping[str, LossCode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.degree is None and set(self.tasks) & set(REGRESSION):
            raise ValueError(
                f"the loss {self.key!r} trains regression, so it needs a degree: 2 if twice as large errors cost "
                "four times as much, 1 if they cost twice as much"
            )

    def baseline(
        self, target: NDArray[np.float64], task: str, classes: int, parameters: Mapping[str, float]
    ) -> float:
        """The mean loss over ``target`` of the best answer that is the same for all points.

        Parameters
        ----------
        target : float64 [n], n ≥ 1
            Class numbers, or values in the units in which the loss is made small (scaled targets).
        task, classes
            A task that the loss can train, and the number of classes (ignored in regression).
        parameters
            All of the loss's own parameters.

        Returns
        -------
        float
            In the unit of scaled losses.

        Examples
        --------
        >>> LOSSES["squared"].baseline(np.array([1.0, 3.0]), "curve", 2, {})
        1.0
        """
        if self.of_constant is not None:
            return self.of_constant(target, task, classes, **parameters)
        return _searched_baseline(self, target, task, classes, parameters)


def _searched_baseline(
    loss: Loss, target: NDArray[np.float64], task: str, classes: int, parameters: Mapping[str, float]
) -> float:
    import torch

    values, counts = np.unique(target, return_counts=True)
    weights = counts / counts.sum()
    encoded = torch.from_numpy(loss.encode(values, task, classes)).double()

    def per_point(output: Tensor) -> Tensor:
        return loss.per_point(output.expand(-1, *encoded.shape), encoded, task=task, **parameters)

    if task != "classification":
        return constant_answers.best_number(values, weights, per_point)
    return constant_answers.best_outputs(loss.outputs(task, classes), weights, per_point)


def _one_output_a_class(task: str, classes: int) -> int:
    return classes if task == "classification" else 1


def _one_output(task: str, classes: int) -> int:
    return 1


def _encode_one_hot(target: NDArray[np.float64], task: str, classes: int) -> NDArray[np.float32]:
    if task != "classification":
        return _one_column(target)
    return np.eye(classes, dtype=np.float32)[target.astype(np.int64)]


def _encode_sign(target: NDArray[np.float64], task: str, classes: int) -> NDArray[np.float32]:
    if task != "classification":
        return _one_column(target)
    return np.where(target == 0, 1.0, -1.0).astype(np.float32)[:, None]


def _one_column(target: NDArray[np.float64]) -> NDArray[np.float32]:
    # A target far beyond a tiny extent is infinite in its units.
    with np.errstate(over="ignore"):
        return target.astype(np.float32)[:, None]


def _softmax(output: Tensor) -> Tensor:
    # Over any axis but the last, PyTorch takes another way, several times faster for few classes.
    return output.unsqueeze(-1).softmax(-2).squeeze(-1)


def _comparable(output: Tensor, task: str) -> Tensor:
    """What is compared with the encoded targets."""
    return _softmax(output) if task == "classification" else output


def _answers(output: Tensor, task: str) -> Tensor:
    # For a whole grid it pays to make it the first axis.
    return (
        output.movedim(-1, 0).contiguous().softmax(0).movedim(0, -1) if task == "classification" else output
    )


def _sign_probabilities(output: Tensor, task: str) -> Tensor:
    if task != "classification":
        return output
    import torch

    first = (output.tanh() + 1.0) / 2.0
    return torch.cat([first, 1.0 - first], -1)


def _cross_entropy(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    losses: Tensor = _cross_entropy_function().apply(output, encoded)
    return losses


@cache
def _cross_entropy_function() -> type[Function]:
    """−Σ y·ln softmax(z) with its gradient softmax(z) − y (as Σ y = 1), which needs fewer calls than autograd's.

    Both keep all their digits, however sure the network is of the right class. With e the exponentials of z below
    their largest, which is 1, the loss is ln(1 + the others) − Σ y·(z − max z): a difference of probability and target
    would be a multiple of 6·10⁻⁸, or 0.
    """
    from torch.autograd import Function

    class CrossEntropy(Function):
        @staticmethod
        def forward(context: Any, output: Tensor, encoded: Tensor) -> Tensor:
            context.save_for_backward(output, encoded)
            # Classes first, and sums one by one: fast, and an element has the same last bit at any index.
            below = output.movedim(-1, 0).contiguous()
            below = below - below.amax(0)
            others = _all_but_largest(below.exp().unbind(0)).log1p()
            first, *more = (below * encoded.expand_as(output).movedim(-1, 0)).unbind(0)
            return others - sum(more, first)

        @staticmethod
        def backward(context: Any, *weights: Tensor) -> tuple[Tensor, None]:
            output, encoded = context.saved_tensors
            answer = _softmax(output)
            difference = answer - encoded
            # Its sum is 0 but for what the likeliest class has lost to rounding, and gets back so.
            lost = difference.sum(-1, keepdim=True)
            return (difference - answer * lost) * weights[0][..., None], None

    return CrossEntropy


def _all_but_largest(values: Sequence[Tensor]) -> Tensor:
    """The sum of all but the largest, element by element; 0 of a single one."""
    import torch

    largest, *others = values
    total: Tensor | None = None
    for other in others:
        smaller = torch.minimum(largest, other)
        total = smaller if total is None else total + smaller
        largest = torch.maximum(largest, other)
    return torch.zeros_like(largest) if total is None else total


def _squared(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    return (_comparable(output, task) - encoded).square().sum(-1)


def _huber(output: Tensor, encoded: Tensor, task: str, delta: float) -> Tensor:
    from torch.nn.functional import huber_loss

    return huber_loss(output, encoded.expand_as(output), reduction="none", delta=delta).sum(-1)


def _playground(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    answer = output.tanh() if task == "classification" else output
    return 0.5 * (answer - encoded).square().sum(-1)


_PROBABILITIES = "np.eye({classes})[target]"


LOSSES: Family[Loss] = Family(
    "loss",
    [
        Loss(
            key="cross_entropy",
            label="Cross-entropy",
            formula="−ln p(class)",
            tooltip="How surprised the softmax is by the right class: minus the log of its probability.",
            tasks=(CLASSIFICATION,),
            outputs=_one_output_a_class,
            encode=_encode_one_hot,
            per_point=_cross_entropy,
            of_constant=constant_answers.entropy,
            predict=_answers,
            codes={
                CLASSIFICATION: LossCode(
                    torch="nn.CrossEntropyLoss()",
                    keras="keras.losses.CategoricalCrossentropy(from_logits=True{smoothing})",
                    sklearn="MLPClassifier",
                    mean_loss="log_loss(y[name], model.predict_proba(x[name]), labels=model.classes_)",
                    targets=_PROBABILITIES,
                )
            },
        ),
        Loss(
            key="squared",
            label="Squared error",
            formula="Σ (a − y)²",
            tooltip="Squared distance to the target; for classes, between the softmax probabilities and 0 or 1.",
            tasks=(CLASSIFICATION, *REGRESSION),
            outputs=_one_output_a_class,
            encode=_encode_one_hot,
            per_point=_squared,
            degree=2,
            of_constant=constant_answers.variance,
            predict=_answers,
            codes={
                CLASSIFICATION: LossCode(
                    torch="(output.softmax(1) - target).square().sum(1).mean()",
                    keras="keras.ops.sum(keras.ops.square(keras.ops.softmax(output) - target), -1)",
                    targets=_PROBABILITIES,
                ),
                **dict.fromkeys(
                    REGRESSION,
                    LossCode(
                        torch="nn.MSELoss()",
                        keras="keras.losses.MeanSquaredError()",
                        sklearn="MLPRegressor",
                        mean_loss="np.mean((model.predict(x[name]) - y[name]) ** 2)",
                        times=2.0,
                    ),
                ),
            },
        ),
        Loss(
            key="huber",
            label="Huber",
            formula="½r² for |r| ≤ δ, else δ(|r| − ½δ)",
            tooltip="Squared near the target, linear far away: outliers pull less (Huber 1964).",
            parameters=(
                Parameter(
                    "delta",
                    "δ",
                    1.0,
                    0.0,
                    1000.0,
                    "Where the loss turns from squared to linear, in scaled units.",
                    open_low=True,
                    log=True,
                    slider=(0.01, 10.0),
                ),
            ),
            tasks=REGRESSION,
            outputs=_one_output,
            encode=_encode_one_hot,
            per_point=_huber,
            degree=2,
            of_constant=constant_answers.huber,
            predict=_answers,
            codes=dict.fromkeys(
                REGRESSION,
                LossCode(torch="nn.HuberLoss(delta={delta})", keras="keras.losses.Huber({delta})"),
            ),
        ),
        Loss(
            key="playground",
            label="TensorFlow Playground's",
            formula="½ (tanh z − y)², y = ±1",
            tooltip="One tanh output for two classes (+1 and −1), a linear one for regression, half the squared error.",
            tasks=(CLASSIFICATION, *REGRESSION),
            max_classes=2,
            outputs=_one_output,
            encode=_encode_sign,
            per_point=_playground,
            degree=2,
            smooths_labels=False,
            of_constant=constant_answers.half_variance_of_signs,
            predict=_sign_probabilities,
            codes={
                CLASSIFICATION: LossCode(
                    torch="0.5 * (output.tanh() - target).square().mean()",
                    keras="0.5 * keras.ops.sum(keras.ops.square(keras.ops.tanh(output) - target), -1)",
                    targets="np.where(target == 0, 1, -1)[:, None]",
                ),
                **dict.fromkeys(
                    REGRESSION,
                    LossCode(
                        torch="0.5 * (output - target).square().mean()",
                        keras="0.5 * keras.ops.sum(keras.ops.square(output - target), -1)",
                        sklearn="MLPRegressor",
                        mean_loss="0.5 * np.mean((model.predict(x[name]) - y[name]) ** 2)",
                    ),
                ),
            },
        ),
    ],
)


def applies(loss: Loss, task: str, classes: int) -> bool:
    """Whether a loss can train a task.

    Parameters
    ----------
    loss
        An entry of ``LOSSES``.
    task
        A key of ``TASKS``.
    classes
        The number of classes; ignored in regression.

    Returns
    -------
    bool
        False for a task that is not among the loss's, and for more classes than its ``max_classes``.

    Examples
    --------
    >>> applies(LOSSES["playground"], "classification", 3), applies(LOSSES["huber"], "curve", 2)
    (False, True)
    """
    return task in loss.tasks and (task != "classification" or classes <= loss.max_classes)
