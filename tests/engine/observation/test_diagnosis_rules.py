"""Each rule on made-up histories: what it finds, with which numbers, when it begins and when it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.texts import setting_text
from engine.experiment import Experiment, Points, default_experiment, edit_many, switch_generator
from engine.observation import HistoryView, Stop
from engine.observation.diagnosis import RULES, Case, DataFacts, cures
from engine.observation.diagnosis.rules.phrases import number
from engine.observation.snapshot import StopOfSeeds
from tests.engine.observation import made_up
from tests.engine.observation.made_up import case, circle, history, lane

ROWS = 200
FLAT = np.full(ROWS, 0.69)
FALLING = np.linspace(0.7, 0.05, ROWS)
DIVERGED = Stop("divergence", 3, None, "the loss is no longer finite")
EARLY = Stop("early_stopping", 30, 28, "patience")


@dataclass(frozen=True)
class Situation:
    """``seen(strength)`` at ``sick`` has a finding whose message has all the ``words``; ``between`` is enough for one
    that stands, not for a new one; at ``well`` there is none.
    """

    code: str
    seen: Callable[[float], Case]
    sick: float
    between: float
    well: float
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.code


def _of(experiment: Experiment, seen: Callable[[float], HistoryView], stop: Stop | None = None):
    return lambda strength: case(experiment, seen(strength), stop)


def _rising(strength: float) -> HistoryView:
    """Validation loss that falls to 0.2 at epoch 50 and then rises to ``strength``."""
    validation = np.concatenate([np.linspace(0.7, 0.2, 50), [0.19], np.linspace(0.2, strength, ROWS - 51)])
    return history(FALLING, validation, 1.0, 0.85)


def _jumping(size: float) -> HistoryView:
    return history(0.7 + size * np.resize([0.5, -0.5], ROWS), score=0.5)


def _probe(key: str, fill: Callable[[float], list[float]]) -> Callable[[float], HistoryView]:
    return lambda strength: history(FLAT, score=0.53, probes={key: fill(strength)})


def _died(share: float) -> HistoryView:
    """So many neurons of layer 3 are dead from row 20 on."""
    dead = np.zeros((ROWS, 4))
    dead[20:, 2] = share
    return history(FLAT, score=0.53, probes={"dead": dead})


def _small_set(count: float) -> Case:
    """Of 200 points, ``count`` are for validation."""
    settings = circle(data__split__validation=count / 200.0, data__split__test=0.0)
    return case(settings, history(FALLING))


def _rare(count: float) -> Case:
    points = made_up.classes({0: 200, 1: int(count)})
    share = 200 / (200 + count)
    return case(circle(data__points=points), history(np.full(ROWS, 0.3), score=share))


def _shrunk(share: float) -> HistoryView:
    norms = np.full((ROWS, 4), 2.0)
    norms[20:, 1] = 2.0 * share
    return history(FLAT, score=0.53, probes={"weight_norm": norms})


def _ended(fall: float) -> HistoryView:
    return history(np.linspace(0.69, 0.69 - 3 * fall, 31), score=0.6)


SIGMOID = lane(network__activation="sigmoid")
RELU = lane(network__activation="relu")
LINEAR = lane(network__hidden=())
STOPPING = lane(regularization__early_stopping={"patience": 2})
STRONG_L2 = lane(regularization__l2=0.5)

SITUATIONS = (
    Situation("overfitting", _of(circle(), _rising), 0.45, 0.27, 0.21, ("since epoch 50", "epoch 199", "0.450")),
    Situation(
        "vanishing_gradient",
        _of(SIGMOID, _probe("error", lambda factor: [0.5 / factor, 0.3, 0.4, 0.5])),
        1234.0, 50.0, 10.0, ("in layer 1", "1,200 times smaller", "53 %"),
    ),
    Situation(
        "saturation",
        _of(SIGMOID, _probe("saturated", lambda share: [0.1, share, 0.2, np.nan])),
        0.9, 0.7, 0.5, ("in layer 2", "90 %", "Sigmoid"),
    ),
    Situation(
        "dead_units",
        _of(RELU, _died),
        0.88, 0.6, 0.4, ("in layer 3", "88 %"),
    ),
    Situation(
        "exploding_gradient",
        _of(RELU, lambda size: history(FLAT, score=0.5, probes={
            "error": [27.0, 9.0, 3.0, 1.0], "weight_gradient": [size, 1.0, 1.0, 1.0]})),
        500.0, 60.0, 10.0, ("by about 3 ", "layer 1", "500"),
    ),
    Situation("learning_rate_too_high", _of(circle(), _jumping), 0.2, 0.05, 0.01, ("0.003", "between 0.600 and 0.800")),
    Situation(
        "learning_rate_too_low",
        _of(circle(), _probe("update_ratio", lambda ratio: [ratio, 1e-7, 1e-7, ratio / 2])),
        1e-6, 3e-4, 1e-3, ("1.0e-6", "did not fall: it was 0.690 at epoch 0 and 0.690 at epoch 199"),
    ),
    Situation(
        "plateau",
        _of(circle(), lambda slope: history(0.69 - slope * np.linspace(0, 1, ROWS), score=0.53)),
        0.001, 0.02, 0.2, ("0.689 at epoch 199", "53 %", "96 %"),
    ),
    Situation(
        "underfitting",
        _of(LINEAR, lambda slope: history(0.69 - slope * np.linspace(0, 1, ROWS), score=0.5, layers=1)),
        0.001, 0.05, 0.3, ("50 %", "96 %", "straight lines"),
    ),
    Situation("over_regularized", _of(STRONG_L2, _shrunk), 0.1, 0.4, 0.8, ("λ₂ = 0.5", "layer 2 to 10 %")),
    Situation("small_validation_set", _small_set, 8, 14, 40, ("8 of 200 points",)),
    Situation("class_imbalance", _rare, 10, 25, 60, ("Class 2", "5 %", "95 %")),
)  # fmt: skip


@given(st.integers(0, 10_000), st.floats(0.0, 0.05), st.integers(ROWS - 60, ROWS))
def test_overfitting_tells_a_row_of_the_plot_that_shows_it(seed: int, noise: float, rows: int) -> None:
    """However much losses jump from epoch to epoch: higher than the best by what is said, and lower in training."""
    numbers, smoothly = np.random.default_rng(seed), _rising(0.6).head(rows)
    loss = smoothly.loss * np.exp(noise * numbers.standard_normal(smoothly.loss.shape))
    words = RULES["overfitting"].look(case(circle(), replace(smoothly, loss=loss)))
    assert words is not None
    best = int(words.title.removeprefix("Overfitting since epoch ").replace(",", ""))
    told = re.fullmatch(
        r"At epoch (\d+) the validation loss was (\S+), up (\d+)\s% from its best, while the training loss fell to "
        r"(\S+)\.",
        words.numbers,
    )
    assert told is not None, words.numbers
    training, validation = loss[int(told[1]), :2]
    assert (told[2], told[4]) == (number(validation), number(training))
    assert loss[best, 1] == loss[:, 1].min() < validation
    assert told[3] == f"{100 * (validation / loss[best, 1] - 1):.0f}"
    assert training < np.median(loss[best - 3 : best + 4, 0])
    assert rows - int(told[1]) <= 7, "of now, or of a moment ago"


PREMATURE = Situation("premature_stop", _of(STOPPING, _ended, EARLY), 0.1, 0.1, 0.0, ())
OF_EPOCHS = {"plateau", "underfitting", "learning_rate_too_low", "premature_stop"}
OF_MEDIANS = {
    "vanishing_gradient",
    "exploding_gradient",
    "saturation",
    "dead_units",
    "over_regularized",
    "class_imbalance",
}


@pytest.mark.parametrize("situation", [*SITUATIONS, PREMATURE], ids=str)
def test_numbers_are_of_an_epoch_that_is_named_or_medians_of_epochs_that_are(situation: Situation) -> None:
    """So that they can be found in the plots, which may have gone on meanwhile."""
    seen = situation.seen(situation.sick)
    words = RULES[situation.code].look(seen)
    assert words is not None
    pairs = re.findall(r"(\S+) at epoch (\d+) (?:to|and) (\S+) at epoch (\d+)", words.numbers)
    assert bool(pairs) == (situation.code in OF_EPOCHS)
    for first, start, last, end in pairs:
        assert (first, last) == tuple(number(seen.history.loss[int(epoch), 0]) for epoch in (start, end))
        fell = seen.history.loss[int(end), 0] < seen.history.loss[int(start), 0] and first != last
        said = [part for part in ("fell only from", "did not fall") if part in words.numbers]
        assert said in ([], ["fell only from" if fell else "did not fall"])
    medians = re.search(r"Medians of epochs (\d+) to (\d+)\.", words.numbers)
    assert medians is not None or situation.code not in OF_MEDIANS
    if medians is not None:
        assert int(medians[1]) == seen.epoch[seen.recent][0]
        assert int(medians[2]) == seen.last_epoch


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_a_rule_begins_ends_and_states_its_numbers(situation: Situation) -> None:
    look = RULES[situation.code].look
    words = look(situation.seen(situation.sick))
    assert words is not None
    for part in situation.words:
        assert part in f"{words.title}. {words.numbers}"
    between = situation.seen(situation.between)
    assert look(between) is None
    assert look(between.as_found(True)) is not None
    assert look(situation.seen(situation.well).as_found(True)) is None


def test_no_rule_finds_anything_in_a_healthy_network() -> None:
    """A falling loss, good scores, calm probes."""
    seen = case(circle(), history(FALLING))
    assert [code for code, rule in RULES.items() if rule.look(seen)] == []


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_a_rule_waits_until_there_is_enough_to_see(situation: Situation) -> None:
    rule, sick = RULES[situation.code], situation.seen(situation.sick)
    early = case(sick.experiment, made_up.first(sick.history, min(rule.epochs, ROWS // 2)))
    assert rule.epochs >= 10
    assert not rule.ripe(early)
    assert rule.ripe(sick)


CODES = (
    "underfitting overfitting vanishing_gradient exploding_gradient divergence saturation dead_units "
    "learning_rate_too_high learning_rate_too_low plateau small_validation_set class_imbalance over_regularized "
    "premature_stop"
)


def test_all_codes_are_there_and_in_order_of_their_severity() -> None:
    assert sorted(RULES) == sorted(CODES.split())
    order = {"error": 0, "warning": 1, "hint": 2}
    assert all(order[one.severity] <= order[other.severity] for one, other in pairwise(RULES.values()))
    assert all(rule.yields_to <= RULES.keys() and rule.code not in rule.yields_to for rule in RULES.values())


def test_divergence_names_the_epoch_and_the_last_loss() -> None:
    seen = case(circle(), history([0.7, 12345.0]), DIVERGED)
    words = RULES["divergence"].look(seen)
    assert words is not None
    assert words.title == "Diverged in epoch 3"
    assert "it was 12,345 at epoch 1" in words.numbers
    assert RULES["divergence"].look(case(circle(), history([0.7, 0.5]))) is None
    assert RULES["divergence"].look(case(circle(), history([0.7, 0.5]), EARLY)) is None


def test_an_end_of_several_seeds_says_how_many_of_them_it_is_of() -> None:
    lost = StopOfSeeds("divergence", 9, None, "3 of 5 seeds diverged in epochs 4 to 9", seeds="3 of 5 seeds")
    of_five = lane(repeats=5)
    found = RULES["divergence"].look(case(of_five, history([0.7, 0.6, 0.5]), lost))
    assert found is not None
    assert found.title == "3 of 5 seeds diverged"
    assert "3 of 5 seeds diverged in epochs 4 to 9" in found.numbers
    assert "The median over all seeds was 0.500 at epoch 2." in found.numbers
    seen = case(of_five, history(FALLING), None)
    assert re.search(r"Medians over 5 seeds and epochs [0-9]+ to 199", seen.medians)


def test_gradients_that_exploded_are_found_in_the_last_row_of_a_lane_that_diverged() -> None:
    probes = {"error": [64.0, 16.0, 4.0, 1.0], "weight_gradient": [1.0, 5000.0, 1.0, 1.0]}
    words = RULES["exploding_gradient"].look(case(RELU, history([44.0], probes=probes), DIVERGED))
    assert words is not None
    assert "by about 4 " in words.numbers
    assert "before the first step the gradient of layer 2 has a norm of 5,000" in words.numbers
    later = case(RELU, history([44.0, 1e9], probes=probes), DIVERGED)
    assert (found := RULES["exploding_gradient"].look(later)) is not None
    assert "; after epoch 1 the gradient of layer 2" in found.numbers, "it has got worse since"
    assert RULES["exploding_gradient"].look(case(RELU, history([44.0], probes=probes))) is None


def test_overfitting_is_plain_where_it_lasts() -> None:
    """Validation at twice its best for long, while training falls: found though the rise is small beside the baseline,
    and not after a few epochs of it, nor where the loss is next to nothing.
    """

    def seen(rise: float, epochs: int, best: float = 0.05) -> Case:
        validation = np.concatenate(
            [np.linspace(0.6, best, 90), np.full(10, best), np.full(epochs, best + rise)]
        )
        return case(circle(), history(np.geomspace(0.7, 1e-4, 100 + epochs), validation, 0.99, 0.98))

    look = RULES["overfitting"].look
    words = look(seen(0.06, 300))
    assert words is not None
    assert (words.title, words.numbers.split(",")[1]) == (
        "Overfitting since epoch 89",
        " up 120 % from its best",
    )
    assert look(seen(0.06, 90)) is None
    assert look(seen(0.01, 300, 0.005)) is None
    assert look(seen(0.06, 300, 0.3)) is None, "a fifth of its best is within what comes and goes"
    assert look(seen(0.03, 300).as_found(True)) is not None


def test_the_last_layer_is_called_as_plots_call_it() -> None:
    probes = {"error": [64.0, 16.0, 4.0, 1.0], "weight_gradient": [1.0, 1.0, 1.0, 5000.0]}
    words = RULES["exploding_gradient"].look(case(RELU, history([44.0], probes=probes), DIVERGED))
    assert words is not None
    assert "the gradient of the output layer has a norm of 5,000" in words.numbers
    shrunk = history(
        FLAT, score=0.5, probes={"weight_norm": np.linspace([2.0] * 4, [2.0, 2.0, 2.0, 0.1], ROWS)}
    )
    held = RULES["over_regularized"].look(case(STRONG_L2, shrunk))
    assert held is not None
    assert "weights of the output layer to" in held.numbers


def test_numbers_are_those_of_the_legends() -> None:
    assert [number(value) for value in (1.1e-8, 2.1, 0.85, 13268.0, np.inf, -0.52)] == [
        "1.1e-8", "2.10", "0.850", "13,268", "∞", "−0.520",
    ]  # fmt: skip
    curve = case(switch_generator(default_experiment(), "sine"), history([0.5]))
    assert curve.as_score(-0.52) == "−0.52"


def test_an_early_stop_is_premature_when_the_loss_still_fell_and_patience_was_short() -> None:
    look = RULES["premature_stop"].look
    words = look(case(STOPPING, _ended(0.1), EARLY))
    assert words is not None
    assert words.title == "Stopped at epoch 30, perhaps too early"
    assert "patience 2" in words.numbers
    assert "0.490 at epoch 20 to 0.390" in words.numbers
    assert look(case(STOPPING, _ended(0.001), EARLY)) is None
    assert look(case(STOPPING, _ended(0.1))) is None
    patient = lane(regularization__early_stopping={"patience": 50})
    assert look(case(patient, _ended(0.1), EARLY)) is None
    good = history(np.linspace(0.69, 0.39, 31), score=0.96)
    assert look(case(STOPPING, good, EARLY)) is None


def test_early_stopping_takes_care_of_overfitting() -> None:
    settings = lane(regularization__early_stopping={"patience": 300})
    assert RULES["overfitting"].look(case(settings, _rising(0.5))) is None


@pytest.mark.parametrize(("end", "found"), [(0.22, False), (0.4, True)])
def test_a_loss_that_rises_while_answers_stay_good_is_overfitting_only_when_it_rises_far(
    end: float, found: bool
) -> None:
    validation = np.concatenate([np.linspace(0.7, 0.1, 50), np.linspace(0.1, end, ROWS - 50)])
    seen = case(circle(), history(FALLING, validation, 0.99, 0.98))
    assert (RULES["overfitting"].look(seen) is not None) == found


def test_without_validation_points_there_is_no_overfitting_to_see() -> None:
    settings = circle(data__split__validation=0.0)
    assert RULES["overfitting"].look(case(settings, history(FALLING, np.nan, 1.0, np.nan))) is None


def test_noisy_data_are_no_reason_to_call_a_network_bad() -> None:
    """What the neighbours cannot tell either is not asked of a network."""
    settings = circle(data__generator__noise=1.0)
    seen = case(settings, history(FLAT, score=0.6))
    assert seen.data.reachable < 0.4
    for code in ("underfitting", "plateau", "vanishing_gradient", "learning_rate_too_low"):
        assert RULES[code].look(seen) is None


def test_an_exploding_gradient_is_no_rate_that_is_too_low() -> None:
    assert {"divergence", "exploding_gradient"} <= RULES["learning_rate_too_low"].yields_to


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({0: (40, 2, 2), 1: (1, 1, 0)}, "where it lies"),
        ({0: (40, 2, 2), 1: (1, 1, 0), 3: (1, 1, 0)}, "where they lie"),
    ],
)
def test_one_class_lies_and_several_lie(counts: dict[int, tuple[int, int, int]], words: str) -> None:
    found = RULES["class_imbalance"].look(case(_dealt(counts), history(FALLING)))
    assert found is not None
    assert found.numbers.endswith(f"That is too few to show {words}.")


@pytest.mark.parametrize(("end", "found"), [(0.69, True), (0.72, True), (0.77, False), (1e6, False)])
def test_a_rate_at_which_the_loss_has_risen_is_not_too_low(end: float, found: bool) -> None:
    """Steps are small beside weights that a rate too high has made large."""
    training = np.concatenate([np.geomspace(0.69, end, 20), np.full(ROWS - 20, end)])
    seen = case(circle(), history(training, score=0.5, probes={"update_ratio": 1e-6}))
    assert (RULES["learning_rate_too_low"].look(seen) is not None) == found


def test_zero_errors_are_called_zero() -> None:
    probes = {"error": [0.0, 0.0, 0.0, 0.5]}
    words = RULES["vanishing_gradient"].look(case(SIGMOID, history(FLAT, score=0.53, probes=probes)))
    assert words is not None
    assert "is exactly 0" in words.numbers


def test_zero_errors_behind_relu_are_dead_neurons() -> None:
    """Each is 0 for all points that still have an error, though some are not 0 for points that have none."""
    probes = {"error": [0.0, 0.0, 0.3, 0.5], "dead": [0.1, 0.5, 0.0, np.nan]}
    words = RULES["dead_units"].look(case(RELU, history(FLAT, score=0.53, probes=probes)))
    assert words is not None
    assert words.title == "Dead neurons in layer 2"
    assert "every training point that still has an error" in words.numbers


def test_neurons_that_were_at_zero_from_the_start_are_not_what_is_wrong() -> None:
    seen = history(FLAT, score=0.53, probes={"dead": [0.1, 0.8, 0.0, np.nan]})
    assert RULES["dead_units"].look(case(RELU, seen)) is None


@pytest.mark.parametrize("middle", [1e-5, 0.5])
def test_the_layer_near_the_input_is_named_whatever_lies_between(middle: float) -> None:
    probes = {"error": [1e-4, middle, 0.3, 0.5]}
    words = RULES["vanishing_gradient"].look(case(SIGMOID, history(FLAT, score=0.53, probes=probes)))
    assert words is not None
    assert words.title == "Vanishing gradient in layer 1"
    assert "5,000 times smaller" in words.numbers


EVER_WORSE = {
    "overfitting": (0.45, 1e3, 1e30), "vanishing_gradient": (1e3, 1e12, 1e300), "saturation": (0.85, 1.0),
    "dead_units": (0.8, 1.0), "exploding_gradient": (500.0, 1e20, np.inf), "learning_rate_too_high": (0.2, 0.7, 1.3),
    "learning_rate_too_low": (1e-5, 1e-12, 0.0), "over_regularized": (0.2, 1e-44, 0.0),
    "small_validation_set": (8, 1), "class_imbalance": (10, 3),
}  # fmt: skip


@pytest.mark.parametrize("situation", [one for one in SITUATIONS if one.code in EVER_WORSE], ids=str)
def test_a_finding_does_not_go_because_its_number_got_worse(situation: Situation) -> None:
    for strength in EVER_WORSE[situation.code]:
        assert RULES[situation.code].look(situation.seen(strength)) is not None, strength


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"training__optimizer": {"name": "adamw", "weight_decay": 10.0}}, "AdamW's decay of 10"),
        ({"regularization__weight_decay": 10.0}, "Weight decay with 10"),
        ({"regularization__l1": 10.0}, "λ₁ = 10"),
        ({"regularization__l2": 10.0}, "λ₂ = 10"),
    ],
)
def test_whatever_shrinks_weights_to_nothing_is_named(changes: dict[str, object], word: str) -> None:
    settings = lane(**changes)
    words = RULES["over_regularized"].look(case(settings, _shrunk(1e-44)))
    assert words is not None
    assert word in words.numbers
    (cure,) = [c for c in RULES["over_regularized"].cures(case(settings, _shrunk(1e-44))) if c]
    assert cure.applies(settings, 0)


def test_what_has_been_learned_is_no_jumping_about() -> None:
    """A loss that went down to where it jumps on a low level, or answers that are right all the same."""
    low = np.concatenate([np.linspace(16.0, 0.1, 50), 0.1 + 0.08 * np.resize([1.0, -1.0], ROWS - 50)])
    assert RULES["learning_rate_too_high"].look(case(circle(), history(low, score=0.6))) is None
    right = history(0.5 + 0.2 * np.resize([1.0, -1.0], ROWS), score=0.95)
    assert RULES["learning_rate_too_high"].look(case(circle(), right)) is None


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (("x1", "x2"), "can only draw straight lines"),
        (("x1", "x2", "x1_squared", "x2_squared"), "can only add up its inputs"),
    ],
)
def test_straight_lines_are_blamed_where_inputs_are_straight(features: tuple[str, ...], words: str) -> None:
    settings = lane(network__hidden=(), network__features=features)
    found = RULES["underfitting"].look(case(settings, history(FLAT, score=0.5, layers=1)))
    assert found is not None
    assert words in found.numbers


@pytest.mark.parametrize("declared", [2, 10])
@pytest.mark.parametrize(
    ("loss", "best"),
    [("cross_entropy", -(0.88 * np.log(0.88) + 0.12 * np.log(0.12))), ("squared", 1 - 0.88**2 - 0.12**2)],
)
def test_the_baseline_is_of_the_shares_of_classes_not_of_their_number(
    declared: int, loss: str, best: float
) -> None:
    points = made_up.classes({0: 88, 1: 12})
    settings = circle(data__classes=declared, data__points=points, lanes__0__training__loss=loss)
    assert case(settings, history(FLAT)).baseline == pytest.approx(best)


def test_the_baseline_of_playgrounds_loss_is_half_the_variance_of_its_labels() -> None:
    points = made_up.classes({0: 88, 1: 12})
    settings = circle(data__points=points, lanes__0__training__loss="playground")
    labels = np.repeat([1.0, -1.0], [88, 12])
    assert case(settings, history(FLAT)).baseline == pytest.approx(0.5 * labels.var())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dropout__rate": 0.9, "dropout__layers": "all"}, "dropout ignores 90 % of the neurons"),
        ({"dropout__rates": (0.1, 0.95, 0.2)}, "dropout ignores 95 % of the neurons"),
        ({"dropout__input_rate": 0.5}, "input dropout ignores 50 % of the features"),
        ({"augmentation__rotate": 90.0}, "augmentation rotates by up to 90°"),
        ({"augmentation__shear": 1.5}, "augmentation shears by up to 1.5"),
        ({"augmentation__shift": 4.0}, "augmentation shifts by up to 4"),
        ({"augmentation__scale": 0.9}, "augmentation scales by up to 0.9"),
        ({"input_noise": 3.0}, "input noise moves the points by 3 units"),
        ({"max_norm": 0.1}, "max-norm keeps the weights of a neuron below 0.1"),
    ],
)
def test_whatever_is_too_strong_is_named(changes: dict[str, object], words: str) -> None:
    settings = lane(**{f"regularization__{path}": value for path, value in changes.items()})
    found = RULES["over_regularized"].look(case(settings, history(FLAT, score=0.53)))
    assert found is not None
    assert words in found.numbers.lower()
    assert RULES["over_regularized"].look(case(settings, history(FALLING))) is None
    assert RULES["over_regularized"].look(case(circle(), history(FLAT, score=0.53))) is None


@pytest.mark.parametrize("name", ["sine", "bumps"])
def test_regression_is_told_in_r2(name: str) -> None:
    settings = edit_many(switch_generator(default_experiment(), name), {"lanes.0.network.hidden": ()})
    seen = case(settings, history(np.full(ROWS, 5.0), score=-0.001, layers=1))
    words = RULES["underfitting"].look(seen)
    assert words is not None
    assert (
        f"training R² 0.00, where the mean of the nearest points reaches {seen.data.reachable:.2f}"
        in words.numbers
    )


def test_a_rare_class_is_called_by_its_name() -> None:
    points = made_up.classes({0: 200, 1: 10})
    settings = circle(data__points=points, data__class_names=("cats", "dogs"))
    words = RULES["class_imbalance"].look(case(settings, history(np.full(ROWS, 0.3), score=200 / 210)))
    assert words is not None
    assert words.title == "Class dogs is rare"
    assert "class cats" in words.numbers


def test_too_few_points_to_compare_with_say_nothing() -> None:
    settings = circle(data__generator__points=12)
    facts = case(settings, history(FLAT)).data
    assert np.isnan(facts.reachable)
    assert not case(settings, history(FLAT, score=0.0)).lags()


def test_an_empty_data_set_has_facts() -> None:
    points = made_up.classes({0: 1})[:0]
    facts = DataFacts.of(circle(data__points=points), points)
    assert (facts.counts, facts.class_counts) == ((0, 0, 0), (0, 0))
    assert np.isnan(facts.reachable)


def _dealt(counts: dict[int, tuple[int, int, int]]) -> Experiment:
    """Points with classes, so many of each in each split."""
    points = made_up.classes({number: sum(shares) for number, shares in counts.items()})
    split = [split for shares in counts.values() for split, count in enumerate(shares) for _ in range(count)]
    settings = edit_many(circle(), {"data.classes": 4})
    return edit_many(settings, {"data.points": Points(points.xy, points.target, split)})


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({1: (40, 20, 20)}, "All points are of class 2; there is nothing to tell apart. Draw a second class."),
        ({0: (40, 20, 20), 2: (20, 0, 8)}, "Class 3 has no validation points. Class 3 has 20 to train on and 0 for"),
        ({0: (40, 20, 20), 2: (2, 1, 0)}, "Class 3 has too few points. Class 3 has 2 to train on and 1 for"),
        ({0: (40, 20, 20), 2: (0, 1, 0)}, "Class 3 has 0 to train on and 1 for validation. What is not trained on is"),
        ({0: (40, 20, 20), 2: (9, 0, 3)}, "Class 3 has 9 to train on and 0 for validation."),
        ({0: (40, 2, 2), 1: (1, 1, 0), 3: (1, 0, 0)}, "2 classes have too few points. Class 2 has 1 to train on and 1"),
    ],
)  # fmt: skip
def test_classes_with_too_few_points_are_named(counts: dict[int, tuple[int, int, int]], words: str) -> None:
    found = RULES["class_imbalance"].look(case(_dealt(counts), history(FALLING)))
    assert found is not None
    assert words in f"{found.title}. {found.numbers}"


def test_classes_without_validation_points_are_fine_where_there_are_none_at_all() -> None:
    seen = case(_dealt({0: (20, 0, 0), 1: (20, 0, 0)}), history(FALLING))
    assert RULES["class_imbalance"].look(seen) is None


def test_a_class_that_is_not_trained_on_can_be_dealt_out_anew() -> None:
    seen = case(_dealt({0: (40, 20, 20), 2: (0, 3, 5), 3: (8, 0, 0)}), history(FALLING))
    cure = next(cure for cure in RULES["class_imbalance"].cures(seen) if cure is not None)
    after = edit_many(seen.experiment, cure.edits(0)).data.points
    assert after is not None
    counts = [after[after.target == number].counts() for number in (0, 2, 3)]
    assert counts == [(40, 20, 20), (4, 2, 2), (4, 2, 2)]
    assert (
        RULES["class_imbalance"].look(case(edit_many(seen.experiment, cure.edits(0)), history(FALLING)))
        is None
    )


@pytest.mark.parametrize("lacking", [(0, 3, 0), (8, 0, 0), (1, 0, 0)])
def test_points_are_not_repeated_where_a_class_would_lack_them_in_a_split_all_the_same(
    lacking: tuple[int, int, int],
) -> None:
    seen = case(_dealt({0: (200, 20, 20), 1: (8, 4, 0), 2: lacking}), history(FALLING))
    assert not [cure for cure in RULES["class_imbalance"].cures(seen) if cure and "Repeat" in cure.label]
    whole = case(_dealt({0: (200, 20, 20), 1: (8, 4, 0), 2: (8, 4, 0)}), history(FALLING))
    assert [cure.label for cure in RULES["class_imbalance"].cures(whole) if cure] == [
        "Repeat the rare points"
    ]


def test_a_loss_that_rises_did_not_fall() -> None:
    rising = np.linspace(0.669, 0.671, ROWS)
    seen = case(edit_many(circle(), {"lanes.0.network.hidden": ()}), history(rising, score=0.5))
    words = RULES["underfitting"].look(seen)
    assert words is not None
    assert "The training loss did not fall: it was 0.670 at epoch" in words.numbers


def test_a_class_that_is_not_trained_on_is_told_before_what_it_does_to_the_validation_loss() -> None:
    codes = list(RULES)
    assert codes.index("class_imbalance") < codes.index("overfitting")


def test_a_setting_is_written_as_legends_write_numbers() -> None:
    assert [setting_text(value) for value in (0.003, 1e-5, 1.1e-8, 0.0, 25.0)] == [
        "0.003", "1e-5", "1.1e-8", "0", "25",
    ]  # fmt: skip
    slow = lane(training__learning_rate=1e-4)
    assert cures.slower_and_restart(case(slow, history([1.0]))).label == "Restart at rate 1e-5"
