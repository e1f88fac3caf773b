import numpy as np
import pytest

from engine.data import CsvData
from engine.experiment import edit, switch_task
from gui_app import application, imports
from tests.gui_app.hands import FakeEngine


@pytest.fixture
def engine(monkeypatch):
    """An engine that does nothing: these tests are about the rest."""
    monkeypatch.setitem(application.ENGINES, "fake", FakeEngine)
    return "fake"


CLASSES = "x1,x2,class\n1,2,red\n-1,0.5,blue\n3,-4,green\n0,0,red\n"


def read(window, path, text: str) -> bool:
    path.write_text(text)
    return window.imports.read(path)


def test_classes_are_named_counted_and_dealt(still, tmp_path):
    before = still.document.experiment
    assert read(still, tmp_path / "a.csv", CLASSES)
    data = still.document.experiment.data
    assert data.classes == 3
    assert data.points.xy.tolist() == [[1, 2], [-1, 0.5], [3, -4], [0, 0]]
    assert data.points.target.tolist() == [2, 0, 1, 2]
    assert sum(data.points.counts()) == 4
    assert still.statusBar().currentMessage() == "Imported 4 points (classes: blue, green, red)"
    assert still.document.stack.undoText() == "Import a.csv"
    still.document.stack.undo()
    assert still.document.experiment == before


def test_fewer_classes_than_before_are_as_many_as_there_are(still, tmp_path):
    still.document.set_classes(5)
    assert read(still, tmp_path / "a.csv", "1,2,0\n3,4,1\n")
    assert still.document.experiment.data.classes == 2


def test_a_loss_of_two_classes_gives_way_to_three(still, tmp_path):
    still.document.replace(edit(still.document.experiment, "lanes.0.training.loss", "playground"), "loss")
    assert read(still, tmp_path / "a.csv", CLASSES)
    assert still.document.experiment.lanes[0].training.loss.name == "cross_entropy"
    still.document.stack.undo()
    assert still.document.experiment.lanes[0].training.loss.name == "playground"


def test_one_class_of_many_is_kept_under_its_number(still, tmp_path):
    assert read(still, tmp_path / "a.csv", "x1,x2,class,split\n1,2,6,training\n0,0,0,test\n")
    assert still.document.experiment.data.classes == 7
    assert still.document.points.target.tolist() == [6, 0]
    assert still.document.points.split.tolist() == [0, 2]


def test_a_curve(still, tmp_path):
    still.document.replace(switch_task(still.document.experiment, "curve"), "Task")
    assert read(still, tmp_path / "a.csv", "x;y\n1,5;2\n-1;0,25\n")
    assert still.document.points.xy.tolist() == [[1.5, 2.0], [-1.0, 0.25]]
    assert still.document.points.target.tolist() == [2.0, 0.25]
    assert still.statusBar().currentMessage() == "Imported 2 points"


def test_one_point_is_one(still, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("1,2,a\n")
    assert still.imports.read(path)
    assert still.statusBar().currentMessage() == "Imported 1 point (classes: a)"


def test_a_surface(still, tmp_path):
    still.document.replace(switch_task(still.document.experiment, "surface"), "Task")
    assert read(still, tmp_path / "a.csv", "1 2 0.5\n-1 0 -0.25\n")
    assert still.document.points.target.tolist() == [0.5, -0.25]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,0\n1,two,1\n", ["line 2: expected a number for x2 but found 'two'"]),
        ("1,x,0\n1,y,1\n1,2,0\n", ["line 1: ", "line 2: "]),
        ("1,2,0\n1,nan,1\n", ["line 2: expected a finite number"]),
        ("", ["an empty file"]),
        ("1,2\n3,4\n", ["line 1: expected 3 columns (x1, x2, class) but found 2"]),
    ],
)
def test_errors_name_their_lines_and_keep_the_drawing(still, tmp_path, dialogs, text, words):
    before = still.document.experiment
    assert not read(still, tmp_path / "bad.csv", text)
    assert len(dialogs.said) == 1
    assert dialogs.said[0].startswith("bad.csv cannot be imported\n")
    assert all(word in dialogs.said[0] for word in words)
    assert still.document.experiment is before
    assert still.document.stack.count() == 0


def test_a_file_that_is_not_there(still, tmp_path, dialogs):
    assert not still.imports.read(tmp_path / "none.csv")
    assert dialogs.said == ["none.csv cannot be imported\nNo such file or directory."]


def test_the_menu_asks_for_a_file(still, tmp_path, files, settings):
    still.imports.choose()
    assert not still.document.modified
    files.path = tmp_path / "a.csv"
    files.path.write_text(CLASSES)
    still.imports.choose()
    assert files.asked == ["Import data"] * 2
    assert len(still.document.points) == 4
    assert settings.value("import folder") == str(tmp_path)


@pytest.mark.parametrize(
    ("answer", "places"),
    [
        ("Scale to fit", [[-5, 0], [0, -5], [5, 5]]),
        ("Keep as they are", [[0, 5], [50, 0], [100, 10]]),
        ("Cancel", None),
    ],
)
def test_points_nobody_would_see_are_asked_about(still, tmp_path, dialogs, answer, places):
    dialogs.answers = [answer]
    assert read(still, tmp_path / "a.csv", "0,5,0\n50,0,1\n100,10,0\n") == (places is not None)
    assert dialogs.said[0].startswith("2 of 3 points lie outside the sheet.")
    if places is None:
        assert not still.document.modified
    else:
        assert still.document.points.xy.tolist() == places


@pytest.mark.parametrize(
    ("answer", "values"), [("Scale to fit", [-1.0, 1.0, 0.0]), ("Keep as they are", [50.0, 250.0, 150.0])]
)
def test_values_beyond_the_colours_are_asked_about(still, tmp_path, dialogs, answer, values):
    still.document.replace(switch_task(still.document.experiment, "surface"), "Task")
    dialogs.answers = [answer]
    assert read(still, tmp_path / "a.csv", "0,5,50\n1,0,250\n2,1,150\n")
    assert dialogs.said[0].startswith(
        "3 of 3 points lie outside the sheet.\nIt shows −6 to 6 on both axes and values"
    )
    assert still.document.points.target.tolist() == values
    assert still.document.points.xy.tolist() == [[0, 5], [1, 0], [2, 1]]


def test_places_are_scaled_without_the_values_and_values_alike_go_to_the_middle():
    far = CsvData(np.array([[0.0, 0.0], [20.0, 0.0]]), np.array([0.5, -0.5]), None, ())
    assert imports.fitted(far, "surface").xy.tolist() == [[-5.0, 0.0], [5.0, 0.0]]
    assert imports.fitted(far, "surface").target.tolist() == [0.5, -0.5]
    alike = CsvData(np.zeros((2, 2)), np.array([7.0, 7.0]), None, ())
    assert imports.fitted(alike, "surface").target.tolist() == [0.0, 0.0]
    assert imports.outside(alike, "classification") == 0


def test_scaled_curves_keep_their_targets_at_their_heights():
    xy = np.array([[0.0, 10.0], [10.0, 10.0]])
    data = imports.fitted(CsvData(xy, xy[:, 1].copy(), None, ()), "curve")
    assert data.xy.tolist() == [[-5.0, 0.0], [5.0, 0.0]]
    assert data.target.tolist() == [0.0, 0.0]
