"""Grid and heat map show the engine's numbers, and mouse and keys do on them what they say."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import Experiment, default_experiment, edit_many, switch_generator
from engine.experiment.repeats import expanded
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import cells, with_sweep
from engine.observation.observables import THUMBNAIL
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Snapshot
from engine.observation.sweep_measures import Threshold
from engine.observation.sweep_table import of_snapshot
from engine.training.trainer import Trainer
from gui_app.exporting.pictures import PICTURE_FORMATS, export_picture
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.sweeps import dock as dock_module
from gui_app.sweeps.dock import SweepDock
from gui_app.sweeps.drawing.pixels import CellLook, cell_pixels
from gui_app.sweeps.drawing.plane import plane_in
from gui_app.sweeps.drawing.points_mask import points_mask
from gui_app.sweeps.model import card_lines
from gui_app.sweeps.results.heat import heat_of
from gui_app.theme.measure_colours import measure_colour
from gui_app.theme.text import line_height
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import fill
from tests.gui_app.sweeps.stand_in import Sweep

SMALL = {
    "data.generator.points": 40,
    "lanes.0.network.hidden": [3],
    "lanes.0.training.batch_size": 10,
}
RATES, STRENGTHS = (0.001, 0.01, 0.1), (0.0, 0.3)
TWO = (SweepAxis("training.learning_rate", RATES), SweepAxis("regularization.l2", STRENGTHS))


def swept(axes=TWO, generator: str = "xor", seeds: int = 1, **changes: object) -> Experiment:
    experiment = switch_generator(default_experiment(), generator)
    experiment = edit_many(
        experiment, {**SMALL, **{path.replace("__", "."): v for path, v in changes.items()}}
    )
    return with_sweep(experiment, 0, axes, seeds)


class Trained:
    """The networks of a document, trained by the engine itself."""

    def __init__(self, dock: SweepDock, document: Document, epochs: int = 2) -> None:
        self.trainer = Trainer(expanded(document.experiment))
        for _ in range(epochs):
            self.trainer.train_epoch()
        lanes = self.trainer.observer.lane_snapshots(dock.requests)
        data, trainer = document.experiment.data, self.trainer
        whole = Snapshot(
            serial=1, run=1, acknowledged=0, task=data.task, classes=data.classes, playing=False, epoch=trainer.epoch,
            step=lanes[0].now.step, steps_per_second=0.0, training_points=trainer.training_points, lanes=lanes,
        )  # fmt: skip
        self.snapshot = Seeds().grouped(whole, document.experiment)
        dock.show_snapshot(self.snapshot)

    def lane(self, name: str):
        return next(lane for lane in self.snapshot.lanes if lane.name == name)


@pytest.fixture
def parts(document: Document, qtbot: QtBot):
    document.reset(swept())
    current = CurrentLane(document, document)
    sweep = Sweep(document, current, parent=document)
    dock = SweepDock(document, current, sweep, LIGHT)
    dock.resize(760, 340)
    qtbot.addWidget(dock)
    dock.show()
    qtbot.waitUntil(lambda: dock.is_seen)
    return dock, document, sweep, current


def middle(view, place) -> QPoint:
    return view.plane.cell(place).center().toPoint()


def drag(view, start, end) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle(view, start))
    for share in (0.3, 0.7, 1.0):
        here = middle(view, start) + (middle(view, end) - middle(view, start)) * share
        QTest.mouseMove(view, here)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle(view, end))


@pytest.mark.parametrize("generator", ["xor", "bumps", "sine"])
@pytest.mark.parametrize("seeds", [1, 3])
def test_both_pictures_show_the_numbers_of_the_engine(parts, generator, seeds):
    dock, document, _, _ = parts
    document.reset(swept(generator=generator, seeds=seeds))
    trained = Trained(dock, document)
    picture = dock.picture
    for place, index in cells(document.experiment).items():
        name = document.experiment.lanes[index].name
        seen = trained.lane(name)
        networks = seen.repeats or (seen,)
        loss = np.median([one.now.loss[1] for one in networks])
        assert picture.model.median[place[1], place[0]] == pytest.approx(loss, rel=1e-12)
        look = CellLook(
            LIGHT, picture.model.task, round(picture.plane.side), picture.model.extent, picture.model.ends
        )
        mask = points_mask(document.points, LIGHT, look.task, look.side, look.extent, look.ends)
        (expected,) = cell_pixels([THUMBNAIL.of(seen).values], [False], look, mask)
        step = look.side + round(picture.plane.gap)
        top = (picture.model.rows - 1 - place[1]) * step
        image = picture.image.copy(place[0] * step, top, look.side, look.side)
        shown = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(look.side, look.side)
        assert np.array_equal(shown, expected), name


def test_the_heat_map_on_the_screen_has_the_colour_of_each_loss(parts):
    dock, document, _, _ = parts
    trained = Trained(dock, document)
    image = dock.heat.grab().toImage()
    plane, scale = dock.heat.plane, dock.picture.heat.scale
    for place, index in cells(document.experiment).items():
        if place == dock._sweep.chosen:
            continue
        loss = trained.lane(document.experiment.lanes[index].name).now.loss[1]
        share = float(scale.share(np.array([loss]))[0])
        corner = plane.cell(place).topLeft().toPoint() + QPoint(2, 2)
        assert image.pixelColor(corner).name() == measure_colour(share, LIGHT), place


def test_a_click_in_either_picture_chooses_the_cell(parts):
    dock, document, sweep, current = parts
    Trained(dock, document)
    for view, place in ((dock.grid, (2, 1)), (dock.heat, (0, 1)), (dock.heat, (1, 0))):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, place))
        assert sweep.chosen == place
        assert current.index == cells(document.experiment)[place]
        assert dock.picture.options.chosen == place


def test_arrow_keys_choose_the_cell_beside_and_stop_at_edges(parts):
    dock, document, sweep, _ = parts
    Trained(dock, document)
    sweep.choose((0, 0))
    for key, place in (
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (1, 1)),
        (Qt.Key.Key_Up, (1, 1)),
        (Qt.Key.Key_Left, (0, 1)),
        (Qt.Key.Key_Left, (0, 1)),
        (Qt.Key.Key_Down, (0, 0)),
    ):
        QTest.keyClick(dock.grid, key)
        assert sweep.chosen == place


def test_dragging_selects_a_region_in_both_and_zoom_gives_the_axes_its_values(parts):
    dock, document, _sweep, _ = parts
    Trained(dock, document)
    assert not dock.zoom_button.isEnabled()
    drag(dock.heat, (0, 0), (1, 1))
    assert dock.region == ((0, 1), (0, 1)) == dock.grid.region == dock.heat.region
    assert dock.zoom_button.isEnabled()
    dock.zoom_button.click()
    axis = document.experiment.sweep.axes[0]
    assert (axis.values[0], axis.values[-1]) == (0.001, 0.01)
    assert len(axis.values) > 2
    assert dock.region is None, "it was of the axes before"
    document.stack.undo()
    assert document.experiment.sweep.axes[0].values == RATES


def test_a_region_can_be_selected_and_zoomed_with_keys_and_esc_selects_nothing(parts):
    dock, document, sweep, _ = parts
    Trained(dock, document)
    sweep.choose((1, 0))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(dock.grid, Qt.Key.Key_Right, shift)
    QTest.keyClick(dock.grid, Qt.Key.Key_Up, shift)
    assert dock.region == ((1, 2), (0, 1))
    QTest.keyClick(dock.grid, Qt.Key.Key_Escape)
    assert dock.region is None
    QTest.keyClick(dock.grid, Qt.Key.Key_Left, shift)
    QTest.keyClick(dock.grid, Qt.Key.Key_Return)
    assert document.experiment.sweep.axes[0].values[0] == 0.01


def test_zoom_without_a_region_says_what_to_do(parts):
    dock, document, _, _ = parts
    Trained(dock, document)
    said = []
    dock.reported.connect(said.append)
    QTest.keyClick(dock.heat, Qt.Key.Key_Z)
    assert said == ["Drag over some cells first: the sweep zooms into them."]
    assert document.experiment.sweep.axes == swept().sweep.axes


def test_a_double_click_or_p_puts_a_copy_of_the_cell_beside_the_sweep(parts):
    dock, document, sweep, _ = parts
    Trained(dock, document)
    QTest.mouseDClick(dock.grid, Qt.MouseButton.LeftButton, pos=middle(dock.grid, (2, 1)))
    lanes = [lane for lane in document.experiment.lanes if lane.cell is None]
    assert [(lane.training.learning_rate, lane.regularization.l2) for lane in lanes] == [(0.1, 0.3)]
    sweep.choose((0, 0))
    QTest.keyClick(dock.heat, Qt.Key.Key_P)
    lanes = [lane for lane in document.experiment.lanes if lane.cell is None]
    assert sorted((lane.training.learning_rate, lane.regularization.l2) for lane in lanes) == [
        (0.001, 0.0),
        (0.1, 0.3),
    ]


def test_the_card_covers_no_cells_that_were_just_selected(parts):
    dock, document, _, _ = parts
    Trained(dock, document)
    start, end = (middle(dock.heat, place) for place in ((0, 0), (1, 1)))
    QTest.mouseMove(dock.heat, start)
    assert dock.heat.card
    QTest.mousePress(dock.heat, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(dock.heat, start + (end - start) * step / 4)
        assert not dock.heat.card
    QTest.mouseRelease(dock.heat, Qt.MouseButton.LeftButton, pos=end)
    assert dock.region is not None
    assert dock.hover == (1, 1)
    assert not dock.heat.card


def test_the_cell_below_the_mouse_is_marked_in_both(parts):
    dock, document, _, _ = parts
    Trained(dock, document)
    QTest.mouseMove(dock.heat, middle(dock.heat, (1, 1)))
    assert dock.hover == (1, 1) == dock.grid.hover
    assert "0.01" in dock.heat.card[0]
    QTest.keyClick(dock.heat, Qt.Key.Key_Right)
    assert not dock.heat.card
    QTest.mouseMove(dock.heat, QPoint(1, 1))
    assert dock.hover is None


def test_another_measure_colours_the_map_and_is_named(parts):
    dock, document, _, _ = parts
    trained = Trained(dock, document)
    index = dock.measures.findData("training_score")
    dock.measures.setCurrentIndex(index)
    dock.measures.activated.emit(index)
    assert dock.measures.currentText() == "Training accuracy"
    for place, number in cells(document.experiment).items():
        score = trained.lane(document.experiment.lanes[number].name).now.score[0]
        assert dock.picture.model.median[place[1], place[0]] == pytest.approx(score)


def test_cells_that_have_begun_later_are_told_and_none_is_the_best_until_all_start_again(parts, qtbot):
    dock, document, _, _ = parts
    trained = Trained(dock, document, epochs=40)
    level = trained.snapshot
    best = dock.picture.model.best
    assert best is not None
    assert "epoch 40" in dock.note.full_text
    assert not dock.restart_button.isVisible()
    young = replace(level.lanes[1], now=replace(level.lanes[1].now, epoch=3))
    ended = replace(level.lanes[2], now=replace(level.lanes[2].now, epoch=17), status="stopped")
    dock.show_snapshot(replace(level, lanes=(level.lanes[0], young, ended, *level.lanes[3:])))
    model = dock.picture.model
    assert (model.epochs, model.best) == ((3, 40), None)
    assert "epochs 3 … 40" in dock.note.full_text
    said = {place: card_lines(model, place) for place in ((0, 0), (1, 0), (2, 0))}
    assert [said[place][2] for place in said] == ["epoch 40", "epoch 3", "epoch 17"]
    assert heat_of(dock.table, model.task, "validation_loss", 0, 1).best is None
    with qtbot.waitSignal(dock.restart_wanted):
        QTest.mouseClick(dock.restart_button, Qt.MouseButton.LeftButton)
    dock.show_snapshot(level)
    assert dock.picture.model.best == best
    assert heat_of(dock.table, model.task, "validation_loss", 0, 1).best == best
    assert not dock.restart_button.isVisible()
    assert card_lines(dock.picture.model, (0, 0))[2:] in ((), ("best cell",))


def test_seeds_that_were_added_later_are_told_until_they_have_caught_up(parts):
    dock, document, _, _ = parts
    document.reset(swept(seeds=2))
    trained = Trained(dock, document, epochs=4)
    assert dock.picture.model.is_level
    level = trained.snapshot
    # The second seed of a cell has come to epoch 1, so that the numbers of both are of that.
    first = replace(level.lanes[0], now=replace(level.lanes[0].now, epoch=1), reached=4)
    dock.show_snapshot(replace(level, lanes=(first, *level.lanes[1:])))
    model = dock.picture.model
    assert (model.epochs, model.best) == ((1, 4), None)
    assert "epochs 1 … 4" in dock.note.full_text
    assert "epochs 1 … 4" in card_lines(model, (0, 0))
    assert "epoch 4" in card_lines(model, (1, 0))
    assert dock.restart_button.isVisible()
    ended = tuple(replace(lane, status="stopped") for lane in level.lanes[1:])
    dock.show_snapshot(replace(level, lanes=(replace(first, status="stopped"), *ended)))
    assert dock.picture.model.is_level
    assert "epoch 4" in dock.note.full_text


def test_epochs_to_a_threshold_are_those_of_the_validation_loss(parts):
    dock, document, _, _ = parts
    trained = Trained(dock, document, epochs=4)
    assert not dock.threshold_field.isVisible()
    dock.show_measure("epochs_to_threshold")
    assert dock.threshold_field.isVisible()
    losses = {
        place: trained.lane(document.experiment.lanes[index].name).history.loss[:, 1]
        for place, index in cells(document.experiment).items()
    }
    threshold = float(np.median([one.min() for one in losses.values()]))
    fill(dock.threshold_field, repr(threshold))
    QTest.keyClick(dock.threshold_field, Qt.Key.Key_Return)
    for place, loss in losses.items():
        reached = np.flatnonzero(loss <= threshold)
        expected = float(reached[0]) if reached.size else np.nan
        np.testing.assert_equal(dock.picture.model.median[place[1], place[0]], expected)
    assert dock.table.threshold == Threshold("validation_loss", threshold)
    assert dock.exports()[1].export_title == f"Epochs to validation loss ≤ {threshold:g}"
    dock.copy_csv()
    header = QGuiApplication.clipboard().text().splitlines()[0].split(",")
    assert f"epochs_to_threshold(validation_loss<={threshold!r})" in header


def test_the_table_is_copied_with_the_numbers_of_the_engine(parts):
    dock, document, _, _ = parts
    trained = Trained(dock, document)
    dock.copy_csv()
    rows = list(csv.DictReader(StringIO(QGuiApplication.clipboard().text())))
    assert len(rows) == 6
    losses = sorted(float(row["validation_loss"]) for row in rows)
    assert losses == sorted(float(lane.now.loss[1]) for lane in trained.snapshot.lanes)


@pytest.mark.parametrize("suffix", PICTURE_FORMATS)
def test_both_pictures_are_exported_in_all_formats(parts, tmp_path: Path, suffix: str):
    dock, document, _, _ = parts
    Trained(dock, document)
    for view in dock.exports():
        path = tmp_path / f"{view.export_name}{suffix}"
        export_picture(view, path)
        assert path.stat().st_size > 2000
    if suffix == ".png":
        image = QImage(str(tmp_path / "sweep-heat-map.png"))
        assert image.width() == 2 * dock.exports()[1].export_size().width()
        places = [(x, y) for x in range(0, image.width(), 25) for y in range(0, image.height(), 25)]
        colours = {image.pixelColor(*place).name() for place in places}
        assert len(colours) > 6


def test_a_sweep_over_one_axis_has_one_row(parts):
    dock, document, _sweep, _ = parts
    document.reset(swept(TWO[:1]))
    Trained(dock, document)
    assert (dock.picture.plane.columns, dock.picture.plane.rows) == (3, 1)
    drag(dock.grid, (0, 0), (1, 0))
    QTest.keyClick(dock.grid, Qt.Key.Key_Return)
    values = document.experiment.sweep.axes[0].values
    assert (values[0], values[-1]) == (0.001, 0.01)


@pytest.mark.parametrize("size", [(340, 190), (590, 205), (590, 250), (590, 320), (1200, 400)])
def test_pictures_of_one_row_are_whole_with_their_axis_in_any_dock(parts, size):
    dock, document, _sweep, _ = parts
    rates = tuple(0.001 * 2**power for power in range(8))
    document.reset(swept((SweepAxis("training.learning_rate", rates),)))
    Trained(dock, document)
    dock.resize(*size)
    QCoreApplication.processEvents()
    for view in (dock.grid, dock.heat):
        plane = view.plane.rect
        inside = dock.rect().contains(QRect(view.mapTo(dock, QPoint()), view.size()))
        assert inside
        assert plane.bottom() + 2 * line_height() <= view.height()


def test_without_a_sweep_the_dock_says_what_one_is_and_offers_it(parts, qtbot: QtBot):
    dock, document, _, _ = parts
    document.reset(default_experiment())
    assert dock.picture is None
    assert dock.requests == ()
    assert dock.empty.isVisible()
    with qtbot.waitSignal(dock.setup_wanted):
        dock.setup_button.click()


def test_before_the_engine_has_loaded_cells_are_empty_and_nothing_is_best(parts):
    dock, _, _, _ = parts
    assert dock.picture.model.best is None
    assert not dock.picture.model.is_known
    assert np.isnan(dock.picture.model.median).all()
    assert dock.note.full_text.startswith("6 networks")


def test_the_engine_is_asked_for_small_pictures_of_the_whole_frame(parts):
    dock, document, _, _ = parts
    (request,) = dock.requests
    extent = document.experiment.data.extent
    assert request.key == "thumbnail"
    assert request.options.extent == (*extent.x, *extent.y)
    assert dock.shows_cells


@pytest.mark.parametrize(("width", "height"), [(340, 300), (620, 230), (430, 330), (760, 340), (900, 190)])
def test_the_header_is_never_cut_and_pictures_lie_where_cells_are_larger(parts, width: int, height: int):
    dock, document, _, _ = parts
    dock.resize(width, height)
    Trained(dock, document)
    QCoreApplication.processEvents()

    shown = [
        part
        for part in dock.findChildren(QWidget)
        if part.isVisible() and part.parent() is dock.title.parent()
    ]
    for part in shown:
        assert part.width() >= min(part.minimumSizeHint().width(), part.maximumWidth()), part
        assert part.parent().rect().contains(part.geometry()), part
    one, other = dock.grid.plane.side, dock.heat.plane.side
    assert one == other
    beside = dock.grid.y() == dock.heat.y()
    wide, high = dock.width() - 16, dock.heat.geometry().bottom() - dock.grid.y()
    axes = dock.picture.model.axes
    halves = plane_in(QRectF(0, 0, (wide - 60) / 2, high), 3, 2, axes).side
    stacked = plane_in(QRectF(0, 0, wide, high / 2), 3, 2, axes, bar=60).side
    assert beside == (halves >= stacked)


def test_results_are_put_together_once_for_each_snapshot_and_threshold(
    parts, monkeypatch: pytest.MonkeyPatch
):
    dock, document, sweep, _ = parts
    made = []
    monkeypatch.setattr(dock_module, "of_snapshot", lambda *asked: made.append(asked) or of_snapshot(*asked))
    Trained(dock, document)
    dock.repaint()
    assert len({id(asked[0]) for asked in made}) == len(made)
    count = len(made)
    sweep.set_threshold(0.123)
    assert dock.table.threshold == Threshold("validation_loss", 0.123)
    assert len(made) == count + 1
    Trained(dock, document)
    assert len(made) == count + 2
