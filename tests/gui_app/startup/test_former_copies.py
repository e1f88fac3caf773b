"""Recovery copies of format neural-sketchbook/1 restore for ever."""

from pathlib import Path

from engine.experiment import loads
from gui_app.startup.recovery.copies import decode, encode

OLD = Path(__file__).parents[2] / "corpus" / "format-1"


def test_a_former_recovery_copy_restores_drawing_and_settings():
    content = (OLD / "recovery.copy").read_bytes()
    assert b"neural-sketchbook/1" in content
    copy = decode(content)
    assert copy.experiment == loads((OLD / "drawn.sketch.json").read_bytes())
    assert (copy.modified, copy.number, copy.version) == (True, 3, "0.1.0")
    assert b"neural-sketchbook/2" in encode(copy)
