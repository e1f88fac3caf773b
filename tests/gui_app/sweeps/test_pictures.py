"""The pictures that a computed sweep has kept: those of the networks that the cells stand for."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from engine.experiment import default_experiment, edit_many, switch_generator, to_json
from engine.observation.sweep_table import TableAxis
from engine.sweep.folder import SweepFolder
from engine.sweep.plan import SweepPlan
from engine.sweep.results import read_results
from engine.sweep.running import Sweep
from engine.sweep.spec import dumps_spec, read_spec
from gui_app.sweeps.results.heat import NAME, PICTURES_NAME
from gui_app.sweeps.results.pictures import (
    CellPictures,
    KeptPictures,
    cell_pictures,
    kept_pictures,
    pictures_image,
)
from gui_app.sweeps.results.view import ResultsView
from gui_app.theme.colour_maps import class_colours
from gui_app.theme.tokens import LIGHT
from tests.engine.sweep.sweeps import InProcess, spec_json
from tests.gui_app.sweeps.made_up import EXTENT, answer
from tests.gui_app.sweeps.tables import small_table

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.window


def made_up(table) -> KeptPictures:
    """Each network answers a probability of its own everywhere."""
    answers = {row: answer(row / len(table)).astype(np.float16) for row in range(len(table))}
    return KeptPictures(answers, "classification", EXTENT, (-1.0, 1.0), None)


def colour_of(row: int, rows: int) -> int:
    """What the whole picture of a network has as its colour."""
    values = answer(row / rows).astype(np.float16).astype(np.float32)
    return int(class_colours(values, LIGHT)[0, 0])


def pixel(image: QImage, x: float, y: float) -> int:
    return image.pixel(round(x), round(y))


@pytest.fixture
def view(qtbot):
    view, table = ResultsView(), small_table(seeds=3)
    qtbot.addWidget(view)
    view.resize(1200, 720)
    view.show_table(table, "classification", made_up(table))
    view.show()
    qtbot.waitExposed(view)
    return view


def test_each_cell_shows_its_best_network_or_the_chosen_one():
    table = small_table(seeds=3)
    kept = made_up(table)
    rows = cell_pictures(kept, table, "validation_loss", 0, 1).rows
    assert rows.shape == (3, 4)
    assert table.seed[rows].max() == 0
    assert table.places[rows[2, 1]].tolist() == [1, 2]
    assert table.seed[cell_pictures(kept, table, "validation_score", 0, 1).rows[0]].tolist() == [0] * 4
    chosen = np.flatnonzero((table.places == (1, 2)).all(axis=1) & (table.seed == 2))[0]
    again = cell_pictures(kept, table, "validation_loss", 0, 1, int(chosen)).rows
    assert again[2, 1] == chosen
    assert (again != rows).sum() == 1
    turned = cell_pictures(kept, table, "validation_loss", 1, 0).rows
    np.testing.assert_array_equal(turned, rows.T)
    assert cell_pictures(kept, table, "validation_loss", 0, None).rows.tolist() == [rows[0].tolist()]


def test_the_switch_shows_pictures_in_place_of_the_colours_and_back(view):
    plane = view.heat.plane
    assert view.pictures.isVisible()
    QTest.mouseClick(view.pictures, LEFT)
    assert view.heat.accessibleName() == PICTURES_NAME
    image, plane = view.heat.grab().toImage(), view.heat.plane
    rows = cell_pictures(made_up(view.table), view.table, "validation_loss", 0, 1).rows
    for place in ((0, 0), (2, 1), (3, 1), (1, 2)):
        middle = plane.cell(place).center()
        expected = colour_of(int(rows[place[1], place[0]]), len(view.table))
        assert pixel(image, middle.x(), middle.y()) == expected, place
    QTest.mouseClick(view.pictures, LEFT)
    assert view.heat.accessibleName() == NAME


def test_a_click_on_a_picture_chooses_its_network_and_a_chosen_one_is_shown(view):
    QTest.mouseClick(view.pictures, LEFT)
    QTest.mouseClick(view.heat, LEFT, pos=view.heat.plane.cell((2, 1)).center().toPoint())
    assert (view.table.places[view.row].tolist(), view.table.seed[view.row]) == ([2, 1], 0)
    other = int(np.flatnonzero((view.table.places == (2, 1)).all(axis=1) & (view.table.seed == 1))[0])
    view.choose(other)
    image = view.heat.grab().toImage()
    middle = view.heat.plane.cell((2, 1)).center()
    assert pixel(image, middle.x(), middle.y()) == colour_of(other, len(view.table))


def test_networks_on_no_plane_show_the_picture_of_the_chosen_one(view):
    table = small_table()
    sampled = replace(
        table,
        axes=(TableAxis("regularization.l2", "λ₂", (0.0, 0.1), "number"), *table.axes[1:]),
        places=np.where(np.arange(2) == 0, -1, table.places),
    )
    view.show_table(sampled, "classification", made_up(sampled))
    QTest.mouseClick(view.pictures, LEFT)
    assert view.row == 0, "the best one"
    view.choose(7)
    assert view.heat.plane is None
    image = view.heat.grab().toImage()
    assert pixel(image, image.width() / 2, image.height() / 2) == colour_of(7, 12)


def test_without_pictures_there_is_no_switch(view):
    QTest.mouseClick(view.pictures, LEFT)
    view.show_table(small_table(), "classification")
    assert not view.pictures.isVisible()
    assert view.heat.accessibleName() == NAME


@pytest.mark.parametrize(
    ("generator", "task"), [("moons", "classification"), ("bumps", "surface"), ("sine", "curve")]
)
def test_a_folder_has_a_picture_for_each_cell_over_its_points(qapp, tmp_path, generator, task):
    small = {"data.generator.points": 60, "lanes.0.network.hidden": [3]}
    document = to_json(edit_many(switch_generator(default_experiment(), generator), small))
    made = SweepPlan(read_spec(json.dumps(spec_json(experiment=document, keep={"pictures": 16}))))
    path = tmp_path / "out"
    path.mkdir()
    folder = SweepFolder(path, made, "cpu", "float32")
    (path / "spec.json").write_text(dumps_spec(made.spec))
    sweep = Sweep(made, folder, InProcess(), 6)
    sweep.train(sweep.batches(), lambda _: None)
    folder.close()
    results = read_results(path, pictures=100)
    kept = kept_pictures(results)
    assert kept is not None
    assert kept.task == task
    shown = cell_pictures(kept, results.table, "validation_loss", 0, 1)
    assert sorted(shown.rows.ravel().tolist()) == list(range(12))
    image = pictures_image(shown, LIGHT, 40, 2)
    assert (image.width(), image.height()) == (3 * 40 + 2 * 2, 4 * 40 + 3 * 2)
    bare = pictures_image(CellPictures(replace(kept, points=None), shown.rows, shown.broken), LIGHT, 40, 2)
    assert image != bare, "points are drawn"
    colours = np.frombuffer(bare.constBits(), np.uint32).reshape(bare.height(), bare.bytesPerLine() // 4)
    assert len(np.unique(colours[:40, :40])) > 5
