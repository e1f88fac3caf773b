"""Uncertainty and augmented points on the canvas: what is painted, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor

from engine.observation.observables import GHOSTS, UNCERTAINTY, Ghosts, Prediction, Uncertainty
from engine.observation.snapshot import CANVAS_EXTENT, Observed
from gui_app.canvas.layers import ghosts as ghosts_module
from gui_app.canvas.layers import uncertainty
from gui_app.canvas.layers.optional_layers import Batch
from tests.gui_app.canvas.test_canvas import colour_at, halves, near, snapshot, strength


def unsure_on_the_right() -> np.ndarray:
    return np.repeat([[0.0, 0.5]], 50, 0).repeat(25, 1).astype(np.float32)


def show_with(canvas, values, observable, value):
    """Let the canvas show a prediction, and another observable beside it."""
    shown = snapshot(values)
    observed = shown.lanes[0].observed | Observed.of({observable.key: value})
    canvas.show_snapshot(replace(shown, lanes=(replace(shown.lanes[0], observed=observed),)))


def test_the_haze_covers_what_the_network_is_not_sure_of(empty_document, canvas) -> None:
    show_with(canvas, halves(), UNCERTAINTY, Uncertainty(CANVAS_EXTENT, unsure_on_the_right()))
    theme = canvas.scene.theme
    assert near(colour_at(canvas, (-4, -3)), strength(theme, 0))
    full, paper = strength(theme, 0), QColor(canvas.scene.paper)
    hazed = [f + (p - f) * uncertainty.THICKEST for f, p in zip(full.getRgb(), paper.getRgb(), strict=True)]
    assert near(colour_at(canvas, (4, -3)), QColor(*(round(value) for value in hazed)), 4)


def test_without_uncertainty_there_is_no_haze(empty_document, canvas) -> None:
    canvas.show_snapshot(snapshot(halves()))
    assert near(colour_at(canvas, (4, -3)), strength(canvas.scene.theme, 0))


def test_the_band_reaches_two_deviations_up_and_down() -> None:
    prediction = Prediction(CANVAS_EXTENT, np.linspace(-1, 1, 9).astype(np.float32))
    outline = uncertainty.band_outline(prediction, Uncertainty(CANVAS_EXTENT, np.full(4, 0.25, np.float32)))
    top, bottom = outline[:9], outline[9:][::-1]
    np.testing.assert_allclose(top[:, 1] - prediction.values, 0.5, atol=1e-6)
    np.testing.assert_allclose(prediction.values - bottom[:, 1], 0.5, atol=1e-6)
    assert top[:, 0].tolist() == bottom[:, 0].tolist() == np.linspace(-6, 6, 9).tolist()


def test_ghosts_are_rings_of_their_class(empty_document, canvas) -> None:
    canvas.switches.turn("augmented", True)
    ghosts = Ghosts(np.array([[2.0, 2.0], [-2.0, -2.0], [9.0, 0.0]], np.float32), np.array([1.0, 0.0, 0.0]))
    show_with(canvas, None, GHOSTS, ghosts)
    scene = canvas.scene
    radius = (ghosts_module.marker_radius(scene) + ghosts_module.GAP) / scene.viewport.side * 12
    paper = colour_at(canvas, (2, 2))
    for position, kind in (((2, 2), 1), ((-2, -2), 0)):
        ring = colour_at(canvas, (position[0] + radius, position[1]))
        assert near(ring, QColor(scene.theme.classes[kind]), 40)
    assert near(
        canvas.grab().toImage().pixelColor(canvas.width() - 3, canvas.height() // 2),
        QColor(scene.theme.backdrop),
        4,
    )
    canvas.switches.turn("augmented", False)
    assert near(colour_at(canvas, (2 + radius, 2)), paper, 4)


def test_where_there_is_none_the_canvas_says_what_it_needs() -> None:
    assert "needs dropout" in uncertainty.message_for(None, None)  # type: ignore[arg-type]
    assert "switch it on" in ghosts_module.message_for(None, augments=False)
    assert "with the first step" in ghosts_module.message_for(None, augments=True)
    assert ghosts_module.message_for(Ghosts(np.zeros((1, 2), np.float32), np.zeros(1)), augments=True) == ""


def test_the_words_tell_the_largest_deviation(empty_document, canvas) -> None:
    unsure = Uncertainty(CANVAS_EXTENT, unsure_on_the_right())
    assert "0.5" in uncertainty.message_for(canvas.scene, unsure)


def test_a_pane_shows_the_augmented_points_of_its_own_lane(document, canvas) -> None:
    """Beside a lane that turns its points stands one that does not: rings are in the first pane alone."""
    lanes = [{"name": "turned", "regularization": {"augmentation": {"rotate": 90.0}}}, {"name": "as drawn"}]
    document.change({"lanes": lanes}, "Change")
    canvas.current.choose(0)
    canvas.switches.turn("augmented", True)
    ghosts = Ghosts(np.array([[2.0, 2.0]], np.float32), np.array([1.0]))
    seen = snapshot(halves())
    named = [replace(seen.lanes[0], name=one["name"]) for one in lanes]
    named[0] = replace(named[0], observed=named[0].observed | Observed.of({GHOSTS.key: ghosts}))
    canvas.show_snapshot(replace(seen, lanes=tuple(named)))
    turned, plain = canvas.panes
    assert canvas._batch(turned).ghosts is ghosts
    assert canvas._batch(plain) == Batch()
    canvas.current.choose(1)
    canvas.show_snapshot(replace(seen, lanes=tuple(named)))
    assert "switch it on" in canvas._batch(canvas.panes.current).message
