"""Each control moves exactly the setting that it stands for, and undo moves it back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit, QToolButton, QWidget

from engine.catalogue.presets import below_experiment
from engine.catalogue.regularizers import REGULARIZERS
from gui_app.canvas import TOOLS
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.session.current_lane import CurrentLane
from gui_app.widgets.card import Card
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.class_palette import ClassPalette
from gui_app.widgets.section import Section
from gui_app.widgets.split_bar import SplitBar
from gui_app.widgets.switch import Switch
from tests.gui_app.hands import LEFT, choose, click, type_into
from tests.gui_app.panels.conftest import moved

NET, TRAIN, REG = "network.", "training.", "regularization."


def step(control):
    QTest.keyClick(control.number, Qt.Key.Key_Up)


def number(text):
    return lambda control: type_into(control.number, text)


def pick(key):
    return lambda box: choose(box, key)


def pick_chip(key):
    return lambda chips: click(chips.buttons[key])


def drag_split(bar):
    border = bar.borders[0]
    place = QPoint(round(bar._x(border)), 12)
    QTest.mousePress(bar, LEFT, pos=place)
    QTest.mouseMove(bar, place - QPoint(20, 0))
    QTest.mouseRelease(bar, LEFT, pos=place - QPoint(20, 0))


DATA_ACTS = {
    "data.classes": lambda palette: click(palette.more),
    "data.generator.name": lambda gallery: click(gallery.thumbnails["moons"]),
    "data.generator.noise": step,
    "data.generator.points": step,
    "data.generator.seed": number("12"),
    "data.split": drag_split,
}
NETWORK_ACTS = {
    NET + "hidden": lambda shape: click(shape.layers.more),
    NET + "activation": pick("leaky_relu"),
    NET + "activation.alpha": step,
    NET + "initializer": pick("he_normal"),
    NET + "initializer.std": number("0.5"),
    NET + "normalization": pick_chip("layer"),
    NET + "normalization.position": pick_chip("after"),
    NET + "normalization.layers": lambda layers: click(layers.chips[0]),
    NET + "residual": click,
    NET + "features": lambda holder: click(holder.findChildren(QToolButton)[2]),
    NET + "input_scaling": pick("standardize"),
    "seed": lambda seed: click(seed.again),
}
TRAINING_ACTS = {
    TRAIN + "optimizer": pick("sgd"),
    TRAIN + "optimizer.beta1": number("0.8"),
    TRAIN + "optimizer.beta2": number("0.9"),
    TRAIN + "optimizer.eps": number("1e-6"),
    TRAIN + "learning_rate": step,
    TRAIN + "layer_rates": lambda rates: click(rates.switch),
    TRAIN + "schedule": pick("step"),
    TRAIN + "schedule.epochs": step,
    TRAIN + "schedule.lowest": number("0.2"),
    TRAIN + "batch_size": number("32"),
    TRAIN + "loss": pick("squared"),
}
REGULARIZATION_ACTS = {
    REG + "l1": step,
    REG + "l1_update": pick_chip("proximal"),
    REG + "l2": step,
    REG + "weight_decay": step,
    REG + "max_norm": step,
    REG + "dropout.rate": step,
    REG + "dropout.rates": lambda rates: step(rates.sliders[1]),
    REG + "dropout.input_rate": step,
    REG + "dropout.layers": lambda layers: click(layers.chips[0]),
    REG + "label_smoothing": step,
    REG + "input_noise": step,
    REG + "augmentation.rotate": step,
    REG + "augmentation.shear": step,
    REG + "augmentation.shift": step,
    REG + "augmentation.scale": step,
    REG + "mixup": step,
    REG + "early_stopping.criterion": pick_chip("up"),
    REG + "early_stopping.patience": step,
    REG + "early_stopping.min_delta": number("0.01"),
    REG + "early_stopping.alpha": number("0.5"),
    REG + "early_stopping.strips": step,
    REG + "early_stopping.restore_best": lambda box: click(box, QPoint(8, box.height() // 2)),
    REG + "gradient_clipping.kind": pick_chip("value"),
    REG + "gradient_clipping.threshold": step,
}
ON = {f"{REG}{path}": value for entry in REGULARIZERS.values() for path, value in entry.switched_on().items()}
START = {
    **ON,
    NET + "activation": "elu",
    NET + "initializer": "normal",
    NET + "normalization": {"kind": "batch", "layers": (1, 3)},
    TRAIN + "schedule": "cosine",
    REG + "l1": 0.01,
    REG + "dropout.layers": (1, 3),
}
NEEDS = {
    REG + "dropout.rates": {REG + "dropout.rates": (0.2, 0.5, 0.8)},
    REG + "early_stopping.alpha": {REG + "early_stopping.criterion": "quotient"},
    REG + "early_stopping.strips": {REG + "early_stopping.criterion": "up"},
}
"""What must be chosen before a control can be seen; all by path below the lane."""
PANELS = {
    "data": (DataPanel, DATA_ACTS),
    "network": (NetworkPanel, NETWORK_ACTS),
    "training": (TrainingPanel, TRAINING_ACTS),
    "regularization": (RegularizationPanel, REGULARIZATION_ACTS),
}
CASES = [(name, path) for name, (_, acts) in PANELS.items() for path in acts]


def build(name, document, settings, show, needs=None):
    document.change(below_experiment({**START, **(needs or {})}), "start")
    document.stack.clear()
    return built(name, document, CurrentLane(document), settings, show)


def built(name, document, current, settings, show):
    """The panel of this name with all that it can fold away, and what to do to its controls."""
    kind, acts = PANELS[name]
    panel = kind(document, settings, TOOLS) if kind is DataPanel else kind(document, current)
    show(300, panel, height=1800)
    for part in (*panel.findChildren(Card), *panel.findChildren(Section)):
        part.set_open(True)
    return panel, acts


@pytest.mark.parametrize("name", PANELS)
def test_no_control_is_left_out(name, document, settings, show):
    panel, acts = build(name, document, settings, show)
    assert set(panel.controls) == set(acts)


@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_control_moves_its_setting_and_undo_moves_it_back(name, path, document, settings, show):
    panel, acts = build(name, document, settings, show, NEEDS.get(path))
    before, control = document.experiment, panel.controls[path]
    first = shown(control)
    acts[path](control)
    paths = moved(before, document.experiment)
    assert paths
    assert all(one.startswith(panel.path(path)) or panel.path(path).startswith(one) for one in paths)
    assert shown(control) != first
    document.stack.undo()
    assert document.experiment == before
    assert shown(panel.controls[path]) == first
    assert not document.stack.canUndo(), "one use of a control is one undo step"
    assert panel.error.isHidden()


@pytest.mark.parametrize(("name", "path"), CASES)
def test_every_control_has_a_name_and_a_tip(name, path, document, settings, show):
    panel, _ = build(name, document, settings, show)
    control = panel.controls[path]
    parts = [control, *control.findChildren(QWidget)]
    named = [part for part in parts if part.accessibleName()]
    assert named
    assert any(part.toolTip() for part in parts)


def shown(control):
    """What a person reads off a control."""
    if isinstance(control, SplitBar):
        return control.borders
    if isinstance(control, ClassPalette):
        return [button.isHidden() for button in control.buttons]
    buttons = control.findChildren(QAbstractButton)
    return (
        [field.text() for field in control.findChildren(QLineEdit) if field.isVisible()],
        [button.text() + button.accessibleName() for button in buttons if button.isChecked()],
        [button.text() for button in buttons if not button.isHidden()],
        control.key() if isinstance(control, ChoiceBox) else None,
        isinstance(control, QCheckBox | Switch) and control.isChecked(),
    )
