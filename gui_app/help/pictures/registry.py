"""The pictures by name. A picture may show which of several things is ``chosen``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gui_app.help.pictures import data, functions, networks, training
from gui_app.help.pictures.sheet import Sheet

Paint = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Picture:
    """``paint(sheet)`` draws it. One with ``compute``, which takes long the first time, is ``paint(sheet, chosen)``."""

    paint: Paint
    compute: Callable[[], object] | None = None

    def draw(self, sheet: Sheet, chosen: str = "") -> None:
        """Draw on a sheet; ``chosen`` is the key of a catalogue's entry to stress."""
        if self.compute is None:
            self.paint(sheet)
        else:
            self.paint(sheet, chosen)


PICTURES: dict[str, Picture] = {
    "activation": Picture(functions.activation, functions.activation_curves),
    "loss": Picture(functions.loss, functions.loss_curves),
    "optimizer": Picture(functions.optimizer, functions.optimizer_paths),
    "initializer": Picture(functions.initializer, functions.first_weights),
    **{
        paint.__name__: Picture(paint)
        for paint in (
            data.data_sets, data.noise, data.points, data.seed, data.drawing, data.value, data.split, data.task,
            data.inputs, data.input_scaling, data.input_noise, data.augmentation, data.mixup, data.label_smoothing,
            training.learning_rate, training.schedule, training.batch_size, training.epoch, training.overfitting,
            training.differences, training.sweeps, training.weights_plot,
            training.early_stopping, training.gradient_bars, training.gradient_history, training.epoch_axis,
            training.l1, training.l2, training.weight_decay, training.max_norm, training.gradient_clipping,
            networks.network, networks.dropout, networks.residual, networks.chain, networks.normalization,
            networks.canvas, networks.score, networks.playing, networks.export, networks.speed,
        )
    },
    "class": Picture(data.classes),
    "regularization": Picture(training.overfitting),
    "layer_numbers": Picture(training.gradient_bars),
}  # fmt: skip
