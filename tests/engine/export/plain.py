"""Exported files read with nothing but torch, NumPy and the standard library, as somebody without this program would.

Nothing here may import the engine.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.engine.oracles import Oracles

SPLITS = ("training", "validation", "test")


class Sine(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return torch.sin(z)


TORCH_ACTIVATIONS: Oracles[Callable[..., nn.Module]] = Oracles(
    "TORCH_ACTIVATIONS",
    __file__,
    {
        "linear": nn.Identity,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "leaky_relu": lambda slope=0.01: nn.LeakyReLU(slope),
        "elu": nn.ELU,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "sine": Sine,
    },
)


def activation_of(choice: Any) -> nn.Module:
    """The activation that an experiment names, as ``torch.nn`` has it."""
    if isinstance(choice, str):
        return TORCH_ACTIVATIONS[choice]()
    return TORCH_ACTIVATIONS[choice["name"]](**{key: choice[key] for key in choice if key != "name"})


def features_of(keys: list[str], xy: Tensor) -> Tensor:
    """Features [n, features] of places [n, 2], both float64."""
    x1, x2 = xy.unbind(1)
    known = {
        "x1": x1, "x2": x2, "x1_squared": x1 * x1, "x2_squared": x2 * x2, "x1_x2": x1 * x2,
        "sin_x1": torch.sin(x1), "sin_x2": torch.sin(x2),
    }  # fmt: skip
    return torch.stack([known[key] for key in keys], 1)


class PlainModel(nn.Module):
    """A model file as a module of ``torch.nn`` parts; ``dtype`` is that of the layers.

    ``forward`` takes places [n, 2] and keeps what it meets: ``z``, what an activation gets, ``sigma``, what it makes of
    it, and ``a``, what the next layer gets; of all hidden layers, then z of the output layer.
    """

    def __init__(
        self, network: Mapping[str, Any], state: Mapping[str, Tensor], dtype: torch.dtype = torch.float32
    ) -> None:
        super().__init__()
        self.keys, self.state, self.dtype = list(network["features"]), state, dtype
        norm = network.get("normalization")
        self.residual = network.get("residual", False)
        self.norm_first = norm is not None and norm.get("position", "before") == "before"
        widths = [len(self.keys), *network["hidden"], _outputs(state)]
        self.linear, self.norms, self.activations = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for layer, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
            self.linear.append(nn.Linear(fan_in, fan_out))
            if layer == len(widths) - 1:
                break
            self.norms.append(_norm(norm, layer, fan_out))
            self.activations.append(activation_of(network["activation"]))
        self._load()
        self.to(dtype).eval()

    def forward(self, xy: Tensor) -> Tensor:
        """Logits, or values in the user's units, float64 [n, outputs]."""
        answer: Tensor = self.scaled(xy).double() * self.state["output_scale"] + self.state["output_shift"]
        return answer

    def scaled(self, xy: Tensor) -> Tensor:
        """The same before the targets' scaling."""
        hidden = features_of(self.keys, xy)
        hidden = ((hidden - self.state["input_shift"]) / self.state["input_scale"]).to(self.dtype)
        self.z: list[Tensor] = []
        self.sigma: list[Tensor] = []
        self.a: list[Tensor] = []
        for layer, linear in enumerate(self.linear):
            z = linear(hidden)
            if layer == len(self.linear) - 1:
                self.z.append(z)
                return self.z[-1]
            if self.norm_first:
                z = self.norms[layer](z)
            sigma = self.activations[layer](z)
            out = sigma if self.norm_first else self.norms[layer](sigma)
            if self.residual and layer and out.shape == hidden.shape:
                out = out + hidden
            self.z.append(z)
            self.sigma.append(sigma)
            self.a.append(out)
            hidden = out
        raise AssertionError("a network has an output layer")

    def _load(self) -> None:
        """Fill the layers with the file's tensors, in the file's order."""
        wanted: list[Tensor] = []
        for layer, linear in enumerate(self.linear):
            wanted += linear.parameters()
            if layer < len(self.norms) and not isinstance(self.norms[layer], nn.Identity):
                wanted += self.norms[layer].parameters()
                wanted += [part for part in self.norms[layer].buffers() if part.is_floating_point()]
        given = [
            value
            for key, value in self.state.items()
            if key.startswith("layers.") and not key.endswith("num_batches_tracked")
        ]
        with torch.no_grad():
            for part, value in zip(wanted, given, strict=True):
                part.copy_(value)


