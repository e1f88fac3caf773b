"""Lanes side by side: what differs, what came of each, and which is best."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from math import inf, isfinite, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.texts import share_text, value_text
from engine.experiment import Lane, default_experiment, edit_many
from engine.experiment.differences import lane_changes
from engine.observation import LaneSnapshot, Measurement, Stop, layer_block
from engine.observation.difference_table import (
    UNEQUAL_EPOCHS,
    Column,
    DifferenceTable,
    Row,
    difference_table,
    to_csv,
    to_markdown,
)
from engine.observation.results import Number, Results, results_of
from tests.engine.observation.made_up import history

DATA = default_experiment().data
PLAIN = Lane()


def lane(**changes: Any) -> Lane:
    below = {f"lanes.0.{path.replace('__', '.')}": value for path, value in changes.items()}
    return edit_many(default_experiment(), below).lanes[0]


def seen(
    loss: tuple[float, float, float] = (0.1, 0.3, 0.4),
    score: tuple[float, float, float] = (0.99, 0.9, 0.88),
    stop: Stop | None = None,
    **probes: Any,
) -> LaneSnapshot:
    layers = layer_block(**{"weight_gradient": [0.02, 0.1, 0.3, 0.4], **probes})
    now = Measurement(120, 1200, np.array(loss), 0.0, np.array(score), layers)
    status = "training" if stop is None else "diverged" if stop.kind == "divergence" else "stopped"
    return LaneSnapshot("A", status, stop, None, now, history([loss[0]] * 3))


def results(**changes: Any) -> Results:
    return replace(results_of(seen(), PLAIN, DATA), **changes)


def row(table: DifferenceTable, name: str) -> Row:
    return next(row for row in table.rows if row.name == name)


def texts(table: DifferenceTable, name: str) -> list[str]:
    return [cell.text for cell in row(table, name).cells]


# -- settings


def test_only_settings_that_differ_are_listed_as_changes_write_them() -> None:
    one, other = lane(regularization__l2=0.01), lane(seed=4, regularization__early_stopping={"patience": 3})
    table = difference_table([Column("A", 0, one), Column("B", 1, other)])
    told = {row.name: tuple(cell.text for cell in row.cells) for row in table.of("Settings")}
    assert told == {change.name: (change.before, change.after) for change in lane_changes(one, other)}
    assert told["early stopping"] == ("off", "on")


def test_a_setting_that_a_lane_lacks_is_a_dash_where_the_others_differ() -> None:
    rates = [{"name": "momentum", "momentum": value} for value in (0.5, 0.9)]
    columns = [
        Column(name, None, lane(training__optimizer=optimizer))
        for name, optimizer in zip("ABC", [*rates, "adam"], strict=True)
    ]
    table = difference_table(columns)
    assert texts(table, "optimizer momentum") == ["0.5", "0.9", "–"]
    assert difference_table(columns[::2]).of("Settings")[0].name == "optimizer"
    assert len(difference_table(columns[::2]).of("Settings")) == 1


def test_lanes_with_the_same_settings_have_no_rows_of_settings() -> None:
    table = difference_table([Column("A", 0, PLAIN), Column("B", 1, PLAIN)])
    assert table.rows == ()


# -- results


def test_results_are_the_numbers_of_the_snapshot_in_the_apps_texts() -> None:
    shares = [0.5, 0.0, 0.25, 0.0]
    table = difference_table([Column("A", 0, PLAIN, results_of(seen(zero_weights=shares), PLAIN, DATA))])
    expected = {
        "Training loss": value_text(0.1),
        "Validation loss": value_text(0.3),
        "Test loss": value_text(0.4),
        "Loss gap": value_text(0.2),
        "Training accuracy": "99 %",
        "Test accuracy": "88 %",
        "Epochs": "120",
        "Ended": "–",
        # Layers of 2·8, 8·8, 8·8 and 8·2 weights.
        "Weights at zero": share_text((0.5 * 16 + 0.25 * 64) / 160),
        "First/last gradient": value_text(0.02 / 0.4),
    }
    assert {name: texts(table, name) for name in expected} == {key: [text] for key, text in expected.items()}
    assert all(row.best == () for row in table.rows)


def test_layers_that_are_not_measured_now_are_those_of_the_last_epoch_that_was() -> None:
    blind = replace(seen(), now=replace(seen().now, layers=layer_block(weight_gradient=[nan] * 4)))
    blind = replace(
        blind, history=history([0.3] * 3, probes={"zero_weights": 0.5, "weight_gradient": [1.0, 2, 3, 4]})
    )
    found = results_of(blind, PLAIN, DATA)
    assert (found.zero_share, found.gradient_ratio) == (Number(0.5), Number(0.25))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("early_stopping", "stopped early, epoch 90"), ("divergence", "diverged, epoch 90")],
)
def test_the_end_says_when_and_why(kind: Any, text: str) -> None:
    stop = Stop(kind, 90, None, "because | so")
    table = difference_table([Column("A", 0, PLAIN, results_of(seen(stop=stop), PLAIN, DATA))])
    cell = row(table, "Ended").cells[0]
    assert (cell.text, cell.note) == (text, "because | so")
    assert f"{text}: because | so" in to_csv(table)
    assert rf"{text}: because \| so" in to_markdown(table)


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, nan, inf]), min_size=1, max_size=6), st.data())
def test_the_best_are_all_with_the_best_finite_value_that_did_not_diverge(
    losses: list[float], draw: st.DataObject
) -> None:
    diverged = draw.draw(st.lists(st.booleans(), min_size=len(losses), max_size=len(losses)))
    columns = [
        Column(str(index), index, PLAIN, results(loss=(Number(loss),) * 3, diverged=ended))
        for index, (loss, ended) in enumerate(zip(losses, diverged, strict=True))
    ]
    judged = [loss for loss, ended in zip(losses, diverged, strict=True) if isfinite(loss) and not ended]
    expected = tuple(
        index
        for index, (loss, ended) in enumerate(zip(losses, diverged, strict=True))
        if len(losses) > 1 and judged and not ended and loss == min(judged)
    )
    if len(judged) > 1 and min(judged) == max(judged):
        expected = ()
    assert row(difference_table(columns), "Test loss").best == expected


def test_higher_accuracy_is_better_and_epochs_zeros_and_ratios_are_neither() -> None:
    other = results(score=(Number(0.5),) * 3, epochs=Number(1.0), zero_share=Number(0.9))
    table = difference_table([Column("A", 0, PLAIN, other), Column("B", 1, PLAIN, results())])
    assert row(table, "Validation accuracy").best == (1,)
    for name in ("Epochs", "Ended", "Weights at zero", "First/last gradient"):
        assert (row(table, name).better, row(table, name).best) == (None, ())


def test_losses_of_different_kinds_are_not_judged() -> None:
    other = lane(training__loss="squared")
    table = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, other, results())])
    assert row(table, "Test loss").best == ()
    worse = results(score=(Number(0.5),) * 3)
    table = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, other, worse)])
    assert row(table, "Test accuracy").best == (0,)


def test_where_all_values_are_the_same_none_is_the_best() -> None:
    table = difference_table([Column(name, None, PLAIN, results()) for name in "ABC"])
    assert all(row.best == () for row in table.rows)
    other = results(loss=(Number(0.9),) * 3)
    columns = [
        Column(name, None, PLAIN, one) for name, one in zip("ABC", [results(), other, results()], strict=True)
    ]
    assert row(difference_table(columns), "Test loss").best == (0, 2)


@pytest.mark.parametrize("gaps", [(0.2, 0.1), (-0.1, 0.1), (0.0, 0.3)])
def test_no_gap_is_the_best(gaps: tuple[float, float]) -> None:
    columns = [Column("A", 0, PLAIN, results(gap=Number(gap))) for gap in gaps]
    gap_row = row(difference_table(columns), "Loss gap")
    assert (gap_row.better, gap_row.best) == (None, ())


def test_the_best_of_unequal_epochs_comes_with_a_note_in_table_csv_and_markdown() -> None:
    short = results(epochs=Number(12.0), loss=(Number(0.9),) * 3)
    table = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN, short)])
    assert table.note == UNEQUAL_EPOCHS
    lines = list(csv.reader(io.StringIO(to_csv(table))))
    assert lines[-1] == ["Note", UNEQUAL_EPOCHS, "", "", ""]
    assert {len(line) for line in lines} == {5}
    assert to_markdown(table).endswith(f"|\n\n{UNEQUAL_EPOCHS}\n")
    same = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN, results())])
    alike = replace(short, epochs=Number(120.0, 120.0, 120.0))
    table = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN, alike)])
    assert same.note == table.note == ""
    assert row(table, "Test loss").best == (0,)
    spread = replace(short, epochs=Number(120.0, 90.0, 120.0))
    assert difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN, spread)]).note
    nothing_best = replace(results(), epochs=Number(12.0))
    assert (
        difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN, nothing_best)]).note == ""
    )


def test_rates_of_dropout_that_are_all_zero_are_no_dropout() -> None:
    rates = lane(regularization__dropout__rates=[0.0, 0.0, 0.0], regularization__dropout__rate=0.4)
    columns = [Column("A", 0, PLAIN), Column("B", 1, rates)]
    assert difference_table(columns).of("Settings") == ()
    some = lane(regularization__dropout__rates=[0.0, 0.2, 0.0])
    assert [one.name for one in difference_table([columns[0], Column("B", 1, some)]).of("Settings")] == [
        "dropout rates"
    ]


def test_a_repeated_lane_has_medians_and_quartiles() -> None:
    networks = tuple(seen(loss=(0.1, 0.3, value)) for value in (0.4, 0.2, 0.3, nan))
    group = replace(seen(), repeats=networks)
    found = results_of(group, PLAIN, DATA)
    assert found.loss[2] == Number(0.3, 0.25, 0.35)
    assert found.seeds == 4
    lost = tuple(seen(loss=(0.1, 0.3, value)) for value in (0.2, inf, 0.3, 0.4))
    assert results_of(replace(seen(), repeats=lost), PLAIN, DATA).loss[2].value == pytest.approx(
        np.median([0.2, inf, 0.3, 0.4])
    ), "a loss beyond all numbers counts as the highest"
    table = difference_table([Column("A", 0, PLAIN, found)])
    assert table.headings[0].text == "A (4 seeds)"
    assert texts(table, "Test loss") == ["0.300 (0.250 to 0.350)"]
    stop = Stop("divergence", 3, None, "it exploded")
    ended = results_of(replace(group, repeats=(*networks[:3], seen(stop=stop))), PLAIN, DATA)
    assert (ended.ended, ended.diverged) == ("1 of 4 seeds diverged", True)


def test_a_lane_of_which_nothing_is_known_has_dashes() -> None:
    table = difference_table([Column("A", 0, PLAIN, results()), Column("B", 1, PLAIN)])
    assert all(row.cells[1].text == "–" for row in table.rows)


# -- as text


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_csv_has_every_number_as_it_is(names: list[str]) -> None:
    columns = [
        Column(name, None, lane(seed=index), results(loss=(Number(0.1 / (index + 3)),) * 3))
        for index, name in enumerate(names)
    ]
    table = difference_table(columns)
    lines = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert lines[0] == ["", "Name", *names, "Best"]
    assert [line[1] for line in lines[1:]] == [row.name for row in table.rows]
    written = next(line for line in lines if line[1] == "Test loss")
    assert [float(text) for text in written[2:-1]] == [0.1 / (index + 3) for index in range(len(names))]
    assert written[-1] == (names[-1] if len(names) > 1 else "")


def test_csv_has_the_quartiles_of_a_repeated_lane_in_columns_of_their_own() -> None:
    group = results(loss=(Number(0.3, 0.25, 0.35),) * 3, seeds=4)
    table = difference_table([Column("A", 0, PLAIN, group), Column("B", 1, PLAIN, results())])
    lines = list(csv.reader(io.StringIO(to_csv(table))))
    assert lines[0][2:] == ["A (4 seeds)", "A, lower quartile", "A, upper quartile", "B", "Best"]
    assert {len(line) for line in lines} == {7}
    assert next(line for line in lines if line[1] == "Test loss")[2:] == ["0.3", "0.25", "0.35", "0.4", "A"]


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_markdown_has_a_cell_for_each_column_whatever_the_names_hold(names: list[str]) -> None:
    columns = [Column(name, None, lane(seed=index), results()) for index, name in enumerate(names)]
    lines = to_markdown(difference_table(columns)).splitlines(keepends=True)
    bars = [line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines if line.startswith("|")]
    assert set(bars) == {len(names) + 2}


def test_markdown_marks_the_best_bold() -> None:
    worse = results(loss=(Number(0.5),) * 3)
    table = difference_table([Column("A*", 0, PLAIN, results()), Column("B", 1, PLAIN, worse)])
    lines = to_markdown(table).splitlines()
    assert lines[:2] == [r"|  | A\* | B |", "| :--- | ---: | ---: |"]
    assert "| Test loss | **0.400** | 0.500 |" in lines


def test_values_that_are_written_alike_are_marked_alike_and_dropout_of_nothing_is_off() -> None:
    def of(*scores: float) -> tuple[int, ...]:
        found = [results(score=(Number(score),) * 3) for score in scores]
        table = difference_table([Column(str(at), None, PLAIN, one) for at, one in enumerate(found)])
        (row,) = (row for row in table.rows if row.name == "Test accuracy")
        return row.best

    assert of(0.961, 0.962) == (), "both are 96 %"
    assert of(0.961, 0.962, 0.5) == (0, 1)
    assert of(0.961, 0.982, 0.5) == (1,)
    dropping = lane(regularization__dropout__rate=0.2)
    table = difference_table([Column("A", 0, PLAIN), Column("B", 1, dropping)])
    assert [cell.text for cell in table.rows[0].cells] == ["off", "0.2"]
