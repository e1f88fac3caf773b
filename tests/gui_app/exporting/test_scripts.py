"""File → Export → Code and Edit → Copy as code: the current lane as a script, with what it reads."""

import pytest
from PySide6.QtGui import QGuiApplication

from engine.data import read_csv
from engine.experiment import edit_many
from engine.experiment.lanes import with_duplicate
from engine.export.code import TARGETS, code
from gui_app.exporting.scripts import NO_CODE

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def window(still):
    """With two lanes, of which the second one is current."""
    small = edit_many(still.document.experiment, {"data.generator.points": 40, "lanes.0.network.hidden": [3]})
    lanes, _ = with_duplicate(small, 0, {"name": "wide one", "network.hidden": [6]})
    still.document.replace(lanes, "two lanes")
    still.current_lane.choose(1)
    return still


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"settings.ini"}


@pytest.mark.parametrize("key", TARGETS)
def test_the_current_lane_is_written_with_its_points(window, tmp_path, files, key):
    files.path = tmp_path / "mine"
    window.scripts.export(key)
    assert names(tmp_path) == {"mine.py", "data.csv"}
    text = (tmp_path / "mine.py").read_text("utf-8")
    assert text == code(window.document.experiment, key, "wide one")
    points = read_csv(tmp_path / "data.csv", "classification")
    assert points.xy.tolist() == window.document.points.xy.tolist()
    assert window.statusBar().currentMessage() == "Exported mine.py and data.csv"


def test_first_weights_are_written_if_asked_for(window, tmp_path, files, settings):
    window.scripts.choose_weights(True)
    files.path = tmp_path / "mine.py"
    window.scripts.export("torch")
    assert names(tmp_path) == {"mine.py", "data.csv", "initial-wide_one.npz"}
    assert window.statusBar().currentMessage() == "Exported mine.py, data.csv and initial-wide_one.npz"
    assert settings.value("code with first weights", type=bool) is True


@pytest.mark.parametrize(("answer", "replaced"), [("Replace", True), ("Cancel", False)])
def test_other_points_are_not_replaced_unasked(window, tmp_path, files, dialogs, answer, replaced):
    (tmp_path / "data.csv").write_text("precious")
    files.path = tmp_path / "mine.py"
    dialogs.answers = [answer]
    window.scripts.export("torch")
    assert dialogs.said == ["data.csv is there already."]
    assert ((tmp_path / "data.csv").read_text() != "precious") is replaced
    assert ("mine.py" in names(tmp_path)) is replaced


def test_the_same_points_are_replaced_without_a_question(window, tmp_path, files, dialogs):
    for name in ("one.py", "two.py"):
        files.path = tmp_path / name
        window.scripts.export("torch")
    assert names(tmp_path) == {"one.py", "two.py", "data.csv"}
    assert dialogs.said == []


@pytest.mark.parametrize("key", TARGETS)
def test_it_is_copied(window, key):
    window.scripts.copy(key)
    assert QGuiApplication.clipboard().text() == code(window.document.experiment, key, "wide one")
    assert window.statusBar().currentMessage() == (
        f"Copied lane wide one as code for {TARGETS[key].label}. It reads data.csv: File → Export → Code writes them "
        "together"
    )


def test_without_points_it_says_why_there_is_no_code(window, dialogs):
    QGuiApplication.clipboard().setText("kept")
    window.document.clear_points()
    window.scripts.copy("torch")
    window.scripts.export("torch")
    assert dialogs.said == [f"{NO_CODE}\nThere are no training points; add points."] * 2
    assert QGuiApplication.clipboard().text() == "kept"
