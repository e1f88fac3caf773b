"""Where the seeds of a repeated lane disagree: numbers, hatching, message, and what is read under the cursor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from engine.experiment import edit_many, switch_task
from engine.observation.observables import PREDICTION, SPOT, Position, Prediction, Spot
from engine.observation.observables.disagreement import disagreement_of
from engine.observation.seeds import Seeds
from engine.observation.snapshot import CANVAS_EXTENT, LaneSnapshot, Observed
from gui_app.canvas.layers import disagreement
from gui_app.canvas.layers.disagreement import (
    DEVIATIONS,
    SPACING,
    hatching,
    levels_of,
    message_for,
    uneven_message,
)
from gui_app.canvas.panes.lanes_shown import BOUNDARIES, DIFFERENCE, ONE, PANES, no_seeds_message
from gui_app.canvas.reading.texts import seeds_text
from tests.gui_app.canvas.test_canvas import certain, made, snapshot
from tests.gui_app.hands import click


def seed_answers() -> list[np.ndarray]:
    """Of five seeds: all agree on the left, two say class 1 in the middle, one does on the right."""
    best = np.zeros((5, 60, 60), dtype=int)
    best[:2, :, 20:40] = 1
    best[4, :, 40:] = 1
    return [certain(one) for one in best]


def show_seeds(canvas, values, task="classification", spots=None, reached=None) -> None:
    """Show a lane with these answers of its seeds, of which some may have ``reached`` a later epoch than others."""
    document = canvas._document
    if document.experiment.lanes[0].repeats != len(values):
        document.change({"lanes.0.repeats": len(values)}, "Seeds")
    name = document.experiment.lanes[0].name
    networks = []
    for index, one in enumerate(values):
        observed = {PREDICTION.key: Prediction(CANVAS_EXTENT, one)}
        if spots is not None:
            observed[SPOT.key] = spots[index]
        told = Observed.of(observed)
        networks.append(made(LaneSnapshot, name=f"{index}", status="training", observed=told))
    mean = np.mean(values, axis=0).astype(np.float32)
    shown = snapshot(mean, task)
    observed = {PREDICTION.key: Prediction(CANVAS_EXTENT, mean)}
    if spots is not None:
        observed[SPOT.key] = replace(spots[0], values=np.mean([one.values for one in spots], axis=0))
    lane = replace(shown.lanes[0], name=name, observed=Observed.of(observed), repeats=tuple(networks))
    lane = replace(lane, reached=reached)
    canvas.show_snapshot(replace(shown, lanes=(lane,)))


def picture(canvas) -> np.ndarray:
    return pixels(canvas.grab().toImage())


def export(canvas) -> np.ndarray:
    image = QImage(800, 800, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.paint_export(painter, QRectF(0, 0, 800, 800))
    painter.end()
    return pixels(image)


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    found = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return found.copy()


def upper_half(canvas, image: np.ndarray, low: float, high: float) -> np.ndarray:
    """The pixels of the screen between two x, above the messages and without the edges."""
    viewport = canvas.scene.viewport
    left, right = (round(viewport.to_pixel(x, 0).x()) for x in (low, high))
    return image[round(viewport.top) + 12 : round(viewport.top + viewport.side / 2), left + 6 : right - 6]


def test_the_share_is_that_of_seeds_that_choose_another_class_than_the_mean() -> None:
    rng = np.random.default_rng(1)
    values = rng.dirichlet((1.0, 1.0, 1.0), (7, 5, 4)).astype(np.float32)
    found = disagreement_of([Prediction(CANVAS_EXTENT, one) for one in values])
    assert found is not None
    for row, column in np.ndindex(5, 4):
        votes = values[:, row, column].argmax(axis=1)
        mean = values[:, row, column].astype(np.float64).mean(axis=0).argmax()
        assert found.share[row, column] == pytest.approx((votes != mean).sum() / 7)
    spread = values.astype(np.float64).std(axis=0).max(axis=2)
    np.testing.assert_allclose(found.deviations, spread, rtol=1e-4)


def test_one_network_or_different_grids_have_nothing_to_compare() -> None:
    one, other = (Prediction(CANVAS_EXTENT, np.zeros((size, size, 2), np.float32)) for size in (3, 4))
    assert disagreement_of([one]) is None
    assert disagreement_of([one, other]) is None
    assert disagreement_of([one, one]) is not None


def test_a_snapshot_of_a_repeated_lane_holds_no_comparison_that_nobody_asked_for() -> None:
    from tests.engine.observation.test_seeds import repeated, snapshot_of, trained

    experiment = repeated(lanes__0__repeats=3)
    (lane,) = Seeds().grouped(snapshot_of(trained(experiment, 1)), experiment).lanes
    assert "disagreement" not in lane.observed


def test_only_places_where_seeds_disagree_are_hatched(empty_document, canvas) -> None:
    show_seeds(canvas, seed_answers())
    plain, plain_export = picture(canvas), export(canvas)
    click(canvas.switch_bar.buttons["disagreement"])
    assert canvas.switches.on("disagreement")
    hatched = picture(canvas)
    shares = {}
    for words, low, high in (("all agree", -6, -2), ("two of five", -2, 2), ("one of five", 2, 6)):
        before, after = (upper_half(canvas, image, low, high) for image in (plain, hatched))
        shares[words] = float((before != after).mean())
    assert shares["all agree"] == 0
    assert 0.05 < shares["one of five"] < shares["two of five"] < 0.7
    assert (export(canvas) != plain_export).mean() > 0.02
    click(canvas.switch_bar.buttons["disagreement"])
    again = picture(canvas)
    for low, high in ((-6, -2), (-2, 2), (2, 6)):
        before, after = (upper_half(canvas, image, low, high) for image in (plain, again))
        np.testing.assert_array_equal(after, before)


def test_lines_end_where_the_level_changes() -> None:
    square = QRectF(10, 20, 200, 200)
    levels = np.zeros((10, 10), dtype=np.int64)
    levels[0, 9], levels[9, 0] = 1, 3
    found = hatching(levels, square, square)
    assert sorted(found) == [1, 3]
    # The lowest row is the first: its last cell is the lower right corner.
    for level, (left, top) in ((1, (190, 200)), (3, (10, 20))):
        lines = found[level]
        assert (lines[:, (0, 2)] >= left - 2).all()
        assert (lines[:, (0, 2)] <= left + 22).all()
        assert (lines[:, (1, 3)] >= top - 2).all()
        assert (lines[:, (1, 3)] <= top + 22).all()
        assert len(lines) == pytest.approx(40 / SPACING, abs=1)
        np.testing.assert_allclose(lines[:, 0] + lines[:, 1], lines[:, 2] + lines[:, 3])
    assert hatching(np.zeros((3, 3), dtype=np.int64), square, square) == {}


def test_the_message_counts_seeds_and_the_part_of_the_view(empty_document, canvas) -> None:
    found = disagreement_of([Prediction(CANVAS_EXTENT, one) for one in seed_answers()])
    said = message_for(canvas.scene, found)
    assert said == "Hatched: 67 % of the view, where up to 2 of 5 seeds choose another class"
    small = replace(canvas.scene, viewport=replace(canvas.scene.viewport, side=140.0))
    assert message_for(small, found) == "Hatched: ≤ 2 of 5 seeds"
    alike = disagreement_of([Prediction(CANVAS_EXTENT, seed_answers()[2])] * 3)
    assert message_for(canvas.scene, alike) == "All 3 seeds choose the same classes"
    assert message_for(canvas.scene, None) == ""


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_in_regression_the_spread_is_in_the_units_of_the_target(empty_document, canvas, task) -> None:
    axis = "y" if task == "curve" else "value"
    plain = switch_task(empty_document.experiment, task)
    empty_document.replace(edit_many(plain, {f"data.axes.{axis}.unit": "mm"}), "Task")
    shape = (50,) if task == "curve" else (50, 50)
    values = [np.full(shape, value, np.float32) for value in (0.0, 0.3, 0.6)]
    found = disagreement_of([Prediction(CANVAS_EXTENT, one) for one in values])
    assert found is not None
    sigma = float(np.std([0.0, 0.3, 0.6]))
    np.testing.assert_allclose(found.deviations, sigma, rtol=1e-5)
    assert f"up to {sigma:.3g}" in message_for(canvas.scene, found)
    assert message_for(canvas.scene, found).endswith(" mm")
    assert seeds_text(empty_document.experiment.data, [one.ravel()[:1] for one in values]).endswith(" mm")
    canvas.switches.turn("disagreement", True)
    show_seeds(canvas, values, task)
    shown = picture(canvas)
    canvas.switches.turn("disagreement", False)
    assert (shown != picture(canvas)).mean() > 0.01


def test_a_surface_is_hatched_from_a_part_of_its_range_on(empty_document, canvas) -> None:
    empty_document.replace(switch_task(empty_document.experiment, "surface"), "Task")
    low, high = canvas.scene.values
    half = (high - low) / 2
    deviations = np.array([[0.0, *np.array(DEVIATIONS) * half * 1.01]], np.float32)
    found = disagreement_of([Prediction(CANVAS_EXTENT, sign * deviations) for sign in (-1, 1)])
    assert levels_of(canvas.scene, found).tolist() == [[0, 1, 2, 3, 4]]
    few = disagreement_of([Prediction(CANVAS_EXTENT, sign * deviations[:, :1]) for sign in (-1, 1)])
    assert message_for(canvas.scene, few).startswith("2 seeds agree: σ up to 0,")
    small = replace(canvas.scene, viewport=replace(canvas.scene.viewport, side=140.0))
    assert [message_for(small, one) for one in (few, found)] == ["2 seeds agree", "Hatched: σ ≤ 0.404"]


def test_under_the_cursor_seeds_are_counted_while_they_are_shown(empty_document, canvas) -> None:
    where = Position(0.0, 3.0)
    spots = [
        Spot(where, np.array(one)) for one in ([0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.3, 0.7], [0.9, 0.1])
    ]
    canvas.switches.turn("disagreement", True)
    canvas.pointer.move_to((0.0, 3.0))
    show_seeds(canvas, seed_answers(), spots=spots)
    assert "4 of 5 seeds say class 1" in canvas.reading.readout.text
    canvas.switches.turn("disagreement", False)
    assert "seeds" not in canvas.reading.readout.text
    data = empty_document.experiment.data
    assert seeds_text(data, [one.values for one in spots[:3]]) == "all 3 seeds say class 1"
    assert seeds_text(data, [one.values for one in spots], 3) == "4/5 seeds"
    assert seeds_text(data, ()) == ""


def test_seeds_at_different_epochs_are_not_compared_and_their_mean_says_so(empty_document, canvas) -> None:
    where = Position(0.0, 3.0)
    spots = [
        Spot(where, np.array(one)) for one in ([0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.3, 0.7], [0.9, 0.1])
    ]
    canvas.pointer.move_to((0.0, 3.0))
    show_seeds(canvas, seed_answers(), spots=spots)
    level = picture(canvas)
    assert "epochs" not in canvas.reading.readout.text
    show_seeds(canvas, seed_answers(), spots=spots, reached=40)
    plain = picture(canvas)
    assert (plain != level).any(), "a message says that it is the mean of different epochs"
    assert canvas.reading.readout.text.endswith("seeds at different epochs")
    canvas.switches.turn("disagreement", True)
    assert canvas.panes.current.answers.disagreement is None
    apart = picture(canvas)
    np.testing.assert_array_equal(*(upper_half(canvas, image, -6, 6) for image in (plain, apart)))
    assert "of 5 seeds" not in canvas.reading.readout.text
    scene = canvas.scene
    assert uneven_message(scene, False) == "Mean answer of seeds at different epochs"
    assert uneven_message(scene, True) == "Seeds at different epochs are not compared"
    small = replace(scene, viewport=replace(scene.viewport, side=140.0))
    assert {uneven_message(small, compares) for compares in (True, False)} == {"Seeds at different epochs"}
    show_seeds(canvas, seed_answers(), spots=spots)
    assert canvas.panes.current.answers.disagreement is not None


def test_the_switch_says_why_there_is_nothing_to_show(empty_document, canvas) -> None:
    button = canvas.switch_bar.buttons["disagreement"]
    assert not button.isEnabled()
    assert "Repeat with seeds" in button.toolTip()
    click(button)
    assert not canvas.switches.on("disagreement")
    empty_document.change({"lanes.0.repeats": 3}, "Seeds")
    assert button.isEnabled()
    assert "Repeat" not in button.toolTip()
    empty_document.stack.undo()
    assert not button.isEnabled()


@pytest.mark.parametrize(
    ("repeats", "of_current", "mode", "offered"),
    [
        ([1], 1, PANES, False),
        ([3], 3, BOUNDARIES, True),
        ([1, 3], 1, PANES, True),
        ([1, 3], 1, ONE, False),
        ([1, 3], 3, ONE, True),
        ([3, 3], 3, DIFFERENCE, False),
        ([3, 3], 3, BOUNDARIES, False),
    ],
)
def test_it_is_offered_where_a_pane_has_seeds(repeats, of_current, mode, offered) -> None:
    assert (no_seeds_message(repeats, of_current, mode) == "") is offered


def test_the_hatching_differs_from_all_that_is_beside_it() -> None:
    assert len(disagreement.WIDTHS) == len(disagreement.SHARES) == len(DEVIATIONS)
    assert [*disagreement.WIDTHS] == sorted(set(disagreement.WIDTHS))
    assert max(disagreement.WIDTHS) * np.sqrt(2) < SPACING / 2 + 1
