"""Plots work only for what is seen and new, and draw long curves with few points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from gui_app.plots import PLOTS
from gui_app.plots.drawing.mapping import Mapping, Mark
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.picture import paint_content
from gui_app.plots.drawing.plot_area import PlotArea
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.tick_axis import TickAxis
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.snapshot_view import same
from tests.gui_app.plots.runs import history_of, lane_a, probing, run_of, snapshot_of

ROWS = 2000
KINDS = [plot.plot_class() for plot in PLOTS.values()]
Docked = tuple[QMainWindow, list[QDockWidget], list[PlotFrame]]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done by any plot: composing pictures, handing them to the surface, drawing curves and ticks."""
    done: list[str] = []

    def counted(owner: type, name: str) -> None:
        real, pure = getattr(owner, name), isinstance(owner.__dict__[name], staticmethod)

        def noting(*given: object) -> object:
            done.append(f"{owner.__name__}.{name}")
            return real(*given)

        monkeypatch.setattr(owner, name, staticmethod(noting) if pure else noting)

    for kind in KINDS:
        counted(kind, "compose")
    for owner, name in ((PlotArea, "show_picture"), (Curve, "paint"), (TickAxis, "paint")):
        counted(owner, name)
    return done


@pytest.fixture
def docked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Docked:
    """A window with all plots, each in a dock. Axes do not ease by themselves, or their steps would be counted."""
    monkeypatch.setattr("gui_app.plots.drawing.plot_frame.EASING", 3_600_000)
    window = QMainWindow()
    qtbot.addWidget(window)
    docks, plots = [], [kind(lane_a()) for kind in KINDS]
    for title, plot in zip(PLOTS, plots, strict=True):
        dock = QDockWidget(title, window)
        dock.setWidget(plot)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        docks.append(dock)
    window.resize(1200, 400)
    window.show()
    qtbot.waitUntil(lambda: all(plot.is_seen for plot in plots))
    return window, docks, plots


def snapshot_with(rows: int) -> Snapshot:
    """A run that gives every plot something else to draw when it has other rows."""
    return probing(history_of(np.arange(rows) * 10), backward_factor=np.full((rows, 2), 1.0 / rows))


def settle() -> None:
    """All paintings that are due."""
    for _ in range(10):
        QApplication.processEvents()


def behind(docked: Docked, number: int) -> None:
    window, docks, plots = docked
    front = docks[number - 1]
    window.tabifyDockWidget(front, docks[number])
    front.raise_()
    settle()
    assert plots[number].isVisible(), "Qt calls a dock behind another tab visible"


def hidden(docked: Docked, number: int) -> None:
    docked[1][number].hide()
    settle()


def to_front(docked: Docked, number: int) -> None:
    (bar,) = (bar for bar in docked[0].findChildren(QTabBar) if bar.isVisible())
    titles = [bar.tabText(index) for index in range(bar.count())]
    bar.setCurrentIndex(titles.index(list(PLOTS)[number]))


def shown(docked: Docked, number: int) -> None:
    docked[1][number].show()


AWAY = pytest.mark.parametrize(
    ("away", "back"), [(hidden, shown), (behind, to_front)], ids=["hidden", "behind"]
)


@AWAY
@pytest.mark.parametrize("number", range(len(PLOTS)), ids=list(PLOTS))
def test_a_plot_that_nobody_sees_does_nothing_and_is_up_to_date_when_it_is_seen(
    docked: Docked, work: list[str], qtbot: QtBot, number: int, away: Callable, back: Callable
) -> None:
    plot = docked[2][number]
    plot.show_snapshot(snapshot_with(20))
    away(docked, number)
    work.clear()
    for rows in (30, 40, 50):
        plot.show_snapshot(snapshot_with(rows))
        settle()
    assert work == []
    newest = snapshot_with(60)
    plot.show_snapshot(newest)
    back(docked, number)
    qtbot.waitUntil(lambda: plot.is_seen)
    settle()
    assert work.count(f"{type(plot).__name__}.compose") == 1, "only the newest is drawn"
    assert same(plot._model, type(plot).model_of(newest.lanes[0], newest))


