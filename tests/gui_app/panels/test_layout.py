"""Panels in their narrow columns, in every state, in both themes."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import switch_generator
from gui_app.canvas.tools import TOOLS
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.theme import style_sheet
from gui_app.theme.tokens import THEMES
from gui_app.widgets.card import Card
from gui_app.widgets.section import Section
from tests.gui_app.hands import click

REG = "lanes.0.regularization."
STATES = {
    "plain": {},
    "cards": {
        f"{REG}l1": 1e-6, f"{REG}l2": 0.001, f"{REG}dropout.rate": 0.5, f"{REG}early_stopping": {"patience": 50},
        "lanes.0.network.activation": "leaky_relu", "lanes.0.network.initializer": "normal",
        f"{REG}dropout.layers": (1, 3), "lanes.0.training.optimizer": "adamw", "data.classes": 10,
    },
    "deep": {"lanes.0.network.hidden": tuple(range(1, 65)), "lanes.0.seed": 2**32 - 1, "data.split.validation": 0.0,
             f"{REG}dropout": {"rate": 0.5, "layers": "all"}},
    "wide": {"lanes.0.network.hidden": (512,) * 8, "data.generator.points": 100_000},
    "all cards": {
        **{f"{REG}{path}": value for entry in REGULARIZERS.values() for path, value in entry.switched_on().items()
           if not path.startswith(("label", "mixup", "augmentation"))},
        f"{REG}augmentation": {"shift": 0.25, "scale": 0.15}, f"{REG}dropout.rates": (0.25, 0.5, 0.75),
        f"{REG}early_stopping": {"criterion": "quotient"}, f"{REG}input_noise": 0.123456,
        "lanes.0.network.normalization": {"layers": (1, 2)}, "lanes.0.training.schedule": "plateau",
        "lanes.0.network.residual": True,
    },
    "none": {"lanes.0.network.hidden": ()},
}  # fmt: skip


@pytest.fixture(scope="module", params=THEMES.values(), ids=list(THEMES))
def applied_theme(request, qapp):
    before = qapp.palette(), qapp.styleSheet(), qapp.font()
    style_sheet.apply(qapp, request.param)
    yield request.param
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])


@pytest.mark.parametrize("generator", ["spiral", "sine", "bumps"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off(applied_theme, document, current, settings, show, state, generator):
    document.replace(switch_generator(document.experiment, generator), "switch")
    changes = STATES[state]
    if generator != "spiral":
        changes = {path: value for path, value in changes.items() if path != "data.classes"}
    document.change(changes, "state")
    columns = [
        (210, [DataPanel(document, settings, TOOLS)]),
        (300, [kind(document, current) for kind in (NetworkPanel, RegularizationPanel, TrainingPanel)]),
    ]
    for width, panels in columns:
        for panel in panels:
            panel.apply_theme(applied_theme)
        area = show(width, *panels)
        for is_open in (False, True):
            for part in (*area.findChildren(Card), *area.findChildren(Section)):
                part.set_open(is_open or part.__class__ is Section)
            QApplication.processEvents()
            assert area.widget().width() <= area.viewport().width()
            for panel in panels:
                assert_inside(panel)


def assert_inside(panel: QWidget) -> None:
    """Every visible part lies within its panel and is as wide as it must be."""
    for part in panel.findChildren(QWidget):
        if part.isVisible() and part.width() > 0:
            right = part.mapTo(panel, QPoint(part.width(), 0)).x()
            assert right <= panel.width(), (part, part.accessibleName(), right)
            assert (
                part.width() >= part.minimumSizeHint().width() or part.minimumWidth() == part.maximumWidth()
            )


def test_an_error_is_brought_into_view(document, current, show, qtbot):
    panel = RegularizationPanel(document, current)
    area = show(290, panel, height=120)
    panel.put({"regularization.dropout.layers": (9,)}, "wrong")
    qtbot.waitUntil(lambda: panel.error.visibleRegion().boundingRect().height() > 0)
    assert area.verticalScrollBar().value() > 0


COLUMN = (300, 560)
"""The model column in a window of 1280 × 690 pixels, which is what a screen of 1280 × 720 leaves."""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {f"{REG}l2": 0.001, f"{REG}dropout.rate": 0.5, f"{REG}early_stopping": {"patience": 50}},
        {
            f"{REG}{path}": value
            for entry in REGULARIZERS.values()
            for path, value in entry.switched_on().items()
        },
    ],
    ids=["none", "three", "all"],
)
def test_what_is_needed_at_once_is_above_the_fold(applied_theme, document, current, show, changes):
    document.change(changes, "start")
    training, network, regularization = (
        kind(document, current) for kind in (TrainingPanel, NetworkPanel, RegularizationPanel)
    )
    area = show(COLUMN[0], training, network, regularization, height=COLUMN[1])
    QApplication.processEvents()
    needed = [
        training.learning_rate.slider, training.learning_rate.number, training.optimizer.box,
        training.batch_size.number, network.shape.layers, *network.shape.spins[:3], network.activation.box,
        *(card.switch for card in regularization.cards.values()),
    ]  # fmt: skip
    fold = area.viewport().rect()
    for control in needed:
        corner = control.mapTo(area.viewport(), control.rect().bottomRight())
        assert fold.contains(corner), (control.accessibleName(), corner)
    rows = {control.mapTo(training, QPoint(0, control.height() // 2)).y() for control in needed[2:4]}
    assert len(rows) == 1 or max(rows) - min(rows) <= 1, "optimizer and batch size are on one line"


STRENGTHS = {
    "l1": "0.001", "l2": "0.001", "weight_decay": "0.01", "max_norm": "3", "gradient_clipping": "1", "dropout": "0.5",
    "label_smoothing": "0.1", "input_noise": "0.3", "mixup": "0.2", "early_stopping": "50",
}  # fmt: skip


def test_a_closed_card_has_name_switch_slider_and_number_in_one_line(applied_theme, document, current, show):
    panel = RegularizationPanel(document, current)
    show(COLUMN[0], panel, height=COLUMN[1])
    cards = panel.cards
    for key, card in cards.items():
        height = card.height()
        click(card.switch)
        QApplication.processEvents()
        assert not card.is_open
        assert card.height() == height, "nothing below moves"
        shown = [slider for slider in card.sliders.values() if slider.isVisible()]
        assert [slider.number.text() for slider in shown] == STRENGTHS.get(key, "").split()
        for slider in shown:
            assert slider.slider.isVisible()
            assert slider.slider.width() >= 40
            number = slider.number
            assert number.fontMetrics().horizontalAdvance(number.text()) < number.width()
            middle = number.mapTo(card, number.rect().center()).y()
            assert abs(middle - card.switch.geometry().center().y()) <= 2
    assert cards["augmentation"].summary.isVisible()
    assert cards["augmentation"].summary.full_text == "rotate 15°, shear 0.1, shift 0.2, scale 0.1"
    assert "…" not in cards["augmentation"].summary.text()


def test_a_card_never_needs_more_width_than_the_column_has(applied_theme, document, current, show):
    """Not even for the moment between the click and the settings that follow it."""
    panel = RegularizationPanel(document, current)
    show(COLUMN[0], panel, height=COLUMN[1])
    for key, card in panel.cards.items():
        card.switched.disconnect()
        click(card.switch)
        assert card.minimumSizeHint().width() <= COLUMN[0] - 8 - 24, key
