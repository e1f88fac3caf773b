"""The history: bounded, evenly thinned, and never without its newest and most extreme rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.observation import History, Measurement
from engine.observation.history import SMALLEST, Follower
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
        score=np.array([score, 0.0, 1.0]),
        layers=layer_block(
            weight_gradient=np.array([1.0, 2.0]) * epoch, bias_gradient=np.array([3.0, 4.0]) * epoch
        ),
    )


def history_of(losses: list[float], capacity: int = SMALLEST) -> History:
    history = History(2, capacity)
    for epoch, loss in enumerate(losses):
        history.append(measurement(epoch, loss))
    return history


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
    follower = Follower(history.news())
    for epoch in range(length, length + 500):
        history.append(measurement(epoch, 1.0))
        follower.follow(history.news())
    for view in (history.view(), follower.view):
        assert len(view) <= SMALLEST
        assert {33, 71} <= set(view.epoch.tolist())
        assert (view.loss[:, 0].max(), view.loss[:, 0].min()) == (99.0, 0.01)


def test_all_columns_belong_to_their_epoch() -> None:
    view = history_of([1.0 / (epoch + 1) for epoch in range(1000)]).view()
    np.testing.assert_array_equal(view.step, 10 * view.epoch)
    np.testing.assert_allclose(view.penalty, 0.1 * view.epoch)
    np.testing.assert_allclose(view.loss[:, 1], 2.0 / (view.epoch + 1))
    assert np.isnan(view.loss[:, 2]).all()
    np.testing.assert_array_equal(view.weight_gradient, np.outer(view.epoch, [1, 2]))
    np.testing.assert_array_equal(view.bias_gradient, np.outer(view.epoch, [3, 4]))


def falling(epoch: int) -> float:
    return 1.0 / (epoch + 1)


def falling_with_noise(epoch: int) -> float:
    return 1.0 / (epoch + 1) * (1.0 + 0.5 * (epoch % 2))


@pytest.mark.parametrize("loss", [falling, falling_with_noise, lambda epoch: float(epoch), lambda epoch: 1.0])
@pytest.mark.parametrize("epochs", [63, 1000, 20_000])
def test_old_rows_are_thinned_evenly(loss: object, epochs: int) -> None:
    """Also where every row is, at its time, a new extreme."""
    capacity = 200
    epoch = history_of([loss(epoch) for epoch in range(epochs)], capacity).view().epoch  # type: ignore[operator]
    assert len(epoch) > min(epochs, capacity) / 2 - 20
    assert np.diff(epoch).max() <= max(1, 4 * epochs / capacity)
    halves = (epoch < epochs / 2).sum(), (epoch >= epochs / 2).sum()
    assert min(halves) > 0.45 * len(epoch) - 8


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_the_smallest_room_is_enough_for_all_extremes(capacity: int) -> None:
    rng = np.random.default_rng(0)
    history = History(2, capacity)
    for epoch in range(2000):
        loss, score = rng.normal(size=2)
        history.append(measurement(epoch, loss * epoch, score * epoch))
    assert len(history) <= SMALLEST


def test_a_view_is_a_picture_that_does_not_change() -> None:
    history = history_of([1.0, 2.0])
    view = history.view()
    assert history.view() is view
    history.append(measurement(2, 3.0))
    assert len(view) == 2
    assert len(history.view()) == 3
    for array in (view.loss, view.penalty, view.score, view.weight_gradient):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


def test_an_empty_history_can_be_looked_at() -> None:
    history = History(3)
    assert (len(history), history.last_epoch) == (0, -1)
    assert history.view().weight_gradient.shape == (0, 3)