def test_a_tab_that_comes_to_the_front_never_shows_what_was(
    docked: Docked, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    plot = docked[2][1]
    plot.show_snapshot(run_of(20))
    behind(docked, 1)
    seen: list[Mark] = []

    def painted(
        painter: QPainter, mapping: Mapping, y_ticks: object, marks: list[Mark], theme: object
    ) -> None:
        seen.extend(marks)
        paint_content(painter, mapping, y_ticks, marks, theme)

    monkeypatch.setattr("gui_app.plots.drawing.picture.paint_content", painted)
    newest = run_of(60, weights=np.full((60, 3), 0.5))
    plot.show_snapshot(newest)
    before = plot.picture.marks
    to_front(docked, 1)
    qtbot.waitUntil(lambda: bool(seen))
    settle()
    assert not any(mark is old for mark in seen for old in before)


def test_a_plot_in_a_minimized_window_does_nothing(docked: Docked, work: list[str], qtbot: QtBot) -> None:
    window, _, plots = docked
    window.showMinimized()
    settle()
    work.clear()
    for plot in plots:
        plot.show_snapshot(run_of(50))
    assert work == []
    window.showNormal()
    for kind in KINDS:
        qtbot.waitUntil(lambda kind=kind: f"{kind.__name__}.compose" in work)


@pytest.mark.parametrize("number", range(len(PLOTS)), ids=list(PLOTS))
def test_news_that_change_no_curve_draw_no_curve(docked: Docked, work: list[str], number: int) -> None:
    """A snapshot a frame comes with the same history until a row is added to it."""
    plot, first = docked[2][number], run_of(50)
    plot.show_snapshot(first)
    settle()
    work.clear()
    for serial in range(2, 12):
        plot.show_snapshot(
            replace(first, serial=serial, step=first.step + serial, steps_per_second=1.0 * serial)
        )
        settle()
    assert work == []


def test_a_theme_does_not_wake_what_nobody_sees(docked: Docked, work: list[str]) -> None:
    from gui_app.theme.tokens import DARK

    docked[2][0].show_snapshot(run_of(20))
    behind(docked, 1)
    work.clear()
    docked[2][1].apply_theme(DARK)
    assert work == []


# -- few points


class Polylines(QPainter):
    """Counts the corners that a plot asks Qt to draw."""


def long_run(layers: int) -> tuple[Snapshot, np.ndarray]:
    """Noise with one spike up and one down in every curve."""
    rng = np.random.default_rng(1)
    loss, weights = 0.5 + 0.1 * rng.random((ROWS, 3)), 0.5 + 0.1 * rng.random((ROWS, layers))
    for values in (loss, weights):
        values[rng.integers(ROWS // 4, ROWS // 2), :] = 30.0
        values[rng.integers(ROWS // 2, ROWS), :] = 0.001
    return snapshot_of(history_of(np.arange(ROWS), loss=loss, weights=weights)), np.array([0.001, 30.0])


@pytest.mark.parametrize("layers", [2, 9, 64])
@pytest.mark.parametrize("kind", [LossPlot, GradientHistory])
@pytest.mark.parametrize("width", [300, 700])
def test_a_long_history_is_drawn_with_two_points_a_pixel_and_all_extremes(
    qtbot: QtBot, kind: type[PlotFrame], width: int, layers: int
) -> None:
    plot = kind(lane_a())
    qtbot.addWidget(plot)
    plot.resize(width, 220)
    plot.show()
    plot.scale_button.choose("linear")
    snapshot, extremes = long_run(layers)
    plot.show_snapshot(snapshot)
    curves = [mark for mark in plot.picture.marks if isinstance(mark, Curve)]
    pixels = plot.plot_area.view_box.rect().width()
    assert len(curves) == (3 if kind is LossPlot else layers)
    mapping = plot.plot_area.mapping()
    for curve in curves:
        assert len(curve.x) == len(curve.y) <= 2 * pixels < ROWS
        _, points = np.unique(np.floor(mapping.x(curve.x)), return_counts=True)
        assert points.max() <= 4, "two of its own, and one at each edge that it shares with its neighbours"
        assert np.array([curve.y.min(), curve.y.max()]) == pytest.approx(extremes)


def test_the_mouse_over_a_plot_computes_no_curve_anew(docked: Docked, work: list[str]) -> None:
    from PySide6.QtCore import QPointF

    plot = docked[2][0]
    plot.show_snapshot(long_run(3)[0])
    settle()
    work.clear()
    for x in range(60, 300, 20):
        plot.hover_at(QPointF(x, 100))
    assert not [what for what in work if what.endswith(("compose", "show_picture"))]
