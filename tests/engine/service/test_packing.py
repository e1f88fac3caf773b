"""Pickles that hold small arrays together: what is packed comes back, alone and in any company."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from engine.service.packing import SMALL, dumps, loads, one_of

# NumPy's own pickles lose another order of bytes than the processor's.
NATIVE: Any = {"endianness": "="}
DTYPES = st.one_of(
    of_numpy.boolean_dtypes(),
    of_numpy.integer_dtypes(**NATIVE),
    of_numpy.unsigned_integer_dtypes(**NATIVE),
    of_numpy.floating_dtypes(**NATIVE),
    of_numpy.complex_number_dtypes(**NATIVE),
    of_numpy.datetime64_dtypes(**NATIVE),
    of_numpy.unicode_string_dtypes(**NATIVE),
    of_numpy.array_dtypes(of_numpy.floating_dtypes(**NATIVE), allow_subarrays=False),
)
ARRAYS = of_numpy.arrays(DTYPES, of_numpy.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4))
LAID = st.builds(
    lambda array, turn: array.T if turn else array[..., ::-1] if array.ndim else array, ARRAYS, st.booleans()
)
VALUES = st.recursive(
    ARRAYS | LAID | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=12,
)


def assert_same(found: Any, value: Any) -> None:
    assert type(found) is type(value)
    if isinstance(value, np.ndarray):
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        assert found.tobytes() == value.tobytes()
    elif isinstance(value, list | tuple):
        assert len(found) == len(value)
        for one, other in zip(found, value, strict=True):
            assert_same(one, other)
    elif isinstance(value, dict):
        assert found.keys() == value.keys()
        for key, other in value.items():
            assert_same(found[key], other)
    else:
        assert found == value


@given(VALUES)
def test_what_is_packed_comes_back(value: Any) -> None:
    assert_same(loads(dumps(value)), value)


def test_small_arrays_of_one_shape_and_type_lie_together() -> None:
    values = [np.full(3, index, kind) for index in range(4) for kind in (np.float64, np.int64)]
    found = loads(dumps(values))
    assert found[0].base is found[6].base is not found[1].base
    assert found[0].base.size == 4 * 3


def test_an_array_that_is_there_twice_stays_one() -> None:
    array = np.arange(3)
    one, other = loads(dumps([array, array]))
    assert one is other


def test_arrays_of_objects_come_back() -> None:
    found = loads(dumps([np.array([None, "text", 3], dtype=object)]))
    assert found[0].tolist() == [None, "text", 3]


def test_buffers_are_those_of_larger_arrays_alone() -> None:
    taken: list[bytes] = []

    def take(buffer: pickle.PickleBuffer) -> bool:
        taken.append(bytes(buffer.raw()))
        return False

    values = [np.zeros(SMALL - 1, np.uint8), np.arange(SMALL, dtype=np.uint8)]
    packed = dumps(values, take)
    assert taken == [values[1].tobytes()]
    assert_same(loads(packed, taken), values)


def test_another_pickle_knows_no_stacks() -> None:
    with pytest.raises(pickle.UnpicklingError, match="array 2 of stack 1 is not here"):
        one_of(1, 2)
