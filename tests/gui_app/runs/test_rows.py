"""The rows of the table of runs: what they say, their order, and the filter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine.experiment import Lane, default_experiment, edit_many, switch_task
from engine.experiment.run_list import OUTSIDE, SIDE, RunRecord, packed_picture
from engine.observation.ended_runs import LEVELS
from gui_app.runs.picture import STRENGTH, picture_colours, run_picture
from gui_app.runs.rows import (
    COLUMNS,
    DIFFERS,
    OTHER_DATA,
    SAME,
    SAME_AS_NOW,
    UNKNOWN,
    VALIDATION,
    Present,
    row_of,
    rows_of,
)
from gui_app.theme.tokens import DARK, LIGHT, mix
from tests.engine.experiment.test_run_list import record

HERE = Present(default_experiment().lanes[0], "classification", "0" * 16)


def lane(**changes: object) -> Lane:
    paths = {f"lanes.0.{path.replace('__', '.')}": value for path, value in changes.items()}
    return edit_many(default_experiment(), paths).lanes[0]


def numbers(
    runs: tuple[RunRecord, ...], wanted: str = "", column: int = 0, descending: bool = False
) -> list[int]:
    return [row.number for row in rows_of(runs, HERE, wanted, column, descending)]


def column(title: str) -> int:
    return [one.title for one in COLUMNS].index(title)


def test_a_row_says_what_the_run_is() -> None:
    run = record(7, loss=(0.25, 0.5, None), score=(1.0, 0.934, None), epochs=1200, ended="early_stopping")
    texts = dict(zip([one.title for one in COLUMNS], row_of(run, HERE).texts, strict=True))
    assert texts == {
        "Run": "7 · A",
        "Differs in": SAME,
        "Validation loss": "0.500",
        "Training loss": "0.250",
        "Test loss": UNKNOWN,
        "Validation score": "93 %",
        "Epochs": "1,200",
        "Ended": "stopped early",
    }


def test_a_row_names_the_settings_that_differ_from_the_current_lane() -> None:
    run = record(lane=lane(training__learning_rate=0.1, network__hidden=[4]))
    assert row_of(run, HERE).texts[DIFFERS] == "hidden layers 4, learning rate 0.1"
    there = replace(HERE, lane=run.lane, data="1" * 16)
    assert row_of(run, there).texts[DIFFERS] == OTHER_DATA
    curve = switch_task(default_experiment(), "curve")
    other = record(lane=curve.lanes[0], task="curve", score=(0.5, 0.25, None))
    row = row_of(other, HERE)
    assert row.texts[DIFFERS].startswith("curve task, ")
    assert row.texts[column("Validation score")] == "0.25"


def test_a_run_that_diverged_names_the_epoch_in_which_it_did() -> None:
    assert row_of(record(ended="divergence", epochs=1), HERE).tip.splitlines()[1] == "diverged in epoch 2"


def test_the_tip_has_the_reason_and_the_time() -> None:
    run = record(ended="early_stopping", reason="no better for 5 epochs", best_epoch=2, pinned=True)
    assert row_of(run, HERE).tip.splitlines() == [
        SAME_AS_NOW,
        "stopped early after 3 epochs: no better for 5 epochs",
        "best epoch 2",
        "2023-11-14 22:13:20 UTC",
        "pinned",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", [1, 2, 3]),
        ("dropout", [2]),
        ("DROPOUT 0.3", [2]),
        ("diverged", [3]),
        ("dropout diverged", []),
        ("pinned", [1]),
    ],
)
def test_the_filter_looks_into_all_columns(wanted: str, found: list[int]) -> None:
    runs = (
        record(1, pinned=True),
        record(2, lane=lane(regularization__dropout__rate=0.3)),
        record(3, ended="divergence"),
    )
    assert numbers(runs, wanted) == found


def test_unknown_numbers_come_last_whichever_way_it_is_sorted() -> None:
    losses = {1: 0.5, 2: None, 3: 0.1, 4: 0.5}
    runs = tuple(record(number, loss=(None, loss, None)) for number, loss in losses.items())
    assert numbers(runs, column=VALIDATION) == [3, 4, 1, 2]
    assert numbers(runs, column=VALIDATION, descending=True) == [4, 1, 3, 2]


def test_the_first_click_on_a_column_shows_the_best_first() -> None:
    downwards = {one.title for one in COLUMNS if one.descending}
    assert downwards == {"Run", "Validation score", "Epochs"}


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=12), st.booleans())
def test_sorting_loses_no_row(losses: list[float | None], descending: bool) -> None:
    runs = tuple(record(index + 1, loss=(None, loss, None)) for index, loss in enumerate(losses))
    for index in range(len(COLUMNS)):
        found = numbers(runs, column=index, descending=descending)
        assert sorted(found) == [one.number for one in runs]
    known = [one for number in numbers(runs, column=VALIDATION) if (one := losses[number - 1]) is not None]
    assert known == sorted(known)


def rgb(colour: str) -> list[int]:
    return [QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_picture_has_the_colours_of_the_classes(theme) -> None:
    cells = np.random.default_rng(0).integers(0, 3, (SIDE, SIDE)).astype(np.uint8)
    colours = picture_colours(record(classes=3, picture=packed_picture(cells)), theme)
    assert colours is not None
    for row, place in ((0, 5), (17, 3), (39, 39)):
        wanted = mix(theme.backdrop, theme.classes[cells[row, place]], STRENGTH)
        # Row 0 of the cells is at the bottom.
        assert colours[SIDE - 1 - row, place].tolist() == rgb(wanted)


def test_the_picture_of_a_surface_goes_from_low_to_high() -> None:
    cells = np.zeros((SIDE, SIDE), np.uint8)
    cells[0], cells[1] = LEVELS, LEVELS // 2
    surface = record(task="surface", picture=packed_picture(cells))
    colours = picture_colours(surface, LIGHT)
    assert colours is not None
    found = [colours[SIDE - 1 - row, 0].tolist() for row in range(3)]
    assert found == [rgb(LIGHT.high), rgb(LIGHT.middle), rgb(LIGHT.low)]


def test_the_picture_of_a_curve_is_drawn_where_the_curve_is(qtbot: QtBot) -> None:
    heights = np.full(SIDE, LEVELS // 2, np.uint8)
    heights[SIDE // 2 :] = OUTSIDE
    curve = record(task="curve", picture=packed_picture(heights))
    image = run_picture(curve, LIGHT, 40, 1.0).toImage()
    ground = QColor(LIGHT.backdrop)
    drawn = [(x, y) for x in range(2, 38) for y in range(2, 38) if image.pixelColor(x, y) != ground]
    assert drawn
    assert all(18 <= y <= 21 and x <= 21 for x, y in drawn)
