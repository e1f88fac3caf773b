"""Recovery copies of former formats restore for ever."""

from pathlib import Path

import pytest

from engine.experiment import loads
from gui_app.startup.recovery.copies import decode, encode

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_former_recovery_copy_restores_drawing_and_settings(version):
    old = CORPUS / f"format-{version}"
    content = (old / "recovery.copy").read_bytes()
    assert f"neural-sketchbook/{version}".encode() in content
    copy = decode(content)
    assert copy.experiment == loads((old / "drawn.sketch.json").read_bytes())
    assert (copy.modified, copy.number, copy.version) == (True, 3, "0.1.0")
    assert b"neural-sketchbook/4" in encode(copy)
