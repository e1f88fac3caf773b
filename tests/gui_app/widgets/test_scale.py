import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gui_app.widgets.scale import Scale

SCALES = [
    Scale(1e-5, 10.0, log=True),
    Scale(1.0, 500.0, log=True, integer=True),
    Scale(0.0, 0.95),
    Scale(-1.0, 1.0),
    Scale(1.0, 32.0, integer=True),
    Scale(0.1, 3.0, log=True),
]
scales = st.sampled_from(SCALES)
places = st.floats(0.0, 1.0)


@given(scales, places)
def test_what_is_offered_lies_inside_and_near_where_it_was_asked_for(scale, place):
    value = scale.value(place)
    assert scale.low <= value <= scale.high
    # Whole numbers are far apart at the low end of a logarithmic scale.
    assert abs(scale.position(value) - place) < (0.12 if scale.integer else 0.02)


@given(scales, places, places)
def test_further_right_is_never_less(scale, one, other):
    low, high = sorted((one, other))
    assert scale.value(low) <= scale.value(high)


@given(scales, places)
def test_a_value_that_is_offered_is_offered_again_at_its_own_place(scale, place):
    value = scale.value(place)
    assert scale.value(scale.position(value)) == pytest.approx(value, rel=1e-9)


@given(scales, places, st.sampled_from([-10, -1, 1, 10]))
def test_a_step_always_leads_on(scale, place, steps):
    value = scale.value(place)
    assume(value != (scale.high if steps > 0 else scale.low))
    assert (scale.step(value, steps) - value) * steps > 0


@pytest.mark.parametrize("scale", SCALES)
def test_the_ends_are_reached(scale):
    assert scale.value(0.0) == scale.low
    assert scale.value(1.0) == scale.high
    assert scale.step(scale.high, 1) == scale.high


def test_a_logarithmic_slider_gives_each_decade_the_same_room():
    scale = Scale(1e-5, 10.0, log=True)
    assert [scale.position(10.0**power) for power in range(-5, 2)] == pytest.approx([n / 6 for n in range(7)])


def test_a_logarithmic_slider_offers_two_digits():
    scale = Scale(1e-5, 10.0, log=True)
    assert {len(f"{scale.value(n / 997):.9e}".rstrip("0").split("e")[0].rstrip("0")) for n in range(998)} <= {
        2,
        3,
    }
