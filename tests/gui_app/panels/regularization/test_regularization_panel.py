from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.data import Append
from engine.experiment import EarlyStoppingSettings, edit_many, get, switch_generator
from engine.observation.snapshot import Stop
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.regularizer_notes import (
    ELASTIC_NET,
    FEW_POINTS,
    NO_HIDDEN_LAYER,
    NO_POINTS,
    NO_VALIDATION,
)
from gui_app.session.current_lane import CurrentLane
from gui_app.widgets.outline import Outline
from gui_app.widgets.tips import entry_tip
from tests.gui_app.hands import LEFT, click, drag_slider, type_into
from tests.gui_app.panels.conftest import moved
from tests.gui_app.plots.runs import run_of

REG = "lanes.0.regularization."


def regularization_of(document):
    return document.experiment.lanes[0].regularization


def values_at(document, edits):
    return {path: get(document.experiment, f"{REG}{path}") for path in edits}


@pytest.fixture
def cards(regularization):
    return regularization.cards


@pytest.fixture
def dropout(cards):
    return cards["dropout"]


@pytest.fixture
def stopping(cards):
    return cards["early_stopping"]


@pytest.mark.parametrize("entry", REGULARIZERS.values(), ids=list(REGULARIZERS))
def test_a_switch_sets_what_is_typical_and_takes_it_back(cards, document, entry):
    card, before = cards[entry.key], document.experiment
    click(card.switch)
    assert card.is_on
    assert document.experiment == edit_many(
        before, {f"{REG}{path}": value for path, value in entry.switched_on().items()}
    )
    click(card.switch)
    assert document.experiment == before
    assert not card._strength.isVisible()
    assert not card.is_open
    document.stack.undo()
    document.stack.undo()
    assert document.experiment == before
    assert not document.stack.canUndo()


@pytest.mark.parametrize("entry", REGULARIZERS.values(), ids=list(REGULARIZERS))
def test_a_card_remembers_its_numbers_while_it_is_off(cards, document, entry):
    card = cards[entry.key]
    click(card.switch)
    card.set_open(True)
    visible = [slider for slider in card.sliders.values() if slider.isVisible()]
    for slider in visible:
        typed = slider.parameter.slider_range[0] + 7 if slider.parameter.integer else 0.123
        type_into(slider.number, f"{typed:g}")
    after = document.experiment
    assert after.lanes[0].regularization != document.experiment.lanes[0].regularization or visible
    click(card.switch)
    assert not card.is_on
    click(card.switch)
    assert document.experiment == after


@pytest.mark.parametrize("entry", REGULARIZERS.values(), ids=list(REGULARIZERS))
def test_a_card_says_what_it_is(cards, entry):
    card = cards[entry.key]
    assert card.toolTip() == entry_tip(entry)
    card.set_open(True)
    assert card.formula.isVisible()
    assert card.meaning.isVisible()
    assert card.meaning.text().startswith(entry.tooltip)
    click(card.switch)
    assert card.formula.text()
    for key, slider in card.sliders.items():
        if slider.slider:
            typical = next(p.typical for p in entry.parameters if p.key == key)
            assert slider.slider.typical == typical == slider.parameter.typical


def test_the_lectures_range_of_dropout_is_marked(dropout):
    assert dropout.rate.slider.typical == (0.2, 0.8)


def test_a_new_entry_gets_its_card_by_itself(document, show, monkeypatch):
    new = Regularizer(
        key="mixup_too", label="New", formula="f", tooltip="t.", parameters=REGULARIZERS["mixup"].parameters,
        typical_on={"mixup": 0.4}, group="Gradients",
    )  # fmt: skip
    monkeypatch.setattr(REGULARIZERS, "_entries", {**REGULARIZERS._entries, new.key: new})
    panel = RegularizationPanel(document, CurrentLane(document))
    show(290, panel)
    click(panel.cards["mixup_too"].switch)
    assert regularization_of(document).mixup == 0.4


def test_l1_chooses_how_it_updates(cards, document):
    card = cards["l1"]
    click(card.switch)
    card.set_open(True)
    click(card.choices["l1_update"].buttons["proximal"])
    assert regularization_of(document).l1_update == "proximal"
    document.stack.undo()
    assert card.choices["l1_update"].key() == "subgradient"
    assert card.choices["l1_update"].buttons["subgradient"].isChecked()


