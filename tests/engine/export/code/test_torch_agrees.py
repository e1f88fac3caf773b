"""A script for PyTorch with a lane's first weights and batches trains to the losses that the engine has."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.experiment import SPLITS
from tests.engine.export.code.cases import CASES, EPOCHS, Case
from tests.engine.export.code.running import run_script
from tests.engine.helpers import experiment, trained


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_losses_after_some_epochs_are_those_of_the_engine(case: Case, tmp_path: Path) -> None:
    settings = experiment(*case)
    title, losses = run_script(settings, "torch", tmp_path, EPOCHS)[-1]
    expected = trained(settings, EPOCHS, "eager").runs[0].history.view().loss[-1]
    assert title == f"epoch {EPOCHS}"
    assert losses == pytest.approx(dict(zip(SPLITS, expected.tolist(), strict=True)), rel=1e-4, abs=1e-4)
