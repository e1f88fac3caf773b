"""Findings over time: when they appear, how long they stay, and what takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.data import resolve_points
from engine.experiment import Experiment, Points, default_experiment, edit_many, switch_generator
from engine.observation import EditMark, HistoryView, Stop
from engine.observation.diagnosis import Diagnostician, Finding, diagnose
from engine.observation.diagnosis.rules import RULES
from engine.observation.snapshot import Best, MarkKind
from tests.engine.observation.made_up import case, circle, first, history, lane, snapshot

SIGMOID = lane(network__activation="sigmoid")
DIVERGED = Stop("divergence", 60, None, "the loss is no longer finite")


class Watching:
    """A diagnostician with an experiment, to which histories are shown."""

    def __init__(self, experiment: Experiment = SIGMOID) -> None:
        self.experiment = experiment
        self.points = resolve_points(experiment.data)
        self.diagnostician = Diagnostician()

    def look(self, seen: HistoryView, stop: Stop | None = None) -> list[str]:
        return [finding.code for finding in self.findings(seen, stop)]

    def findings(self, seen: HistoryView, stop: Stop | None = None) -> tuple[Finding, ...]:
        return self.diagnostician.look(self.experiment, 0, self.points, snapshot(seen, stop))

    def show(self, seen: HistoryView, marks: Sequence[EditMark]) -> list[str]:
        """What is found of a run with these marks."""
        shown = replace(snapshot(seen), marks=tuple(marks))
        return [one.code for one in self.diagnostician.look(self.experiment, 0, self.points, shown)]

    def over(self, seen: HistoryView, start: int = 10, step: int = 10) -> list[tuple[int, list[str]]]:
        """What is found after so many rows each."""
        return [(rows, self.look(first(seen, rows))) for rows in range(start, len(seen) + 1, step)]


def vanishing(rows: int, until: int | None = None) -> HistoryView:
    """No gradient in layer 1 and nothing learned, until so many rows; then all is well."""
    sick = np.arange(rows) < (rows if until is None else until)
    error = np.where(sick[:, None], [1e-5, 0.1, 0.5, 1.0], 1.0)
    return history(np.where(sick, 0.69, 0.05), score=np.where(sick, 0.5, 1.0), probes={"error": error})


def test_a_finding_appears_only_after_several_looks_at_new_rows() -> None:
    found = dict(Watching().over(vanishing(100), start=5, step=5))
    assert found[25] == found[40] == []
    assert found[50] == found[100] == ["vanishing_gradient"]


def test_the_same_rows_again_are_no_new_evidence() -> None:
    watching, seen = Watching(), vanishing(35)
    assert [watching.look(seen) for _ in range(20)] == [[]] * 20


def test_noisy_rows_make_no_finding() -> None:
    """A few rows, now and then, that alone would be one."""
    sick = np.arange(200) % 7 == 0
    error = np.where(sick[:, None], [1e-5, 0.1, 0.5, 1.0], 1.0)
    seen = history(np.full(200, 0.05), score=np.where(sick, 0.5, 1.0), probes={"error": error})
    assert not any(found for _, found in Watching().over(seen))


def test_a_finding_goes_once_it_is_clearly_gone_and_does_not_flicker() -> None:
    found = [bool(codes) for _, codes in Watching().over(vanishing(400, until=150))]
    assert found[0] is found[-1] is False
    assert sum(one != other for one, other in pairwise(found)) == 2


def test_numbers_that_are_no_longer_seen_say_of_which_epoch_they_are() -> None:
    watching, seen, said = Watching(), vanishing(400, until=150), {}
    for rows in range(10, 401, 10):
        said[rows] = [one.numbers for one in watching.findings(first(seen, rows))]
    assert said[150][0].endswith("to 149.")
    before_it_goes = [numbers for rows, numbers in said.items() if rows > 150 and numbers][-1][0]
    epoch = int(before_it_goes.rpartition(" ")[2].rstrip("."))
    assert before_it_goes.endswith(f"to {epoch}. Last seen at epoch {epoch}.")
    assert 140 <= epoch < 300


def test_what_was_told_between_two_looks_was_last_seen_when_it_was_told() -> None:
    """Rules look at every fifth epoch, at first, and what is told has the numbers of the newest one."""
    watching, seen = Watching(), vanishing(400, until=150)
    told = [one.numbers for rows in range(1, 401) for one in watching.findings(first(seen, rows))]
    gone = next(index for index, numbers in enumerate(told) if "Last seen" in numbers)
    assert told[gone].startswith(told[gone - 1])
    epoch = int(told[gone - 1].rpartition(" ")[2].rstrip("."))
    assert epoch % 5
    assert told[gone].endswith(f"Last seen at epoch {epoch}.")


def test_of_a_repeated_lane_numbers_are_called_medians_over_its_seeds() -> None:
    repeated = lane(network__activation="sigmoid", repeats=5)
    (found,) = Watching(repeated).findings(vanishing(100))
    (alone,) = Watching().findings(vanishing(100))
    assert "seeds" not in alone.message
    assert found.message == alone.message.replace("Medians of epochs", "Medians over 5 seeds and epochs")
    stuck = history(np.full(300, 0.69), score=0.5)
    plateau, one = (Watching(of).findings(stuck)[0] for of in (repeated, SIGMOID))
    assert ("seeds" in plateau.message, "seeds" in one.message) == (True, False)
    few = edit_many(repeated, {"data.split.validation": 0.04})
    (small,) = Watching(few).findings(history(np.linspace(0.7, 0.05, 300)))
    assert small.code == "small_validation_set"
    assert "seeds" not in small.message, "it is about the data"


def test_what_hovers_about_a_threshold_does_not_flicker() -> None:
    factor = 100.0 * 2.0 ** np.sin(np.arange(400))
    error = np.stack([1.0 / factor, *np.ones((3, 400))], 1)
    seen = history(np.full(400, 0.69), score=0.5, probes={"error": error})
    found = [codes for _, codes in Watching().over(seen)]
    assert sum(one != other for one, other in pairwise(found)) <= 1


def test_what_is_said_follows_from_what_is_shown() -> None:
    one, other = Watching(), Watching()
    seen = vanishing(300, until=150)
    assert one.over(seen) == other.over(seen)
    one.diagnostician.reset()
    other = Watching()
    assert one.over(seen) == other.over(seen)


def test_a_whole_history_at_once_says_what_many_looks_say() -> None:
    for seen in (vanishing(120), vanishing(300, until=150), history(np.linspace(0.7, 0.1, 200))):
        whole = [finding.code for finding in diagnose(SIGMOID, 0, Watching().points, snapshot(seen))]
        assert whole == Watching().over(seen)[-1][1]


def test_rows_may_be_far_apart() -> None:
    """As in a window, where many epochs pass between two looks."""
    seen = history(np.full(60, 0.69), score=0.5, probes={"error": [1e-5, 0.1, 0.5, 1.0]}, every=17)
    assert Watching().over(seen)[-1][1] == ["vanishing_gradient"]


def test_a_lane_that_starts_again_starts_without_findings() -> None:
    watching = Watching()
    assert watching.over(vanishing(60))[-1][1] == ["vanishing_gradient"]
    assert watching.look(first(vanishing(60), 10)) == []


def test_an_edit_of_the_lane_takes_findings_back_at_once() -> None:
    watching, seen = Watching(), vanishing(200)
    assert watching.over(first(seen, 100))[-1][1] == ["vanishing_gradient"]
    watching.experiment = edit_many(watching.experiment, {"lanes.0.training.learning_rate": 0.1})
    assert watching.look(first(seen, 110)) == []
    after = dict(watching.over(seen, start=120))
    assert after[130] == []
    assert after[200] == ["vanishing_gradient"]


def test_what_was_before_an_edit_is_no_evidence_for_after_it() -> None:
    watching, seen = Watching(), vanishing(300, until=100)
    watching.over(first(seen, 100))
    watching.experiment = edit_many(watching.experiment, {"lanes.0.training.learning_rate": 0.1})
    assert not any(found for _, found in watching.over(seen, start=100))


def test_moved_points_take_findings_back_at_once() -> None:
    """An empty sheet has nothing wrong with it, whatever was found before."""
    watching, seen = Watching(), vanishing(300)
    assert watching.over(first(seen, 100))[-1][1] == ["vanishing_gradient"]
    points = watching.points[1:]
    watching.experiment = edit_many(watching.experiment, {"data.points": points})
    watching.points = points
    after = dict(watching.over(seen, start=100, step=10))
    assert after[100] == after[110] == []
    assert after[200] == ["vanishing_gradient"]


def test_what_is_found_does_not_depend_on_when_it_is_looked_at() -> None:
    """However many epochs come at once, findings come and go at the same epochs."""
    seen = vanishing(900, until=400)
    every = dict(Watching().over(seen, start=1, step=1))
    for step in (7, 50, 333):
        for rows, found in Watching().over(seen, start=step, step=step):
            assert found == every[rows], (step, rows)


def test_after_an_edit_late_in_a_run_findings_come_as_soon_as_at_its_start() -> None:
    watching, seen = Watching(), vanishing(5200)
    watching.look(first(seen, 5001))
    watching.experiment = edit_many(watching.experiment, {"lanes.0.training.learning_rate": 0.1})
    found = [rows for rows, codes in watching.over(seen, start=5001, step=1) if codes]
    early = [rows for rows, codes in Watching().over(seen, start=1, step=1) if codes]
    assert found[0] - 5001 == early[0] - 1


def unsettled(epochs: int) -> HistoryView:
    """All is well for 10,000 epochs; after an edit the loss jumps for so many, then all is well again."""
    jumps = 0.7 + 0.1 * np.resize([1.0, -1.0], epochs)
    rest = 2000 - epochs
    score = np.concatenate([np.full(10_001, 1.0), np.full(epochs, 0.55), np.full(rest, 1.0)])
    return history(np.concatenate([np.full(10_001, 0.05), jumps, np.full(rest, 0.1)]), score=score)


LATE = EditMark(10_000, 100_000, "dropout 0 → 0.5", "setting", 1)


def found_after(seen: HistoryView, step: int = 10) -> list[tuple[int, list[str]]]:
    """What is found so many epochs after the late edit."""
    watching = Watching(circle())
    shown = ((rows, watching.show(first(seen, rows), [LATE])) for rows in range(10_011, len(seen) + 1, step))
    return [(rows - 10_001, codes) for rows, codes in shown if codes]


def test_a_loss_that_settles_after_a_late_edit_is_no_rate_that_is_too_high() -> None:
    assert found_after(unsettled(900)) == []


def test_a_loss_that_goes_on_jumping_after_a_late_edit_is_found_once_it_could_have_settled() -> None:
    epochs, codes = found_after(unsettled(2000))[0]
    assert codes == ["learning_rate_too_high"]
    assert 1000 <= epochs <= 1300


@pytest.mark.parametrize("code", ["learning_rate_too_high", "plateau", "underfitting"])
def test_rules_about_the_shape_of_the_loss_wait_for_a_tenth_of_the_epochs_before_an_edit(code: str) -> None:
    for since, rows, ripe in ((10_000, 999, False), (10_000, 1000, True), (60, 200, True), (-1, 200, True)):
        seen = history(np.full(max(since, 0) + rows + 1, 0.5))
        assert RULES[code].ripe(replace(case(circle(), seen), since=since)) is ripe


@pytest.mark.parametrize("worse", [0.6, 1.7, 1e6, np.inf])
def test_overfitting_stays_when_a_change_makes_it_worse(worse: float) -> None:
    """The best from before the change counts, so that a larger loss is no new beginning."""
    rising = np.concatenate([np.linspace(0.7, 0.2, 60), np.linspace(0.2, 0.5, 140)])
    seen = history(np.linspace(0.7, 0.05, 300), np.concatenate([rising, np.full(100, worse)]), 1.0, 0.85)
    watching = Watching(circle())
    assert watching.over(first(seen, 200))[-1][1] == ["overfitting"]
    watching.experiment = edit_many(watching.experiment, {"lanes.0.regularization.dropout.rate": 0.5})
    assert watching.over(seen, start=200)[-1][1] == ["overfitting"]


def test_overfitting_goes_when_a_change_brings_the_loss_back_to_its_best() -> None:
    rising = np.concatenate([np.linspace(0.7, 0.2, 60), np.linspace(0.2, 0.5, 140)])
    seen = history(np.linspace(0.7, 0.05, 300), np.concatenate([rising, np.full(100, 0.19)]), 1.0, 0.85)
    watching = Watching(circle())
    watching.over(first(seen, 200))
    watching.experiment = edit_many(watching.experiment, {"lanes.0.regularization.l2": 0.01})
    assert not any(found for _, found in watching.over(seen, start=200))


def test_losses_of_other_data_are_not_compared() -> None:
    rising = np.concatenate([np.linspace(0.7, 0.2, 200), np.full(100, 0.5)])
    seen = history(np.linspace(0.7, 0.05, 300), rising, 1.0, 0.85)
    watching = Watching(circle())
    watching.over(first(seen, 200))
    watching.points = watching.points[1:]
    watching.experiment = edit_many(watching.experiment, {"data.points": watching.points})
    assert not any(found for _, found in watching.over(seen, start=200))


@pytest.mark.parametrize(
    ("first_best", "title", "numbers"),
    [
        ((1.5, 0.1), "Overfitting since epoch 99", "up 400 % from its best"),
        ((1.5, 0.4), "Overfitting since epoch 101", "up 66 % from its best"),
        ((0.01, 0.1), None, ""),
    ],
    ids=["best at the edit", "best since", "training points, too, fitted best at the edit"],
)
def test_what_there_was_when_points_were_moved_is_compared_too(
    first_best: tuple[float, float], title: str | None, numbers: str
) -> None:
    """After epoch 99, with losses of training and validation on the new points that no row tells."""
    losses = np.concatenate([np.full(100, 0.05), np.linspace(0.3, 0.5, 100), np.full(100, 0.5)])
    losses[100] = 0.31
    training = np.concatenate([np.full(100, 0.02), np.linspace(0.7, 0.05, 200)])
    loss = (*first_best, float("nan"))
    marks = (EditMark(99, 990, "points moved", "data", 1),)
    shown = replace(
        snapshot(history(training, losses, 1.0, 0.85)), marks=marks, first_best=Best(99, 990, loss)
    )
    found = diagnose(circle(), 0, resolve_points(circle().data), shown)
    assert [one.title for one in found if one.code == "overfitting"] == ([] if title is None else [title])
    assert numbers in "".join(one.numbers for one in found)


def dragged_data(edits: range, rate_at: int | None = None) -> list[EditMark]:
    """The marks of points that were moved in one gesture, after each of these epochs, and of another rate later."""
    moved = EditMark(edits[0], 10, "1 point moved", "data", 1, lasted=edits[-1] - edits[0])
    return [moved, *([] if rate_at is None else [EditMark(rate_at, 20, "learning rate", "setting", 2)])]


def test_a_drag_of_points_makes_no_losses_incomparable_that_came_after_it() -> None:
    """Best at 200, dragged from 50 to 90: the best is of the present data, whatever setting is edited then."""
    losses = np.concatenate([np.linspace(0.7, 0.2, 200), np.full(200, 0.5)])
    seen = history(np.linspace(0.7, 0.05, 400), losses, 1.0, 0.85)
    watching = Watching(circle())
    for epoch in range(50, 91, 10):
        watching.points = watching.points[1:]
        watching.experiment = edit_many(watching.experiment, {"data.points": watching.points})
        watching.show(first(seen, epoch + 2), dragged_data(range(50, epoch + 1)))
    drag = range(50, 91)
    assert watching.show(first(seen, 300), dragged_data(drag)) == ["overfitting"]
    watching.experiment = edit_many(watching.experiment, {"lanes.0.training.learning_rate": 0.001})
    assert watching.show(first(seen, 302), dragged_data(drag, 300)) == []
    assert watching.show(seen, dragged_data(drag, 300)) == ["overfitting"]


def test_a_drag_of_points_makes_all_losses_incomparable_up_to_its_end() -> None:
    """Also for whoever comes late and knows of it from the marks alone: what was best at 70 was so on other data."""
    losses = np.concatenate([np.linspace(0.7, 0.2, 71), np.full(229, 0.5)])
    seen = history(np.linspace(0.7, 0.05, 300), losses, 1.0, 0.85)
    assert Watching(circle()).show(seen, dragged_data(range(50, 91))) == []
    assert Watching(circle()).show(seen, dragged_data(range(50, 61))) == ["overfitting"]


def test_what_was_trained_during_a_drag_is_no_evidence() -> None:
    """Nothing was learned from 50 to 140, while a rate was being dragged; then all was well."""
    marks = [EditMark(50, 500, "learning rate 0.003 → 0.1", "setting", 1, lasted=90)]
    shown = [Watching().show(first(vanishing(300, until=140), rows), marks) for rows in range(142, 300, 4)]
    assert shown == [[]] * len(shown)


def test_losses_of_another_loss_are_not_compared_by_whoever_comes_late() -> None:
    losses = np.concatenate([np.linspace(0.7, 0.2, 100), np.full(200, 0.5)])
    seen = history(np.linspace(0.7, 0.05, 300), losses, 1.0, 0.85)
    for another, found in ((True, []), (False, ["overfitting"])):
        mark = EditMark(120, 1200, "words", "setting", 1, loss_changed=another)
        assert Watching(circle()).show(seen, [mark]) == found


def test_divergence_is_found_at_once_and_taken_back_when_the_lane_goes_on() -> None:
    watching = Watching()
    seen = history(np.linspace(0.7, 0.1, 100))
    assert watching.look(first(seen, 60)) == []
    assert watching.look(first(seen, 61), DIVERGED) == ["divergence"]
    assert watching.look(first(seen, 61), DIVERGED) == ["divergence"]
    assert watching.look(first(seen, 62)) == []


def test_a_lane_that_diverges_in_its_first_epoch_is_diagnosed() -> None:
    probes = {"error": [64.0, 16.0, 4.0, 1.0], "weight_gradient": 5000.0}
    assert Watching().look(history([44.0], probes=probes), DIVERGED) == ["exploding_gradient"]


@pytest.mark.parametrize(
    ("stop", "found"), [(Stop("early_stopping", 60, 40, "why"), []), (DIVERGED, ["divergence"])]
)
@pytest.mark.parametrize("kind", ["setting", "data", "restore"])
def test_a_lane_that_ended_and_was_edited_after_the_same_epoch(
    stop: Stop, found: list[str], kind: MarkKind
) -> None:
    """Of what it has been since, no epoch has been measured: all that is known is that it ended."""
    settings = lane(regularization__early_stopping={"patience": 2})
    seen = history(np.linspace(0.7, 0.6, 61), score=0.5)
    edited = replace(snapshot(seen, stop), marks=(EditMark(60, 600, "words", kind),))
    findings = diagnose(settings, 0, resolve_points(settings.data), edited)
    assert [finding.code for finding in findings] == found


def test_a_cause_is_told_in_place_of_what_follows_from_it() -> None:
    """A saturated network has no gradient either."""
    probes = {"error": [1e-5, 0.1, 0.5, 1.0], "saturated": [0.9, 0.95, 0.1, np.nan]}
    seen = history(np.full(100, 0.69), score=0.5, probes=probes)
    assert Watching().over(seen)[-1][1] == ["saturation"]


def test_a_lane_without_points_or_rows_says_nothing() -> None:
    empty = circle(data__points=resolve_points(circle().data)[:0])
    unknown = history(np.full(50, np.nan), score=np.nan, probes={"weight_gradient": np.nan, "error": np.nan})
    assert Watching(empty).over(unknown)[-1][1] == []
    assert Watching().look(first(unknown, 1)) == []


def test_validation_points_that_come_late_are_no_overfitting() -> None:
    validation = np.where(np.arange(200) < 100, np.nan, 0.6)
    seen = history(np.linspace(0.7, 0.05, 200), validation, 1.0, 0.6)
    assert Watching().over(seen)[-1][1] == []


@pytest.mark.parametrize("target", [0.0, 3.0])
def test_targets_that_are_all_the_same_do_no_harm(target: float) -> None:
    points = Points(np.random.default_rng(0).uniform(-5, 5, (40, 2)), np.full(40, target), None)
    settings = edit_many(switch_generator(default_experiment(), "bumps"), {"data.points": points})
    seen = history(np.full(100, 0.0), score=np.nan)
    assert Watching(settings).over(seen)[-1][1] == []
    assert case(settings, seen).baseline > 0


def test_an_end_with_other_settings_than_now_is_no_evidence() -> None:
    """Also where the edit came before anybody had looked at the end: at its rate the loss was never infinite."""
    seen, calmer = vanishing(60), edit_many(SIGMOID, {"lanes.0.training.learning_rate": 1e-4})
    words = "learning rate 0.003 → 0.0001"
    for order, codes in ((4, ["divergence"]), (6, [])):
        watching = Watching(calmer)
        watching.look(first(seen, 10))
        mark = EditMark(5, 50, words, "setting", order=order)
        ended = replace(snapshot(seen, replace(DIVERGED, order=5)), marks=(mark,))
        found = watching.diagnostician.look(calmer, 0, watching.points, ended)
        assert [finding.code for finding in found if finding.code == "divergence"] == codes
