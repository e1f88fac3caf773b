"""Where a library has no rates of single layers, its script says so."""

from __future__ import annotations

import pytest

from engine.export.code import code
from tests.engine.export.code.cases import CASES
from tests.engine.helpers import experiment


@pytest.mark.parametrize("library", ["keras", "sklearn"])
def test_a_script_says_that_all_layers_learn_at_one_rate(library: str) -> None:
    said = "rates of single layers"
    assert said in code(experiment(*CASES["rates of layers"]), library)
    assert said not in code(experiment(*CASES["optimizer sgd"]), library)