def test_both_penalties_are_called_an_elastic_net(cards):
    click(cards["l1"].switch)
    assert ELASTIC_NET not in cards["l1"].mark.toolTip()
    click(cards["l2"].switch)
    for key in ("l1", "l2"):
        assert ELASTIC_NET in cards[key].mark.toolTip()
        cards[key].set_open(True)
        assert cards[key].remark.isVisible()
        assert cards[key].remark.text() == ELASTIC_NET
        cards[key].set_open(False)
    click(cards["l1"].switch)
    assert ELASTIC_NET not in cards["l2"].mark.toolTip()


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        ("sgd", "With SGD, as here, both are the same."),
        ("adam", "With Adam, as here, they differ"),
        ("adamw", "on top of AdamW's own decay"),
    ],
)
def test_weight_decay_is_told_apart_from_l2(cards, document, optimizer, words):
    document.change({"lanes.0.training.optimizer": optimizer}, "other")
    card = cards["weight_decay"]
    click(card.switch)
    card.set_open(True)
    visible = [label.text() for label in (card.formula, card.meaning, card.remark) if label.isVisible()]
    assert words in " ".join(visible)
    assert "η·λ·Wₗ" in visible[0]
    assert "decoupled from the gradient" in visible[1]


def test_clipping_chooses_its_kind(cards, document):
    card = cards["gradient_clipping"]
    click(card.switch)
    card.set_open(True)
    click(card.choices["kind"].buttons["value"])
    type_into(card.sliders["threshold"].number, "0.25")
    clipping = regularization_of(document).gradient_clipping
    assert (clipping.kind, clipping.threshold) == ("value", 0.25)
    click(card.switch)
    assert regularization_of(document).gradient_clipping is None
    click(card.switch)
    assert regularization_of(document).gradient_clipping == clipping


# -- reasons


@pytest.mark.parametrize("key", ["dropout", "max_norm"])
def test_without_a_hidden_layer(cards, document, key):
    card, before = cards[key], regularization_of(document)
    card.set_open(True)
    document.change({"lanes.0.network.hidden": ()}, "none")
    assert card.reason.text() == NO_HIDDEN_LAYER
    assert card.reason.isVisible()
    click(card.switch)
    assert regularization_of(document) == before
    document.stack.undo()
    assert card.reason.isHidden()
    click(card.switch)
    assert card.is_on


def test_early_stopping_needs_validation_points(stopping, document):
    document.change({"data.split.validation": 0.0}, "none")
    assert stopping.reason.text() == NO_VALIDATION
    click(stopping.switch)
    assert regularization_of(document).early_stopping is None
    document.clear_points()
    assert stopping.reason.text() == NO_POINTS
    document.change({"data.split.validation": 0.25}, "some")
    assert stopping.reason.text() == NO_POINTS == "Needs validation points: draw some points."
    document.apply_edit(Append(document.new_points([[1.0, 2.0]], [1.0])))
    document.finish_gesture("Draw")
    assert document.points.counts() == (1, 0, 0)
    assert stopping.reason.text() == FEW_POINTS


def test_points_that_forbid_and_allow_nothing_new_leave_the_cards_alone(
    regularization, document, monkeypatch
):
    shown = []
    for card in regularization.cards.values():
        monkeypatch.setattr(card, "show_lane", lambda *what: shown.append(what))
    document.apply_edit(Append(document.new_points([[1.0, 2.0]], [1.0])))
    document.finish_gesture("Draw")
    assert not shown
    document.clear_points()
    assert {reasons["early_stopping"] for _, reasons in shown} == {NO_POINTS}
    assert len(shown) == len(regularization.cards)


@pytest.mark.parametrize(
    ("generator", "key", "words"),
    [
        ("sine", "mixup", "Mixup is for labels, not for the values of the curve task."),
        ("bumps", "mixup", "Mixup is for labels, not for the values of the surface task."),
        ("sine", "label_smoothing", "The curve task has no probabilities to smooth."),
        ("bumps", "label_smoothing", "The surface task has no probabilities to smooth."),
    ],
)
def test_what_a_task_has_no_use_for_is_off_with_the_reason(cards, document, generator, key, words):
    card = cards[key]
    click(card.switch)
    document.replace(switch_generator(document.experiment, generator), "switch")
    assert not card.is_on
    assert words in card.mark.toolTip()
    card.set_open(True)
    assert (card.reason.text(), card.reason.isVisible()) == (words, True)
    before = document.experiment
    click(card.switch)
    assert document.experiment is before
    document.stack.undo()
    assert card.is_on
    assert card.reason.isHidden()


