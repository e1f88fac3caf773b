"""Other hidden layers, and the settings that name layers."""

from __future__ import annotations

from typing import Any

import pytest

from engine.experiment import default_experiment, edit_many, get, switch_hidden

DROPOUT, NORMALIZATION = "lanes.0.regularization.dropout", "lanes.0.network.normalization"


@pytest.mark.parametrize(
    ("settings", "path", "expected"),
    [
        ({f"{DROPOUT}.layers": (1, 3)}, f"{DROPOUT}.layers", (1,)),
        ({f"{DROPOUT}.layers": (3,)}, f"{DROPOUT}.layers", "last"),
        ({f"{DROPOUT}.layers": "all"}, f"{DROPOUT}.layers", "all"),
        ({f"{DROPOUT}.rates": (0.1, 0.2, 0.3)}, f"{DROPOUT}.rates", (0.1, 0.2)),
        ({NORMALIZATION: {"layers": [2, 3]}}, f"{NORMALIZATION}.layers", (2,)),
        ({NORMALIZATION: {"layers": [3]}}, f"{NORMALIZATION}.layers", "all"),
    ],
)
def test_a_layer_that_goes_is_named_no_more(settings: dict[str, Any], path: str, expected: object) -> None:
    before = edit_many(default_experiment(), settings)
    after = switch_hidden(before, 0, (6, 5))
    assert after.lanes[0].network.hidden == (6, 5)
    assert get(after, path) == expected


def test_a_layer_that_comes_drops_what_the_last_one_did() -> None:
    before = edit_many(default_experiment(), {f"{DROPOUT}.rates": (0.1, 0.2, 0.3)})
    assert switch_hidden(before, 0, (8,) * 5).lanes[0].regularization.dropout.rates == (
        0.1,
        0.2,
        0.3,
        0.3,
        0.3,
    )
    assert switch_hidden(before, 0, ()).lanes[0].regularization.dropout.rates == ()
    again = switch_hidden(switch_hidden(before, 0, ()), 0, (4,))
    assert again.lanes[0].regularization.dropout.rates == (0.0,)
