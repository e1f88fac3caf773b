import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import EarlyStoppingSettings
from gui_app.panels.dropout_card import NO_HIDDEN_LAYER
from gui_app.panels.stopping_card import NO_VALIDATION

from .conftest import LEFT, click, drag_slider, type_into

REG = "lanes.0.regularization."


def regularization_of(document):
    return document.experiment.lanes[0].regularization


@pytest.mark.parametrize("key", ["l1", "l2"])
def test_a_penalty_remembers_its_strength(regularization, document, key):
    card = getattr(regularization, key)
    click(card.switch)
    assert getattr(regularization_of(document), key) == REGULARIZERS[key].typical_on[key]
    type_into(card.slider.number, "0.02")
    click(card.switch)
    assert getattr(regularization_of(document), key) == 0.0
    click(card.switch)
    assert getattr(regularization_of(document), key) == 0.02
    for _ in range(4):
        document.stack.undo()
    assert not card.is_on
    assert not document.stack.canUndo()


def test_dropout_remembers_both_rates(regularization, document):
    card = regularization.dropout
    click(card.switch)
    assert regularization_of(document).dropout.rate == 0.5
    document.change({f"{REG}dropout.rate": 0.3, f"{REG}dropout.input_rate": 0.1}, "other")
    click(card.switch)
    assert (regularization_of(document).dropout.rate, regularization_of(document).dropout.input_rate) == (
        0,
        0,
    )
    click(card.switch)
    assert (regularization_of(document).dropout.rate, regularization_of(document).dropout.input_rate) == (
        0.3,
        0.1,
    )


def test_early_stopping_remembers_its_patience(regularization, document):
    card = regularization.stopping
    click(card.switch)
    assert regularization_of(document).early_stopping == EarlyStoppingSettings(patience=50)
    type_into(card.patience.number, "77")
    click(card.switch)
    assert regularization_of(document).early_stopping is None
    click(card.switch)
    assert regularization_of(document).early_stopping == EarlyStoppingSettings(patience=77)


def test_dropout_needs_a_hidden_layer(regularization, document):
    card = regularization.dropout
    document.change({"lanes.0.network.hidden": ()}, "none")
    assert card.reason.text() == NO_HIDDEN_LAYER
    assert card.reason.isVisible()
    click(card.switch)
    assert regularization_of(document).dropout.rate == 0.0
    document.stack.undo()
    assert card.reason.isHidden()
    click(card.switch)
    assert regularization_of(document).dropout.rate == 0.5


def test_early_stopping_needs_validation_points(regularization, document):
    card = regularization.stopping
    document.change({"data.split.validation": 0.0}, "none")
    assert card.reason.text() == NO_VALIDATION
    click(card.switch)
    assert regularization_of(document).early_stopping is None
    document.clear_points()
    document.change({"data.split.validation": 0.25}, "some")
    assert card.reason.text() == NO_VALIDATION


def test_a_card_does_not_fold_away_under_the_hand(regularization, document):
    card = regularization.dropout
    click(card.switch)
    groove = card.rate.slider
    QTest.mousePress(groove, LEFT, pos=QPoint(groove.width() // 2, 10))
    QTest.mouseMove(groove, QPoint(0, 10))
    assert regularization_of(document).dropout.rate == 0.0
    assert card.content.isVisible()
    QTest.mouseRelease(groove, LEFT, pos=QPoint(0, 10))
    assert not card.is_on


def test_layers_of_dropout(regularization, document):
    card = regularization.dropout
    click(card.switch)
    card.more.set_open(True)
    assert card.meaning.text() == "last hidden layer · usual range 0.2–0.8"
    click(card.where["all"])
    assert regularization_of(document).dropout.layers == "all"
    assert card.meaning.text().startswith("all 3 hidden layers")
    click(card.where["chosen"])
    assert regularization_of(document).dropout.layers == (1, 2, 3)
    click(card.chips[1])
    assert regularization_of(document).dropout.layers == (1, 3)
    assert card.meaning.text().startswith("hidden layers 1, 3")
    click(card.chips[0])
    click(card.chips[2])
    assert regularization_of(document).dropout.layers == (3,)
    assert "at least one layer" in regularization.error.text()
    click(card.where["last"])
    assert regularization_of(document).dropout.layers == "last"


def test_a_chosen_layer_that_does_not_exist_is_refused_with_a_sentence(regularization, document):
    regularization.put({f"{REG}dropout.layers": (9,)}, "wrong")
    assert regularization.error.isVisible()
    assert regularization.error.text() == "The network has 3 hidden layers, so none is numbered 9."
    drag_slider(regularization.dropout.rate, 0.5, 0.6) if regularization.dropout.is_on else None
    document.change({f"{REG}l2": 0.5}, "fine")
    assert regularization.error.isHidden()


def test_folded_cards_say_what_matters(regularization, document):
    document.change({f"{REG}l2": 0.001, f"{REG}early_stopping": {"patience": 50}}, "on")
    assert regularization.l2.summary.text() == "λ 0.001"
    assert regularization.stopping.summary.text() == "patience 50"
