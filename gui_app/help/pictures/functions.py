"""Pictures of the engine's own functions, which are PyTorch's: computed once, apart from the window's thread."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from gui_app.help.pictures.sheet import Numbers, Sheet
from gui_app.theme.tokens import mix

BESIDE = QRectF(40, 16, 190, 100)
_ROWS = 8


@cache
def activation_curves() -> tuple[Numbers, dict[str, Numbers]]:
    """Return z and σ(z) of each activation, with its default parameters."""
    import torch

    z = torch.linspace(-4, 4, 241)
    return z.numpy(), {
        key: one.function(z, **one.defaults()).detach().numpy() for key, one in ACTIVATIONS.items()
    }


@cache
def loss_curves() -> tuple[Numbers, dict[str, Numbers]]:
    """Return errors a − y of a curve, and the loss of each loss function that the task has."""
    import torch

    error = torch.linspace(-3, 3, 241)
    curves = {}
    for key, one in LOSSES.items():
        if "curve" in one.tasks:
            encoded = torch.zeros(241, 1)
            curves[key] = one.per_point(error[:, None], encoded, task="curve", **one.defaults()).numpy()
    return error.numpy(), curves


@cache
def optimizer_paths() -> dict[str, Numbers]:
    """Return positions [steps, 2] of each optimizer in a long valley, C = ½·(x² / 20 + y²)."""
    import torch

    paths = {}
    for key, one in OPTIMIZERS.items():
        rate = 0.5 if key in ("adam", "adamw", "rmsprop", "adagrad") else 0.25
        given = {**one.defaults(), "learning_rate": rate}
        hyper: dict[str, Any] = {
            name: torch.tensor([[number]]) for name, number in {**given, **one.derive(given)}.items()
        }
        at = torch.tensor([[-9.0, 2.2]])
        slots = {name: torch.zeros(1, 2) for name in one.slots}
        path = [at[0].tolist()]
        for step in range(1, 36):
            columns = {name: np.array([[number]]) for name, number in given.items()}
            each = {} if one.per_step is None else one.per_step(columns, np.array([[float(step)]]))
            now = {name: torch.tensor(number, dtype=torch.float32) for name, number in each.items()}
            one.update(at, at * torch.tensor([[0.05, 1.0]]), slots, {**hyper, **now})
            path.append(at[0].tolist())
        paths[key] = np.array(path)
    return paths


@cache
def first_weights() -> dict[str, Numbers]:
    """Return weights into 8 neurons from 8, of each initializer; the same random numbers for all."""
    import torch

    return {
        key: np.concatenate(
            [
                one.function(8, 8, torch.Generator().manual_seed(seed), **one.defaults())[0].flatten().numpy()
                for seed in range(8)
            ]
        )
        for key, one in INITIALIZERS.items()
    }


def activation(sheet: Sheet, chosen: str = "") -> None:
    z, curves = activation_curves()
    axes = sheet.axes(BESIDE, (-4, 4), (-1.6, 3.2), ("z", "σ(z)"), zero=True)
    colours = _colours(sheet, list(curves), chosen)
    for key in sorted(curves, key=lambda key: key == chosen):
        axes.curve(z, curves[key], colours[key], 2.6 if key == chosen else 1.3)
    _names(sheet, {key: ACTIVATIONS[key].label for key in curves}, colours, chosen)


def loss(sheet: Sheet, chosen: str = "") -> None:
    error, curves = loss_curves()
    axes = sheet.axes(BESIDE, (-3, 3), (0, 4), ("a − y", "loss"))
    colours = _colours(sheet, list(curves), chosen)
    for key, numbers in curves.items():
        axes.curve(error, numbers, colours[key], 2.6 if key == chosen else 1.6)
    _names(sheet, {key: LOSSES[key].label for key in curves}, colours, chosen)


def optimizer(sheet: Sheet, chosen: str = "") -> None:
    paths = optimizer_paths()
    axes = sheet.axes(QRectF(14, 10, 226, 112), (-10, 3), (-3, 3))
    for level in (0.3, 1.0, 2.0):
        angle = np.linspace(0, 2 * np.pi, 80)
        axes.curve(level * np.sqrt(20) * np.cos(angle), level * np.sin(angle), sheet.theme.border, 1)
    colours = _colours(sheet, list(paths), chosen)
    for key in sorted(paths, key=lambda key: key == chosen):
        axes.curve(paths[key][:, 0], paths[key][:, 1], colours[key], 2.4 if key == chosen else 1.2)
    _names(sheet, {key: OPTIMIZERS[key].label for key in paths}, colours, chosen)


def initializer(sheet: Sheet, chosen: str = "") -> None:
    weights = first_weights()
    axes = sheet.axes(BESIDE, (-1.6, 1.6), (-0.5, len(weights) - 0.5), ("W, 8 × 8", ""))
    colours = _colours(sheet, list(weights), chosen)
    for row, (key, numbers) in enumerate(weights.items()):
        rows = len(weights) - 1 - row + np.random.default_rng(row).uniform(-0.3, 0.3, len(numbers))
        shown = np.column_stack((numbers, rows))[np.abs(numbers) < 1.6][:160]
        axes.dots(shown, colours[key], 1.1)
    names = list(weights)
    for row, key in enumerate(names):
        y = axes.at(0, len(names) - 1 - row)[1] + 3
        strong = key == chosen or not chosen
        sheet.text(236, y, _short(INITIALIZERS[key].label), sheet.theme.text if strong else sheet.theme.muted)


def _colours(sheet: Sheet, keys: list[str], chosen: str) -> dict[str, str]:
    """Return a colour for each curve; all but the chosen one are faint."""
    theme = sheet.theme
    colours = dict(zip(keys, theme.classes * (len(keys) // len(theme.classes) + 1), strict=False))
    if chosen not in colours:
        return colours
    return {key: theme.accent if key == chosen else mix(theme.panel, theme.muted, 0.45) for key in keys}


def _names(sheet: Sheet, labels: dict[str, str], colours: dict[str, str], chosen: str) -> None:
    """Write the names of the curves beside them; only the chosen one if there are too many."""
    if chosen in labels:
        sheet.text(246, 40, _short(labels[chosen]), colours[chosen], bold=True)
        return
    for row, (key, label) in enumerate(labels.items()):
        column, line = divmod(row, _ROWS)
        sheet.text(246 + column * 52.0, 20 + line * 14.0, _short(label), colours[key])


def _short(label: str) -> str:
    return label.removeprefix("TensorFlow ")