def _outputs(state: Mapping[str, Tensor]) -> int:
    return len([value for key, value in state.items() if key.endswith(".bias")][-1])


def _norm(settings: Mapping[str, Any] | None, layer: int, width: int) -> nn.Module:
    if settings is None or (settings.get("layers", "all") != "all" and layer not in settings["layers"]):
        return nn.Identity()
    return nn.BatchNorm1d(width) if settings.get("kind", "batch") == "batch" else nn.LayerNorm(width)


class Exported:
    """The folder that ``python -m engine run FILE --out`` has written, of an experiment with one lane."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.experiment = json.loads((folder / "experiment.sketch.json").read_text("utf-8"))
        self.lane = self.experiment["lanes"][0]
        self.task = self.experiment["data"]["task"]

    @cached_property
    def state(self) -> dict[str, Tensor]:
        path = self.folder / f"model-{self.lane['name']}.pt"
        state: dict[str, Tensor] = torch.load(path, weights_only=True)
        return state

    def model(self, dtype: torch.dtype = torch.float32) -> PlainModel:
        return PlainModel(self.lane["network"], self.state, dtype)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def points(self) -> tuple[Tensor, Tensor, NDArray[np.str_]]:
        """Places float64 [n, 2], targets [n] (classes as their numbers from 0) and splits [n]."""
        rows = self.rows("data.csv")
        # class or value in the third column; in a curve the second is the target, too.
        numbers = np.array([[float(field) for field in list(row.values())[:-1]] for row in rows])
        if self.task == "classification":
            # What a person reads counts from 1.
            numbers[:, -1] -= 1
        table = torch.from_numpy(numbers.reshape(len(rows), -1))
        return table[:, :2], table[:, -1], np.array([row["split"] for row in rows])

    def of(self, split: str) -> tuple[Tensor, Tensor]:
        xy, target, splits = self.points
        chosen = torch.from_numpy(splits == split)
        return xy[chosen], target[chosen]

    def score(self, split: str) -> float:
        """Accuracy or R² of the model on a split."""
        xy, target = self.of(split)
        with torch.no_grad():
            answer = self.model()(xy)
        if self.task == "classification":
            chosen = answer.argmax(1) if answer.shape[1] > 1 else (answer[:, 0] < 0)
            return float((chosen == target).double().mean())
        error = (answer[:, 0] - target).square().sum()
        return float(1 - error / (target - target.mean()).square().sum())


# -- the cost, as training makes it small


def _brier(output: Tensor, classes: Tensor) -> Tensor:
    return (output.softmax(1) - nn.functional.one_hot(classes, output.shape[1])).square().sum(1)


def _huber(error: Tensor, delta: float = 1.0) -> Tensor:
    return torch.where(error.abs() <= delta, 0.5 * error.square(), delta * (error.abs() - 0.5 * delta))


OF_CLASSES: Oracles[Callable[..., Tensor]] = Oracles(
    "OF_CLASSES",
    __file__,
    {
        "cross_entropy": lambda output, classes: nn.functional.cross_entropy(
            output, classes, reduction="none"
        ),
        "squared": _brier,
        "playground": lambda output, classes: 0.5 * (torch.tanh(output[:, 0]) - (1 - 2 * classes)).square(),
    },
)
OF_ERRORS: Oracles[Callable[..., Tensor]] = Oracles(
    "OF_ERRORS",
    __file__,
    {
        "squared": lambda error: error.square(),
        "playground": lambda error: 0.5 * error.square(),
        "huber": _huber,
    },
)


def scaled_losses(lane: Mapping[str, Any], task: str, output: Tensor, target: Tensor) -> Tensor:
    """Loss [n] of outputs [n, outputs] and targets [n], class numbers or scaled values."""
    choice = lane["training"]["loss"]
    name, parameters = (choice, {}) if isinstance(choice, str) else (choice["name"], choice)
    given = {key: value for key, value in parameters.items() if key != "name"}
    if task == "classification":
        return OF_CLASSES[name](output, target.long(), **given)
    return OF_ERRORS[name](output[:, 0] - target, **given)


def penalty_of(lane: Mapping[str, Any], weights: list[Tensor]) -> Tensor:
    """λ₁ Σ|W| + λ₂ ΣW², in the units of the scaled loss."""
    strengths = lane["regularization"]
    return sum(
        (strengths["l1"] * w.abs().sum() + strengths["l2"] * w.square().sum() for w in weights),
        torch.zeros(()),
    )
