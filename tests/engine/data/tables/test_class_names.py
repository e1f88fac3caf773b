"""Every class name that a document accepts comes back as it is, through each kind of file that holds names."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data import points_from_text, points_to_text, read_csv, write_csv
from engine.data.importing import with_imported
from engine.data.opening import open_data
from engine.experiment import (
    FORMAT,
    DataSettings,
    Experiment,
    ExperimentError,
    Points,
    class_labels,
    default_experiment,
    dumps,
    file_labels,
    from_json,
    loads,
)
from engine.experiment.points import SPLITS
from engine.experiment.settings import LONGEST_NAME

WORDS = (
    "nan", "NaN", "NAN", "'nan", "''nan", "1.0", "1,0", "'1.0", "-1.0", "1.0e+00", "0", "1", "7", "'7", "''7", "01",
    "1e3", "1'000", "inf", "-", "-5", "'-5", "=x", "'=x", "NA", "null", "true", "class", "x1", "training", "class 1",
    "#red", ";", "|", "a;b", "a,b", "a  b", '"', "'", "''", '\\"', "\\", "'a'", "a\u202eb", "\u200b", "\ufeffa",
    "a\u2028b", "a\u0085b", "\u00e9\u0301", "sep=;", "x" * LONGEST_NAME, "20 %", "1.5", "c", "continuous",
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(WORDS),
    st.text("'=-1.0,na;\" ", min_size=1, max_size=5),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=LONGEST_NAME),
)


def document(names: list[str | None], count: int) -> Experiment | None:
    """An experiment with classes of these names and with up to so many points, unless it refuses them."""
    data = {"classes": len(names), "class_names": names}
    try:
        experiment = from_json({"format": FORMAT, "data": data})
    except ExperimentError:
        return None
    places = np.arange(4.0 * len(names)).reshape(-1, 2) / 2 + 0.25
    points = Points(places, np.tile(np.arange(len(names)), 2), [0, 1] * len(names))[:count]
    return msgspec.structs.replace(experiment, data=msgspec.structs.replace(experiment.data, points=points))


def points_of(data: DataSettings) -> Points:
    assert data.points is not None
    return data.points


def by_csv(experiment: Experiment, folder: Path) -> Experiment:
    data = experiment.data
    write_csv(points_of(data), data.task, folder / "data.csv", file_labels(data))
    opened = open_data(folder / "data.csv")
    assert (opened.refused, opened.reading.task) == ((), "classification")
    return opened.to_experiment(default_experiment())


def by_arrays(experiment: Experiment, folder: Path) -> Experiment:
    data, points = experiment.data, points_of(experiment.data)
    labels = np.array(class_labels(data))[points.target.astype(int)]
    splits = np.array(SPLITS)[points.split]
    columns = {"x1": points.xy[:, 0], "x2": points.xy[:, 1], "class": labels, "split": splits}
    np.savez(folder / "data.npz", **columns)
    return open_data(folder / "data.npz").to_experiment(default_experiment())


def by_a_clipboard_into_an_empty_drawing(experiment: Experiment, folder: Path) -> Experiment:
    data, other = experiment.data, default_experiment()
    text = points_to_text(points_of(data), data.task, file_labels(data))
    empty = msgspec.structs.replace(other, data=msgspec.structs.replace(other.data, points=Points.empty()))
    return with_imported(empty, read_csv(text, "classification"), existing=Points.empty())


def by_a_clipboard_into_the_same_drawing(experiment: Experiment, folder: Path) -> Experiment:
    data = experiment.data
    text = points_to_text(points_of(data), data.task, file_labels(data))
    points = points_from_text(text, data.task, file_labels(data), data.classes)
    return msgspec.structs.replace(experiment, data=msgspec.structs.replace(data, points=points))


def by_json(experiment: Experiment, folder: Path) -> Experiment:
    return loads(dumps(experiment))


WAYS = (
    by_csv,
    by_arrays,
    by_a_clipboard_into_an_empty_drawing,
    by_a_clipboard_into_the_same_drawing,
    by_json,
)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60)
@given(
    names=st.lists(st.one_of(NAMES, st.none()), min_size=2, max_size=4), count=st.sampled_from([1, 2, 3, 8])
)
@example(names=["NaN", "b"], count=8)
@example(names=["1.0", "1"], count=8)
@example(names=["7", "3"], count=8)
@example(names=["0", "1"], count=8)
@example(names=["1", "0"], count=8)
@example(names=["'7", "7"], count=8)
@example(names=[None, "cat"], count=8)
@example(names=[None, "cat"], count=1)
@example(names=["a  b", "a b"], count=8)
@example(names=["a\u202eb", "ab"], count=8)
def test_every_name_that_a_document_accepts_comes_back(
    way: Callable[[Experiment, Path], Experiment], names: list[str | None], count: int
) -> None:
    before = document(names, count)
    if before is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        after = way(before, Path(folder)).data
    labels, read = class_labels(before.data), class_labels(after)
    target = points_of(before.data).target.astype(int)
    assert [read[number] for number in points_of(after).target.astype(int)] == [labels[n] for n in target]
    assert points_of(after).xy.tolist() == points_of(before.data).xy.tolist()
    assert points_of(after).split.tolist() == points_of(before.data).split.tolist()
