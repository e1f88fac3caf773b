"""The history: bounded, evenly thinned, and never without its newest and most extreme rows."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.probes import PROBES
from engine.experiment.kept_run import rows_type
from engine.observation import History, HistoryView, Measurement
from engine.observation.history import DENSE, LARGEST, SMALLEST, Follower, layers_due, next_layers_due
from engine.observation.snapshot import layer_block

LOSSES = st.one_of(
    st.floats(0, 100),
    st.sampled_from([0.0, 1.0, np.nan, np.inf]),
)


def measurement(epoch: int, loss: float, score: float = 0.5) -> Measurement:
    return Measurement(
        epoch=epoch,
        step=10 * epoch,
        loss=np.array([loss, 2 * loss, np.nan]),
        penalty=0.1 * epoch,
        penalty_parts=np.array([0.08, 0.02]) * epoch,
        score=np.array([score, 0.0, 1.0]),
        layers=layer_block(
            weight_gradient=np.array([1.0, 2.0]) * epoch, bias_gradient=np.array([3.0, 4.0]) * epoch
        ),
    )


def add(history: History, m: Measurement, best: int | None = None) -> None:
    """An epoch, and what is known of its layers."""
    history.append(m.epoch, m.step, np.array([*m.loss, m.penalty, *m.score, *m.penalty_parts]), best)
    history.append_layers(m, best)


def history_of(losses: list[float], most: int = SMALLEST, best: int | None = None) -> History:
    history = History(2, most)
    for epoch, loss in enumerate(losses):
        add(history, measurement(epoch, loss), best)
    return history


def test_not_one_of_100_000_epochs_is_left_out() -> None:
    numbers = np.random.default_rng(0).normal(size=(100_001, 9))
    history = History(2)
    follower = Follower(history.delta())
    for epoch, row in enumerate(numbers):
        history.append(epoch, 3 * epoch, row)
        if epoch % 9973 == 0:
            follower.follow(history.delta())
    follower.follow(history.delta())
    for view in (history.view(), follower.view):
        np.testing.assert_array_equal(view.epoch, np.arange(100_001))
        np.testing.assert_array_equal(view.step, 3 * np.arange(100_001))
        np.testing.assert_array_equal(view.loss, numbers[:, :3])
        np.testing.assert_array_equal(view.penalty, numbers[:, 3])
        np.testing.assert_array_equal(view.score, numbers[:, 4:7])
        np.testing.assert_array_equal(view.penalty_parts, numbers[:, 7:])


@given(st.lists(LOSSES, min_size=1, max_size=700))
def test_newest_and_extremes_always_stay_and_room_is_bounded(losses: list[float]) -> None:
    history = history_of(losses)
    view = history.view()
    assert len(history) == len(view) <= SMALLEST
    assert history.last_epoch == view.epoch[-1] == len(losses) - 1
    assert (np.diff(view.epoch) > 0).all()
    assert view.epoch[0] == 0
    np.testing.assert_array_equal(view.loss[:, 0], np.array(losses)[view.epoch])
    known = [loss for loss in losses if not np.isnan(loss)]
    if known:
        assert np.nanmin(view.loss[:, 0]) == min(known)
        assert np.nanmax(view.loss[:, 0]) == max(known)


@pytest.mark.parametrize("length", [200, 3000])
def test_a_single_spike_and_a_single_dip_stay_however_long_the_run(length: int) -> None:
    """No other row has their values, and neither lies where thinning would keep a row anyway."""
    losses = [1.0 + epoch % 7 for epoch in range(length)]
    losses[33], losses[71] = 99.0, 0.01
    history = history_of(losses)
    follower = Follower(history.delta())
    for epoch in range(length, length + 500):
        add(history, measurement(epoch, 1.0))
        follower.follow(history.delta())
    for view in (history.view(), follower.view):
        assert len(view) <= SMALLEST
        assert {33, 71} <= set(view.epoch.tolist())
        assert (view.loss[:, 0].max(), view.loss[:, 0].min()) == (99.0, 0.01)


@pytest.mark.parametrize("best", [0, 77, 1234])
def test_the_best_epoch_stays_though_it_is_no_extreme(best: int) -> None:
    view = history_of([1.0 + epoch % 7 for epoch in range(3000)], best=best).view()
    assert best in view.epoch


def test_layers_are_measured_less_and_less_often_and_that_is_known_from_the_epoch_alone() -> None:
    due = np.array([epoch for epoch in range(100_001) if layers_due(epoch)])
    assert due[: 2 * DENSE].tolist() == list(range(2 * DENSE))
    gaps = np.diff(due)
    assert (np.diff(gaps) >= 0).all()
    # Between the 64th and the 128th part of the epochs lie between two rows.
    late = due[:-1] >= 2 * DENSE
    assert (gaps[late] <= due[:-1][late] / DENSE).all()
    assert (gaps[late] > due[:-1][late] / (2 * DENSE)).all()
    assert len(due) < 800


@pytest.mark.parametrize("layers", [1, 65])
def test_rows_about_layers_are_bounded_and_keep_their_ends_and_the_best(layers: int) -> None:
    history = History(layers)
    room = max(LARGEST // (len(PROBES) * layers), SMALLEST)
    epochs = min(3 * room, 4000) if layers > 1 else room + 100
    block = layer_block(weight_gradient=np.arange(layers, dtype=float))
    for epoch in range(epochs):
        three = np.zeros(3)
        history.append_layers(Measurement(epoch, epoch, three, 0.0, three, block * (epoch + 1)), best=101)
    view = history.view()
    assert room / 4 < len(view.layers) <= room
    assert {0, 101, epochs - 1} <= set(view.layer_epoch.tolist())
    np.testing.assert_array_equal(
        view.weight_gradient, np.outer(view.layer_epoch + 1, np.arange(layers, dtype=float))
    )


def test_all_columns_belong_to_their_epoch() -> None:
    view = history_of([1.0 / (epoch + 1) for epoch in range(1000)]).view()
    np.testing.assert_array_equal(view.step, 10 * view.epoch)
    np.testing.assert_allclose(view.penalty, 0.1 * view.epoch)
    np.testing.assert_allclose(view.loss[:, 1], 2.0 / (view.epoch + 1))
    assert np.isnan(view.loss[:, 2]).all()
    np.testing.assert_array_equal(view.layer_step, 10 * view.layer_epoch)
    np.testing.assert_array_equal(view.weight_gradient, np.outer(view.layer_epoch, [1, 2]))
    np.testing.assert_array_equal(view.bias_gradient, np.outer(view.layer_epoch, [3, 4]))


def falling(epoch: int) -> float:
    return 1.0 / (epoch + 1)


def falling_with_noise(epoch: int) -> float:
    return 1.0 / (epoch + 1) * (1.0 + 0.5 * (epoch % 2))


@pytest.mark.parametrize("loss", [falling, falling_with_noise, lambda epoch: float(epoch), lambda epoch: 1.0])
@pytest.mark.parametrize("epochs", [63, 1000, 20_000])
def test_old_rows_are_thinned_evenly(loss: object, epochs: int) -> None:
    """Also where every row is, at its time, a new extreme; the newest rows lie closer together."""
    most = 200
    epoch = history_of([loss(epoch) for epoch in range(epochs)], most).view().epoch  # type: ignore[operator]
    assert len(epoch) > min(epochs, most) / 4
    gaps = np.diff(epoch)
    assert gaps.max() <= max(1, 8 * epochs / most)
    assert gaps[: len(gaps) // 4].max() <= 2 * np.median(gaps[: len(gaps) // 4])


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_smallest_room_is_enough_for_all_extremes(most: int) -> None:
    rng = np.random.default_rng(0)
    history = History(2, most)
    for epoch in range(2000):
        loss, score = rng.normal(size=2)
        add(history, measurement(epoch, loss * epoch, score * epoch))
    assert len(history) <= SMALLEST


def test_a_view_is_a_picture_that_does_not_change() -> None:
    history = history_of([1.0, 2.0])
    view = history.view()
    assert history.view() is view
    kept = view.loss.copy()
    for epoch in range(2, 500):
        add(history, measurement(epoch, 3.0))
    np.testing.assert_array_equal(view.loss, kept)
    assert len(view) == 2
    assert len(history.view()) > 2
    for array in (view.loss, view.penalty, view.score, view.weight_gradient, view.epoch, view.layer_epoch):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


def test_a_view_copies_nothing() -> None:
    history = history_of([1.0] * 1000, most=5000)
    first = history.view()
    add(history, measurement(1000, 1.0))
    assert np.shares_memory(first.loss, history.view().loss)
    assert np.shares_memory(first.layers, history.view().layers)


def test_a_view_as_it_was_earlier() -> None:
    history = History(2)
    for epoch in range(400):
        m = measurement(epoch, 1.0 / (epoch + 1))
        history.append(epoch, m.step, np.array([*m.loss, m.penalty, *m.score, *m.penalty_parts]))
        if layers_due(epoch):
            history.append_layers(m)
        if epoch == 299:
            then = history.view()
    again = history.view().head(300)
    for field in fields(HistoryView):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(then, field.name))


def test_an_empty_history_can_be_looked_at() -> None:
    history = History(3)
    assert (len(history), history.last_epoch) == (0, -1)
    assert history.view().weight_gradient.shape == (0, 3)


@given(
    st.lists(LOSSES, min_size=1, max_size=400),
    st.lists(st.integers(1, 150), min_size=1, max_size=5),
    st.sampled_from([SMALLEST, 90, 1000]),
)
def test_many_rows_at_once_are_as_one_by_one(losses: list[float], lengths: list[int], most: int) -> None:
    one, many = History(layers=1, most=most), History(layers=1, most=most)
    rows = np.array([[loss, 2 * loss, np.nan, 0.1, 0.5, 0.0, 1.0, 0.08, 0.02] for loss in losses])
    when = np.stack([np.arange(len(rows)), 10 * np.arange(len(rows))], 1)
    bests = [int(np.nanargmin([*losses[: n + 1], np.inf])) for n in range(len(rows))]
    bests = [min(best, n) for n, best in enumerate(bests)]
    for n, row in enumerate(rows):
        one.append(*when[n].tolist(), row, bests[n])
    start, turn = 0, 0
    while start < len(rows):
        end = start + lengths[turn % len(lengths)]
        many.extend(when[start:end], rows[start:end], lambda index, start=start: bests[start + index])
        start, turn = end, turn + 1
    for field in fields(HistoryView):
        first, second = (getattr(history.view(), field.name) for history in (one, many))
        assert first.tobytes() == second.tobytes()


def test_the_next_epoch_of_layers_is_known() -> None:
    for epochs in range(5000):
        coming = next(n for n in range(1, 1000) if layers_due(epochs + n))
        assert next_layers_due(epochs) == coming


@pytest.mark.parametrize("epochs", [5_001, 9_999, 60_000])
def test_the_first_epochs_stay_however_long_the_run(epochs: int) -> None:
    """A logarithmic axis gives them most of its width; a quarter of the room is theirs at most."""
    most, early = 4 * 500, 500
    history, follower = History(1, most), None
    when = np.stack([np.arange(epochs), 10 * np.arange(epochs)], 1)
    numbers = np.random.default_rng(0).normal(size=(epochs, 9))
    one = History(1, most)
    for epoch in range(epochs):
        one.append(epoch, 10 * epoch, numbers[epoch], best=7)
    for start in range(0, epochs, 777):
        history.extend(when[start : start + 777], numbers[start : start + 777], lambda index: 7)
        if follower is None:
            follower = Follower(history.delta())
        follower.follow(history.delta())
    assert follower is not None
    for view in (one.view(), history.view(), follower.view):
        assert view.epoch[: early + 1].tolist() == list(range(early + 1))
        assert len(view) <= most
        np.testing.assert_array_equal(view.loss, numbers[view.epoch, :3])
        np.testing.assert_array_equal(view.epoch, one.view().epoch)


def test_beyond_100_000_epochs_the_first_1_000_and_of_the_others_every_second_row_stay() -> None:
    history, epochs = History(1), 100_002
    numbers = np.random.default_rng(0).normal(size=(epochs, 9))
    when = np.stack([np.arange(epochs)] * 2, 1)
    history.extend(when, numbers, lambda index: 7)
    kept = set(history.view().epoch.tolist())
    assert set(range(1001)) | set(range(0, epochs, 2)) <= kept
    assert len(kept) < 51_000


def test_rows_of_an_older_app_tell_no_parts_of_the_penalty() -> None:
    """They were 7 numbers wide; what is measured from then on has its parts."""
    kept = np.zeros(3, rows_type(7))
    kept["when"] = np.array([[0, 0], [1, 10], [2, 20]])
    kept["numbers"] = np.arange(21.0).reshape(3, 7)
    history = History.restored(2, 1000, kept, np.zeros(0, rows_type(2 * len(PROBES))), (1, 1))
    add(history, measurement(3, 1.0))
    view = history.view()
    np.testing.assert_array_equal(view.loss[:3], kept["numbers"][:, :3])
    np.testing.assert_array_equal(view.penalty[:3], kept["numbers"][:, 3])
    np.testing.assert_array_equal(view.score[:3], kept["numbers"][:, 4:])
    assert np.isnan(view.penalty_parts[:3]).all()
    assert view.penalty_parts[3].tolist() == pytest.approx([0.24, 0.06])