def test_the_playground_loss_has_nothing_to_smooth(cards, document):
    document.change({"lanes.0.training.loss": "playground"}, "other")
    assert (
        cards["label_smoothing"].reason.text() == "The playground loss has no class probabilities to smooth."
    )


def test_a_curve_is_shifted_and_scaled_but_not_turned(cards, document):
    card = cards["augmentation"]
    click(card.switch)
    card.set_open(True)
    assert card.refusal.isHidden()
    document.replace(switch_generator(document.experiment, "sine"), "switch")
    assert card.is_on
    assert [key for key, slider in card.sliders.items() if not slider.isEnabled()] == ["rotate", "shear"]
    assert card.refusal.isVisible()
    assert card.refusal.text() == (
        "To rotate or shear a curve would change its heights, which are the targets."
    )
    click(card.switch)
    click(card.switch)
    augmentation = regularization_of(document).augmentation
    assert (augmentation.rotate, augmentation.shear, augmentation.shift, augmentation.scale) == (
        0,
        0,
        0.2,
        0.1,
    )


def test_what_a_curve_cannot_have_is_not_all_that_is_remembered(cards, document):
    card = cards["augmentation"]
    click(card.switch)
    document.change({f"{REG}augmentation": {"rotate": 30.0}}, "only this")
    click(card.switch)
    document.replace(switch_generator(document.experiment, "sine"), "switch")
    click(card.switch)
    assert card.is_on
    assert regularization_of(document).augmentation.shift == 0.2


# -- dropout


def test_dropout_remembers_both_rates(dropout, document):
    document.change({f"{REG}dropout.rate": 0.3, f"{REG}dropout.input_rate": 0.1}, "other")
    click(dropout.switch)
    settings = regularization_of(document).dropout
    assert (settings.rate, settings.input_rate) == (0.0, 0.0)
    click(dropout.switch)
    settings = regularization_of(document).dropout
    assert (settings.rate, settings.input_rate) == (0.3, 0.1)


