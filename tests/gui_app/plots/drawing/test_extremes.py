"""Long curves are drawn from blocks whose extremes are known, and lose nothing by it."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from engine.catalogue.probes import PROBES
from engine.observation.history import History
from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing import extremes as extremes_module
from gui_app.plots.drawing.epoch_scale import LINEAR, EpochScale
from gui_app.plots.drawing.extremes import BLOCK, Extremes, extremes_of, has_numbers, highest
from gui_app.plots.drawing.probe_axis import ProbeAxis
from gui_app.plots.drawing.series import thin, thin_long

LOG = EpochScale(1.0)
SCALES = pytest.mark.parametrize("scale", [LINEAR, LOG, EpochScale(300.0)], ids=["linear", "log", "between"])
ROWS = 60_000


def noise(rows: int = ROWS, seed: int = 0) -> np.ndarray:
    values = np.exp(np.random.default_rng(seed).normal(size=rows))
    values[[5, rows // 3, rows - 7]] = 1e6, 1e-9, 1e5
    return values


@SCALES
@pytest.mark.parametrize("pixels", [40, 200, 450, 1500])
def test_a_long_curve_has_all_extremes_in_their_pixels(scale: EpochScale, pixels: int) -> None:
    epochs, values = np.arange(ROWS), noise()
    x, y = thin_long(epochs, values, pixels, scale)
    assert len(x) == len(y) <= 2 * pixels
    assert (x[0], x[-1]) == (0.0, ROWS - 1.0)
    assert (np.diff(x) >= 0.0).all()
    width = float(scale.units(ROWS - 1.0)) / pixels
    for row in (5, ROWS // 3, ROWS - 7):
        drawn = float(scale.units(x[np.flatnonzero(y == values[row])[0]]))
        assert abs(drawn - float(scale.units(float(row)))) <= 1.6 * width


@SCALES
@pytest.mark.parametrize("rows", [0, 1, 7, 100, 900, 5000, 20_001])
def test_a_shorter_curve_is_drawn_as_by_its_rows(scale: EpochScale, rows: int) -> None:
    epochs, values = np.arange(rows), noise(max(rows, 30))[:rows]
    x, y = thin_long(epochs, values, 300, scale)
    of_rows = thin(epochs, values, 300, scale)
    if scale is LINEAR:
        assert (x.tolist(), y.tolist()) == (of_rows[0].tolist(), of_rows[1].tolist())
    assert len(x) <= max(600, rows)
    if rows:
        assert (y.min(), y.max()) == (of_rows[1].min(), of_rows[1].max())


@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_extreme(gap: float) -> None:
    values = noise()
    values[1000:3000:3] = gap
    _, y = thin_long(np.arange(ROWS), values, 100)
    assert np.isfinite(y).all()
    _, y = thin_long(np.arange(ROWS), np.full(ROWS, gap), 100)
    assert np.isnan(y).all()


def history_with(rows: int, history: History | None = None) -> tuple[History, HistoryView]:
    history = history or History(1)
    for epoch in range(len(history), rows):
        history.append(epoch, epoch, np.random.default_rng(epoch).random(9))
    return history, history.view()


def test_only_new_blocks_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, take = [], Extremes._take

    def noting(self: Extremes, values: np.ndarray, blocks: int) -> None:
        looked.append(blocks - self._count)
        take(self, values, blocks)

    history, view = history_with(10_000)
    extremes_of(view.loss[:, 0])
    monkeypatch.setattr(Extremes, "_take", noting)
    for rows in (10_001, 10_300, 10_301):
        history, view = history_with(rows, history)
        low, high = extremes_of(view.loss[:, 0])
        of_blocks = view.loss[: rows // BLOCK * BLOCK, 0].reshape(-1, BLOCK)
        assert (low == of_blocks.min(axis=1)).all()
        assert (high == of_blocks.max(axis=1)).all()
    assert sum(looked) == 10_301 // BLOCK - 10_000 // BLOCK


def test_columns_and_histories_are_not_taken_for_one_another() -> None:
    (_, one), (_, other) = history_with(500), history_with(500)
    for view in (one, other):
        for column in range(3):
            low, _ = extremes_of(view.loss[:, column])
            assert low[0] == view.loss[:BLOCK, column].min()
    assert extremes_of(one.loss[:100, 0])[0].tolist() == extremes_of(one.loss[:, 0])[0][:3].tolist()


def test_what_is_known_goes_with_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extremes_module, "_known", {})
    for seed in range(50):
        values = noise(400, seed)
        assert extremes_of(values)[1].tolist() == values[:384].reshape(-1, BLOCK).max(axis=1).tolist()
        del values
        # Arrays are in no cycle; looking through all that other tests have left would take most of a minute.
        gc.collect(0)
    assert len(extremes_module._known) <= 2


def test_the_highest_value() -> None:
    values = noise(1000)
    assert highest(values) == 1e6
    values[5] = np.inf
    assert highest(values.copy()) == 1e5
    assert np.isnan(highest(np.empty(0)))
    assert np.isnan(highest(np.full(100, np.nan)))


def test_a_split_without_points_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.full((20_000, 2), np.nan)
    looked: list[int] = []
    isnan = np.isnan
    monkeypatch.setattr(np, "isnan", lambda array: (looked.append(array.size), isnan(array))[1])
    assert not has_numbers(values[:9_000, 0])
    looked.clear()
    assert not has_numbers(values[:9_005, 0])
    assert sum(looked) <= 10, "only the new rows"
    values[9_700, 0] = np.inf
    assert not has_numbers(values[:9_700, 0])
    assert has_numbers(values[:9_701, 0])
    assert not has_numbers(values[:9_600, 0]), "a shorter view of the same history"
    looked.clear()
    assert has_numbers(values[:, 0])
    assert sum(looked) <= 1


def test_rows_of_several_numbers_have_the_extremes_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.stack([noise(seed=1), noise(seed=2), noise(seed=3)], axis=1)
    values[100:4000, 1] = np.inf
    low, high = extremes_of(values)
    for column in range(3):
        apart = extremes_of(np.ascontiguousarray(values[:, column]))
        assert np.array_equal((low[:, column], high[:, column]), apart, equal_nan=True)
    assert highest(values) == np.nanmax(np.where(np.isfinite(values), values, np.nan))
    fewer = extremes_of(values[:, :-1])
    assert fewer[0].shape == (ROWS // BLOCK, 2)


def test_a_plot_per_layer_looks_at_the_new_rows_of_a_long_history_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    axis = ProbeAxis(PROBES["weight_gradient"], log=True)
    values = np.stack([noise(seed=1), noise(seed=2)], axis=1)
    assert axis.whole_span(values) == axis.span(values)
    taken: list[int] = []
    monkeypatch.setattr(Extremes, "_take", lambda self, values, blocks: taken.append(blocks))
    assert axis.whole_span(values) == axis.span(values)
    assert taken == []
