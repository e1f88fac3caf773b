"""What a person chooses in a plot (hidden curves, scales) is drawn, exported and remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment, edit_many, switch_task
from engine.observation.snapshot import Snapshot
from gui_app.exporting.pictures import export_picture
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.legend_button import LegendButton
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.outside import Outside
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme import text_size
from tests.gui_app.plots.runs import history_of, lane_a, run_of, snapshot_of

Plot = PlotFrame[Any, Any]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(settings: QSettings) -> PlotSession:
    return PlotSession(settings)


def made(
    qtbot: QtBot, session: PlotSession, kind: type[Plot] = LossPlot, size: tuple[int, int] = (450, 220)
) -> Plot:
    plot = kind(lane_a(), session=session)
    qtbot.addWidget(plot)
    plot.resize(*size)
    plot.show()
    plot.show_snapshot(overfitted())
    return plot


def overfitted(rows: int = 400, first: float = 0.7) -> Snapshot:
    """The training loss goes down to 0.001, the validation loss to 0.17 and up to 0.70; ``first``: the first loss."""
    training = np.geomspace(0.7, 0.001, rows)
    half = rows // 2
    validation = np.concatenate([np.geomspace(0.7, 0.17, half), np.linspace(0.17, 0.70, rows - half)])
    loss = np.stack([training, validation, np.full(rows, np.nan)], axis=1)
    loss[0, :2] = first
    return snapshot_of(history_of(np.arange(rows), loss=loss))


def curves(plot: Plot) -> set[str]:
    return {mark.name for mark in plot.picture.marks if isinstance(mark, Curve)}


def button(plot: Plot, label: str) -> LegendButton:
    (found,) = (one for one in plot.header.buttons if label in (one.entry.label, one.entry.key))
    return found


def outside(plot: Plot) -> list[Outside]:
    return [mark for mark in plot.picture.marks if isinstance(mark, Outside)]


# -- hidden curves


def test_a_click_on_an_entry_hides_its_curve_and_another_shows_it(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    assert curves(plot) == {"training", "validation"}
    QTest.mouseClick(button(plot, "validation"), LEFT)
    assert curves(plot) == {"training"}
    assert not button(plot, "validation").isChecked()
    assert [entry.hidden for entry in plot.picture.entries] == [False, True]
    QTest.mouseClick(button(plot, "validation"), LEFT)
    assert curves(plot) == {"training", "validation"}


def test_the_axis_fits_what_is_shown(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    plot.scale_button.choose("linear")
    plot.show_snapshot(snapshot_of(history_of(range(50), loss=np.tile([0.1, 5.0, np.nan], (50, 1))), run=2))
    assert plot.picture.y_range[1] >= 5.0
    QTest.mouseClick(button(plot, "validation"), LEFT)
    qtbot.waitUntil(lambda: plot.picture.y_range[1] < 0.2)


def test_keys_reach_the_entries(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    plot.activateWindow()
    qtbot.waitUntil(plot.isActiveWindow)
    first, second = plot.header.buttons
    assert first.focusPolicy() & Qt.FocusPolicy.TabFocus
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Space)
    assert curves(plot) == {"training"}
    QTest.keyClick(second, Qt.Key.Key_Right)
    assert first.hasFocus()
    assert first.accessibleName() == "Show training"


def test_hidden_curves_are_remembered_by_plot(qtbot: QtBot, settings: QSettings) -> None:
    plot = made(qtbot, PlotSession(settings))
    QTest.mouseClick(button(plot, "training"), LEFT)
    again = PlotSession(settings)
    assert curves(made(qtbot, again)) == {"validation"}
    assert len(curves(made(qtbot, again, GradientHistory))) == 2


def test_layers_can_be_hidden(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session, GradientHistory)
    QTest.mouseClick(button(plot, "layer 1"), LEFT)
    assert curves(plot) == {"output"}


def test_an_export_shows_neither_hidden_curves_nor_their_names(
    qtbot: QtBot, session: PlotSession, tmp_path: Path
) -> None:
    plot = made(qtbot, session)
    QTest.mouseClick(button(plot, "validation"), LEFT)
    export_picture(plot, tmp_path / "loss.svg")
    texts = [
        one.text for one in ElementTree.parse(tmp_path / "loss.svg").iter("{http://www.w3.org/2000/svg}text")
    ]
    assert "training" in texts
    assert "validation" not in texts


def test_the_readout_leaves_out_what_is_hidden(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    QTest.mouseClick(button(plot, "validation"), LEFT)
    QTest.mouseMove(plot, QPoint(200, 120))
    plot.hover_at(plot.plot_area.geometry().center().toPointF())
    assert [reading.label for reading in plot.plot_area.hover.readings] == ["training"]


# -- the header has room


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("width", [320, 370, 450])
def test_no_entry_of_the_header_is_cut_off(
    qtbot: QtBot, session: PlotSession, width: int, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_size, "scale", lambda: scale)
    plot = made(qtbot, session, size=(width, 160))
    plot.apply_theme(plot.theme)
    history = history_of([0, 15_974], penalty=[0.5, 0.0123])
    plot.show_snapshot(snapshot_of(history))
    # The header gets the room that the narrower button leaves.
    qtbot.waitUntil(lambda: plot.scale_button.geometry().left() == plot.header.geometry().right() + 1)
    QApplication.processEvents()
    inside = plot.header.rect()
    rects = [one.geometry() for one in plot.header.buttons]
    assert len(rects) >= 2
    assert all(inside.contains(rect.adjusted(2, 0, -2, 0)) for rect in rects)
    assert not any(
        one.adjusted(3, 1, -3, -1).intersects(other) for one in rects for other in rects if one is not other
    )
    if scale == 1.0:
        assert [one.entry.value != "" for one in plot.header.buttons] == [True] * 4, (
            "each number says what it is of"
        )
        assert [one.entry.key for one in plot.header.buttons] == ["training", "validation", "test", "penalty"]


def test_the_tooltip_of_the_header_has_every_number(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session, size=(320, 160))
    plot.show_snapshot(run_of(50, loss=np.full((50, 3), 0.25), penalty=np.full(50, 0.5)))
    # The mouse of the screen may be there already, and then enters nothing.
    at = QPointF(20, 5)
    QApplication.sendEvent(plot.header, QEnterEvent(at, at, plot.header.mapToGlobal(at)))
    told = "training 0.250, validation 0.250, test 0.250, penalty 0.500, cost 0.750"
    assert told in plot.header.toolTip()


# -- scales


def test_overfitting_is_seen_without_a_choice(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    assert plot.scale_button.text() == "auto: linear"
    validation = next(
        mark for mark in plot.picture.marks if isinstance(mark, Curve) and mark.name == "validation"
    )
    heights = plot.plot_area.mapping().y(validation.y)
    rise = heights[len(heights) // 2 :].max() - heights[len(heights) // 2 :].min()
    assert rise > 0.6 * plot.plot_area.mapping().height


def test_the_automatic_scale_says_that_it_is_logarithmic(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    loss = np.geomspace(0.7, 1e-5, 400)[:, None] * np.ones(3)
    plot.show_snapshot(snapshot_of(history_of(np.arange(400), loss=loss), run=2))
    assert plot.scale_button.text() == "auto: log"
    assert plot.picture.y_range[1] < 1.0
    assert plot.picture.y_range[0] < -4.0


def test_a_choice_wins_and_is_remembered(qtbot: QtBot, settings: QSettings) -> None:
    plot = made(qtbot, PlotSession(settings))
    plot.scale_button.choose("logarithmic")
    plot.epochs_button.choose("logarithmic")
    assert plot.picture.y_range[1] < 1.0
    again = made(qtbot, PlotSession(settings))
    assert again.scale_button.text() == "log"
    assert again.picture.y_range[0] < 0.0
    assert again.epochs_button.choice == "logarithmic"


def test_each_quantity_has_a_scale_of_its_own(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session, GradientBars)
    assert plot.scale_button.text() == "auto: log"
    plot.scale_button.choose("linear")
    assert plot.picture.y_range[0] >= 0.0
    plot.show_probe("weight_norm")
    assert plot.scale_button.choice == "automatic"
    plot.show_probe("weight_gradient")
    assert plot.scale_button.choice == "linear"
    plot.show_probe("saturated")
    assert plot.scale_button.isHidden(), "a share is from 0 to 1"


def test_a_first_value_of_30_million_is_an_arrow(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    plot.scale_button.choose("linear")
    plot.show_snapshot(overfitted(first=3e7))
    qtbot.waitUntil(lambda: plot.picture.y_range[1] < 10.0)
    (mark,) = outside(plot)
    assert (mark.x, mark.value, mark.above) == (0.0, 3e7, True)
    assert not plot.grab().isNull()
    plot.show_snapshot(overfitted())
    assert outside(plot) == []


@pytest.mark.parametrize("scale", ["linear", "logarithmic", "automatic"])
def test_a_diverged_run_has_an_axis(qtbot: QtBot, session: PlotSession, scale: str) -> None:
    plot = made(qtbot, session)
    plot.scale_button.choose(scale)
    loss = np.full((60, 3), 0.5)
    loss[50:59] *= 10.0 ** np.arange(0, 270, 30)[:, None]
    loss[59] = np.nan
    plot.show_snapshot(snapshot_of(history_of(range(60), loss=loss), run=2))
    assert len(plot.picture.y_ticks) >= 2
    assert all(np.isfinite(plot.picture.y_range))
    assert not plot.grab().isNull()


def test_zeros_end_no_logarithmic_axis(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    plot.scale_button.choose("logarithmic")
    plot.show_snapshot(snapshot_of(history_of(range(60), loss=np.zeros((60, 3))), run=2))
    assert len(plot.picture.y_ticks) >= 2
    assert {mark.text for mark in outside(plot)} == {"0"}


def test_an_entry_that_cannot_be_hidden_is_no_button(qtbot: QtBot, session: PlotSession) -> None:
    plot = made(qtbot, session)
    plot.show_snapshot(run_of(50, penalty=np.full(50, 0.5)))
    plot.resize(900, 220)
    assert "cost" in [entry.label for entry in plot.header.entries]
    assert "cost" not in [one.entry.label for one in plot.header.buttons]
    assert LegendEntry("cost", "note", (), "1.0").sentence == "cost 1.0"


# -- what numbers are of


@pytest.mark.parametrize(
    ("task", "axis", "unit", "heading"),
    [
        ("curve", "y", "cm", "Loss (cm²)"),
        ("curve", "y", "m/s", "Loss ((m/s)²)"),
        ("curve", "y", None, "Loss"),
        ("curve", "value", "cm", "Loss"),
        ("surface", "value", "€", "Loss (€²)"),
        ("classification", "y", "cm", "Loss"),
    ],
)
def test_a_loss_of_regression_has_the_unit_of_the_values(
    qtbot: QtBot, task: str, axis: str, unit: str | None, heading: str
) -> None:
    experiment = switch_task(default_experiment(), task)
    document = Document(edit_many(experiment, {f"data.axes.{axis}.unit": unit}))
    plot = LossPlot(CurrentLane(document))
    qtbot.addWidget(plot)
    plot.show()
    plot.show_snapshot(overfitted())
    assert plot.heading == heading
    assert plot.export_title == heading


def test_another_unit_is_seen_at_once(qtbot: QtBot) -> None:
    document = Document(switch_task(default_experiment(), "curve"))
    plot = LossPlot(CurrentLane(document))
    qtbot.addWidget(plot)
    plot.show()
    plot.show_snapshot(overfitted())
    document.replace(edit_many(document.experiment, {"data.axes.y.unit": "K"}), "Unit")
    plot.show_snapshot(plot.snapshot)
    assert plot.header.title == "Loss (K²)"
    document.stack.setClean()


@pytest.mark.parametrize("stored", ["log", "", "2", "Linear"])
def test_a_scale_in_the_settings_that_is_none_is_the_automatic_one(
    qtbot: QtBot, settings: QSettings, stored: str
) -> None:
    for name in ("scale", "scale weight_gradient", "epochs"):
        for plot in ("loss", "gradient-over-time", "gradient-per-layer"):
            settings.setValue(f"plots/{plot}/{name}", stored)
    for kind in (LossPlot, GradientHistory, GradientBars):
        plot = made(qtbot, PlotSession(settings), kind)
        assert plot.scale_button.choice == "automatic"
        assert plot.picture.x_ticks


def test_the_title_that_chooses_a_quantity_follows_the_size_of_text(
    qtbot: QtBot, session: PlotSession
) -> None:
    plot = made(qtbot, session, GradientHistory, (1000, 400))
    before, app = plot.box.width(), QApplication.instance()
    font = app.font()
    larger = app.font()
    larger.setPixelSize(2 * text_size.BODY)
    app.setFont(larger)
    try:
        plot.apply_theme(plot.theme)
        assert plot.box.font().pixelSize() == text_size.small() == 2 * text_size.SMALL
        qtbot.waitUntil(lambda: plot.box.width() >= 1.9 * before)
    finally:
        app.setFont(font)
