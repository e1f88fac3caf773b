"""Controls in which the current lane differs from the first one have a dot, which takes over the first one's value."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.experiment import default_experiment, edit_many
from gui_app.panels.lane_dots import DotButton
from gui_app.panels.regularization.regularization_panel import CARD
from gui_app.panels.training.chosen_controls import ChosenControls
from gui_app.session.document import Document
from gui_app.theme import style_sheet
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.hands import click, with_lanes
from tests.gui_app.panels.test_every_control import NET, REG, START, TRAIN, built
from tests.gui_app.panels.test_panels_of_lanes import LANE_PANELS


class Difference(NamedTuple):
    """A setting of lane B, and which dots it has."""

    panel: str
    value: object
    dots: tuple[str, ...]


def of_card(key, value, path="", *, in_line=False):
    dots = (f"{CARD}{key}",) if in_line else (f"{CARD}{key}", path)
    return Difference("regularization", value, dots)


DIFFERENCES = {
    NET + "hidden": Difference("network", (8, 5, 8), (NET + "hidden",)),
    NET + "activation": Difference("network", "relu", (NET + "activation",)),
    NET + "initializer.std": Difference("network", 0.3, (NET + "initializer.std",)),
    NET + "normalization.kind": Difference("network", "layer", (NET + "normalization",)),
    NET + "normalization.position": Difference("network", "after", (NET + "normalization.position",)),
    NET + "normalization.layers": Difference("network", (2,), (NET + "normalization.layers",)),
    NET + "residual": Difference("network", True, (NET + "residual",)),
    NET + "features": Difference("network", ("x1", "x1_x2"), (NET + "features",)),
    NET + "input_scaling": Difference("network", "none", (NET + "input_scaling",)),
    "seed": Difference("network", 4, ("seed",)),
    TRAIN + "optimizer": Difference("training", "sgd", (TRAIN + "optimizer",)),
    TRAIN + "schedule.lowest": Difference("training", 0.2, (TRAIN + "schedule.lowest",)),
    TRAIN + "learning_rate": Difference("training", 0.01, (TRAIN + "learning_rate",)),
    TRAIN + "batch_size": Difference("training", 20, (TRAIN + "batch_size",)),
    TRAIN + "loss": Difference("training", "squared", (TRAIN + "loss",)),
    REG + "l1_update": of_card("l1", "proximal", REG + "l1_update"),
    REG + "l2": of_card("l2", 0.02, in_line=True),
    REG + "weight_decay": of_card("weight_decay", 0.2, in_line=True),
    REG + "max_norm": of_card("max_norm", 2.0, in_line=True),
    REG + "dropout.layers": of_card("dropout", (1, 2), REG + "dropout.layers"),
    REG + "input_noise": of_card("input_noise", 0.4, in_line=True),
    REG + "augmentation.shear": of_card("augmentation", 0.3, REG + "augmentation.shear"),
    REG + "early_stopping.restore_best": of_card(
        "early_stopping", False, REG + "early_stopping.restore_best"
    ),
    REG + "gradient_clipping.kind": of_card("gradient_clipping", "value", REG + "gradient_clipping.kind"),
}
EQUAL = with_lanes(default_experiment(), A=START, B=START, C=START)


@pytest.fixture
def document(qapp) -> Document:
    return Document(EQUAL)


def with_differences(document, paths):
    changes = {f"lanes.1.{path}": DIFFERENCES[path].value for path in paths}
    document.reset(edit_many(EQUAL, changes))


def dots(panel) -> dict[str, DotButton]:
    """The dots that can be seen, once the layout has settled."""
    QApplication.processEvents()
    return {path: button for path, button in panel.dots.buttons.items() if button.isVisible()}


@pytest.mark.parametrize("name", LANE_PANELS)
@examples(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.sets(st.sampled_from(sorted(DIFFERENCES))))
def test_there_is_a_dot_exactly_where_the_lane_differs_from_the_first(
    name, paths, document, current, settings, show
):
    with_differences(document, paths)
    panel, _ = built(name, document, current, settings, show)
    assert not dots(panel), "the first lane differs from no other"
    current.choose(1)
    wanted = {dot for path in paths if DIFFERENCES[path].panel == name for dot in DIFFERENCES[path].dots}
    assert set(dots(panel)) == wanted
    current.choose(2)
    assert not dots(panel)


@pytest.mark.parametrize("path", DIFFERENCES)
def test_a_click_on_a_dot_takes_over_the_first_lanes_value(path, document, current, settings, show):
    with_differences(document, [path])
    panel, _ = built(DIFFERENCES[path].panel, document, current, settings, show)
    current.choose(1)
    before, button = document.experiment, dots(panel)[DIFFERENCES[path].dots[-1]]
    assert unescape(button.toolTip()).endswith("Click to take over the value of lane “A”.</qt>")
    click(button)
    assert document.experiment == EQUAL
    assert not dots(panel)
    document.stack.undo()
    assert document.experiment == before
    assert not document.stack.canUndo(), "one click is one undo step"
    assert set(dots(panel)) == set(DIFFERENCES[path].dots)


def test_a_dot_is_pressed_by_keyboard_and_says_what_it_does(document, current, training):
    with_differences(document, [TRAIN + "learning_rate"])
    current.choose(1)
    button = dots(training)[TRAIN + "learning_rate"]
    assert button.accessibleName() == "Learning rate: take over the value of lane “A”"
    assert button.accessibleDescription() == "Differs from lane “A”: 0.003."
    assert "Differs from lane “A”: 0.003. Click to take over the value of lane “A”." in unescape(
        button.toolTip()
    )
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert document.experiment == EQUAL


def test_taking_over_is_for_all_selected_lanes(document, current, training):
    changes = {f"lanes.{index}.{TRAIN}learning_rate": rate for index, rate in ((1, 0.01), (2, 0.1))}
    document.reset(edit_many(EQUAL, changes))
    current.choose(1)
    current.select((1, 2))
    click(dots(training)[TRAIN + "learning_rate"])
    assert document.experiment == EQUAL
    assert document.stack.count() == 1


def test_taking_over_the_layers_lets_dropout_forget_those_that_are_gone(document, current, network):
    document.reset(
        with_lanes(
            default_experiment(),
            A={NET + "hidden": (8, 8)},
            B={NET + "hidden": (8, 8, 8), REG + "dropout": {"rate": 0.5, "layers": (1, 3)}},
        )
    )
    current.choose(1)
    click(dots(network)[NET + "hidden"])
    assert document.experiment.lanes[1].network.hidden == (8, 8)
    assert document.experiment.lanes[1].regularization.dropout.layers == (1,)


def test_a_card_says_what_the_first_lane_has(document, current, regularization):
    document.reset(with_lanes(default_experiment(), A={REG + "l2": 0.5}, B={}))
    current.choose(1)
    button = dots(regularization)[f"{CARD}l2"]
    assert button.accessibleDescription() == "Differs from lane “A”: λ₂ 0.5."
    click(button)
    assert document.experiment.lanes[1].regularization.l2 == 0.5
    document.reset(with_lanes(default_experiment(), A={}, B={REG + "l2": 0.5}))
    current.choose(1)
    assert dots(regularization)[f"{CARD}l2"].accessibleDescription() == "Differs from lane “A”: off."
    click(dots(regularization)[f"{CARD}l2"])
    assert document.experiment.lanes[1].regularization.l2 == 0.0


def test_dots_have_the_colour_of_the_lane(document, current, training, qapp):
    with_differences(document, [TRAIN + "learning_rate"])
    current.choose(1)
    for theme in (LIGHT, DARK):
        training.apply_theme(theme)
        button = dots(training)[TRAIN + "learning_rate"]
        image = button.grab().toImage()
        middle = image.pixelColor(image.width() // 2, image.height() // 2)
        assert middle.name() == theme.lanes[1]


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
@pytest.mark.parametrize("name", LANE_PANELS)
def test_dots_move_nothing_and_stand_in_front_of_names(name, scale, document, current, settings, show, qapp):
    before = qapp.palette(), qapp.styleSheet(), qapp.font()
    style_sheet.apply(qapp, replace(LIGHT, text_scale=scale))
    try:
        panel, _ = built(name, document, current, settings, show)
        current.choose(1)
        QApplication.processEvents()
        places = geometries(panel)
        changes = {
            f"lanes.0.{path}": difference.value
            for path, difference in DIFFERENCES.items()
            if difference.panel == name and path not in (NET + "activation", TRAIN + "optimizer")
        }
        document.replace(edit_many(document.experiment, changes), "A")
        assert dots(panel)
        assert geometries(panel) == places
        for path, button in dots(panel).items():
            assert panel.rect().contains(button.geometry()), path
            for label in panel.findChildren(QWidget):
                if label.property("role") == "name" and label.isVisible():
                    corner = label.mapTo(panel, QPoint())
                    dot = QRect(
                        button.geometry().center() - QPoint(3, 3), button.geometry().center() + QPoint(2, 2)
                    )
                    assert not QRect(corner, label.size()).intersects(dot), (path, label.text())
    finally:
        qapp.setStyleSheet(before[1])
        qapp.setPalette(before[0])
        qapp.setFont(before[2])


def geometries(panel) -> list[tuple[str, QRect]]:
    """Where all visible parts of a panel are, besides dots."""
    return [
        (type(part).__name__, QRect(part.mapTo(panel, QPoint()), part.size()))
        for part in panel.findChildren(QWidget)
        if part.isVisible() and not isinstance(part, DotButton)
    ]


def test_dots_follow_what_is_folded_and_opened(document, current, training):
    with_differences(document, [TRAIN + "schedule.lowest"])
    current.choose(1)
    training.section.set_open(False)
    assert not dots(training)
    training.section.set_open(True)
    (button,) = dots(training).values()
    row = training.controls[TRAIN + "schedule.lowest"]
    assert abs(button.geometry().center().y() - row.mapTo(training, row.rect().center()).y()) <= 2


def test_dots_of_a_presentation_stand_beside_the_names(document, current, qtbot):
    with_differences(document, [TRAIN + "learning_rate", REG + "l2"])
    controls = ChosenControls(document, current)
    qtbot.addWidget(controls)
    controls.resize(700, 80)
    controls.show()
    assert not dots(controls)
    current.choose(1)
    assert set(dots(controls)) == {TRAIN + "learning_rate", REG + "l2"}
    for path, button in dots(controls).items():
        label = controls.controls[path].label
        assert button.geometry().center().x() + 3 <= label.mapTo(controls, QPoint()).x()
    click(dots(controls)[REG + "l2"])
    assert set(dots(controls)) == {TRAIN + "learning_rate"}