@pytest.mark.parametrize("key", ["dropout", "mixup"])
def test_a_card_does_not_fold_away_under_the_hand(cards, document, key):
    card = cards[key]
    click(card.switch)
    groove = next(iter(card.sliders.values())).slider
    assert groove.isVisible()
    QTest.mousePress(groove, LEFT, pos=QPoint(groove.width() // 2, 10))
    QTest.mouseMove(groove, QPoint(0, 10))
    assert not any(values_at(document, REGULARIZERS[key].switched_off()).values())
    assert groove.isVisible()
    QTest.mouseRelease(groove, LEFT, pos=QPoint(0, 10))
    assert not card.is_on


def test_layers_of_dropout(dropout, regularization, document):
    click(dropout.switch)
    dropout.set_open(True)
    layers = dropout.layers
    assert dropout.symbols.text() == "p: share of the neurons that each step ignores. Typical: 0.2 to 0.8."
    click(layers.options["all"])
    assert regularization_of(document).dropout.layers == "all"
    dropout.set_open(False)
    assert "In all 3 hidden layers." in dropout.mark.toolTip()
    dropout.set_open(True)
    click(layers.options["some"])
    assert regularization_of(document).dropout.layers == (1, 2, 3)
    click(layers.chips[1])
    assert regularization_of(document).dropout.layers == (1, 3)
    click(layers.chips[0])
    click(layers.chips[2])
    assert regularization_of(document).dropout.layers == (3,)
    assert "at least one layer" in regularization.error.text()
    assert layers.chips[2].isChecked()
    click(layers.options["last"])
    assert regularization_of(document).dropout.layers == "last"


def test_each_layer_may_have_a_rate_of_its_own(dropout, document):
    click(dropout.switch)
    dropout.set_open(True)
    click(dropout.layers.options["each"])
    assert regularization_of(document).dropout.rates == (0.0, 0.0, 0.5)
    assert dropout.rate.isHidden()
    type_into(dropout.rates.sliders[0].number, "0.2")
    drag_slider(dropout.rates.sliders[1], 0.1, 1.0)
    assert regularization_of(document).dropout.rates == (0.2, 0.95, 0.5)
    assert dropout.summary.isVisible()
    assert dropout.summary.full_text == "p 0.2 0.95 0.5"
    click(dropout.switch)
    assert not dropout.is_on
    assert regularization_of(document).dropout.rates is None
    click(dropout.switch)
    assert regularization_of(document).dropout.rates == (0.2, 0.95, 0.5)
    click(dropout.layers.options["all"])
    settings = regularization_of(document).dropout
    assert (settings.rates, settings.layers, settings.rate) == (None, "all", 0.95)
    assert dropout.rate.isVisible()


def test_remembered_rates_fit_the_network_of_now(dropout, document):
    document.change({f"{REG}dropout.rates": (0.2, 0.3, 0.4)}, "rates")
    click(dropout.switch)
    document.change({"lanes.0.network.hidden": (8, 8)}, "fewer")
    click(dropout.switch)
    assert regularization_of(document).dropout.rates == (0.2, 0.3)
    click(dropout.switch)
    document.change({"lanes.0.network.hidden": (8,) * 4}, "more")
    click(dropout.switch)
    assert regularization_of(document).dropout.rates == (0.2, 0.3, 0.0, 0.0)


def test_a_chosen_layer_that_does_not_exist_is_refused_with_a_sentence(regularization, document):
    regularization.put({"regularization.dropout.layers": (9,)}, "wrong")
    assert regularization.error.isVisible()
    assert regularization.error.text() == "The network has 3 hidden layers, so none is numbered 9."
    document.change({f"{REG}l2": 0.5}, "fine")
    assert regularization.error.isHidden()


# -- early stopping


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_shows_only_what_it_reads(stopping, document, criterion):
    click(stopping.switch)
    stopping.set_open(True)
    click(stopping.choices["criterion"].buttons[criterion])
    assert regularization_of(document).early_stopping.criterion == criterion
    visible = {key for key, slider in stopping.sliders.items() if slider.isVisible()}
    assert visible == {parameter.key for parameter in CRITERIA[criterion].parameters}
    assert stopping.meaning.text() == CRITERIA[criterion].tooltip
    assert stopping.midway.text() == CRITERIA[criterion].midway
    assert stopping.midway.isVisible()


def test_alpha_means_for_each_criterion_what_that_compares(stopping):
    click(stopping.switch)
    stopping.set_open(True)
    alpha = stopping.sliders["alpha"]
    for criterion, usual, words in (
        ("generalization_loss", (1.0, 5.0), "Typical: 1 to 5."),
        ("quotient", (0.5, 3.0), "Typical: 0.5 to 3."),
        ("generalization_loss", (1.0, 5.0), "lie above its lowest so far"),
    ):
        click(stopping.choices["criterion"].buttons[criterion])
        assert alpha.isVisible()
        assert alpha.slider.typical == usual
        assert words in alpha.toolTip()
        (own,) = CRITERIA[criterion].parameters
        assert alpha.number.accessibleDescription() == alpha.slider.accessibleDescription() == own.tooltip


def test_early_stopping_remembers_all_it_was_set_to(stopping, document):
    click(stopping.switch)
    stopping.set_open(True)
    type_into(stopping.sliders["patience"].number, "77")
    click(stopping.choices["criterion"].buttons["up"])
    type_into(stopping.sliders["strips"].number, "5")
    click(stopping.restore, QPoint(8, stopping.restore.height() // 2))
    settings = regularization_of(document).early_stopping
    assert settings == EarlyStoppingSettings(criterion="up", patience=77, strips=5, restore_best=False)
    click(stopping.switch)
    assert regularization_of(document).early_stopping is None
    click(stopping.switch)
    assert regularization_of(document).early_stopping == settings


def ended(stops=(), status="stopped", playing=False):
    snapshot = run_of(20)
    stop = stops[-1] if status != "training" else None
    lane = replace(snapshot.lanes[0], status=status, stop=stop, stops=tuple(stops))
    return replace(snapshot, lanes=(lane,), playing=playing)


def test_a_stop_is_told_and_can_be_continued(regularization, stopping, qtbot):
    assert stopping.outcome.isHidden()
    stopping.set_open(True)
    stop = Stop("early_stopping", 1183, 1133, "the validation loss has not improved for 50 epochs")
    regularization.show_snapshot(ended([stop]))
    assert stopping.decision.text() == (
        "Stopped at epoch 1,183: the validation loss has not improved for 50 epochs. "
        "The weights are those of epoch 1,133."
    )
    stopped = ended([stop])
    back = replace(stopped, lanes=(replace(stopped.lanes[0], continues_from=1183),))
    regularization.show_snapshot(back)
    assert stopping.decision.text().endswith("of epoch 1,133. Play continues from those of epoch 1,183.")
    with qtbot.waitSignal(regularization.continue_requested):
        click(stopping.go_on)
    regularization.show_snapshot(ended([stop], playing=True))
    assert stopping.decision.text().startswith("Stopped at epoch 1,183: the validation loss")
    assert stopping.go_on.isHidden(), "other lanes still train"
    regularization.show_snapshot(ended([stop], "training", playing=True))
    assert stopping.go_on.isHidden()
    assert stopping.decision.text() == (
        "Stopped at epoch 1,183 and was continued from there, not from the best weights."
    )
    regularization.show_snapshot(ended([stop, replace(stop, epoch=1300)], "training", playing=True))
    assert stopping.decision.text() == (
        "Stopped at epochs 1,183 and 1,300, and was continued each time from there, not from the best weights."
    )
    regularization.show_snapshot(None)
    assert stopping.outcome.isHidden()


def test_divergence_is_no_decision_of_early_stopping(regularization, stopping):
    regularization.show_snapshot(ended([Stop("divergence", 12, None, "why")], "diverged"))
    assert stopping.outcome.isHidden()


# -- calm


def test_the_strength_in_the_line_is_that_of_the_criterion(stopping):
    click(stopping.switch)
    for criterion, key in (("generalization_loss", "alpha"), ("up", "strips"), ("patience", "patience")):
        stopping.set_open(True)
        click(stopping.choices["criterion"].buttons[criterion])
        assert stopping.formula.text() == CRITERIA[criterion].formula
        stopping.set_open(False)
        assert [name for name, slider in stopping.sliders.items() if slider.isVisible()] == [key]


@pytest.mark.parametrize(
    ("path", "key"),
    [("dropout", "dropout"), ("regularization.l2", "l2"), ("regularization.dropout.layers", "dropout"),
     ("regularization.early_stopping", "early_stopping"),
     ("regularization.gradient_clipping.kind", "gradient_clipping")],
)  # fmt: skip
def test_a_card_is_brought_into_view_and_outlined_once(document, show, qtbot, path, key):
    panel = RegularizationPanel(document, CurrentLane(document))
    area = show(290, panel, height=120)
    click(panel.section.heading)
    card = panel.cards[key]
    assert panel.reveal(path)
    qtbot.waitUntil(lambda: card.visibleRegion().boundingRect().height() == card.height())
    (outline,) = card.findChildren(Outline)
    assert outline.strength == 1.0
    assert outline.size() == card.size()
    assert not any(other.findChildren(Outline) for other in panel.cards.values() if other is not card)
    outline._fading.setCurrentTime(outline._fading.duration())
    qtbot.waitUntil(lambda: not card.findChildren(Outline))
    assert area.isVisible()


def test_what_is_no_regularizer_is_not_revealed(regularization):
    assert not regularization.reveal("training.learning_rate")


def test_a_change_elsewhere_moves_no_regularizer(regularization, document):
    before = document.experiment
    document.change({"lanes.0.training.learning_rate": 0.5}, "other")
    assert moved(before, document.experiment) == {"lanes.0.training.learning_rate"}


def test_it_can_be_furnished_card_by_card_while_the_document_changes(document, show):
    panel = RegularizationPanel(document, CurrentLane(document), at_once=False)
    show(290, panel)
    for turn, _ in enumerate(panel.furnish(), start=1):
        assert len(panel.cards) == turn
        document.change({f"{REG}l2": 0.001 * turn}, "meanwhile")
    assert set(panel.cards) == set(REGULARIZERS)
    assert panel.cards["l2"].sliders["l2"].value() == pytest.approx(0.001 * len(REGULARIZERS))


@pytest.mark.parametrize("cards_before", range(0, len(REGULARIZERS), 3))
def test_another_lane_may_be_current_while_the_cards_are_made(document, current, qtbot, cards_before):
    """As where a file is dropped onto a window that is still being filled."""
    panel = RegularizationPanel(document, current, at_once=False)
    qtbot.addWidget(panel)
    making = panel.furnish()
    for _ in range(cards_before):
        next(making)
    changes = {"lanes.0.name": "Base", f"{REG}l2": 0.01}
    document.replace(edit_many(document.experiment, changes), "Another lane")
    assert current.name == "Base"
    for _ in making:
        pass
    panel.show_snapshot(None)
    assert {key for key, card in panel.cards.items() if card.is_on} == {"l2"}


def test_how_far_points_are_moved_is_told_in_the_units_of_the_data(document, cards):
    document.change({f"{REG}augmentation.shift": 0.6}, "Shift")
    card = cards["augmentation"]
    assert card.remark.text() == ""
    document.change({"data.extent.x": [0, 84], "data.axes.x.unit": "cm"}, "Axes")
    assert card.remark.text() == "Shift: 0.6 of 12 ≈ 4.2 cm across, 0.6 up."
