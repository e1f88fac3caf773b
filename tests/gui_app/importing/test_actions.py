import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from engine.data import points_from_text
from engine.data.scaling import Scaling
from engine.experiment import edit, switch_generator, switch_task
from engine.experiment.frame import Frame, axis_texts, has_frame
from engine.observation.snapshot import CANVAS_EXTENT
from engine.service.messages import SetExperiment, Watch
from gui_app.canvas.view.viewport import inside
from gui_app.importing.dialog import ImportDialog
from tests.gui_app.hands import click, fill
from tests.observing import prediction_request

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


CLASSES = "x1,x2,class\n1,2,red\n-1,0.5,blue\n3,-4,green\n0,0,red\n"


@pytest.fixture
def answer(monkeypatch):
    """Lets acts be done in every import dialog, and Import pressed unless they have closed it."""
    acts = []

    def exec_(dialog):
        dialog.show()
        dialog.finish()
        for act in acts:
            act(dialog)
        if dialog.isVisible():
            assert dialog.accept_button.isEnabled()
            click(dialog.accept_button)
        return dialog.result()

    monkeypatch.setattr(ImportDialog, "exec", exec_)
    return acts


@pytest.fixture
def still(still, answer):
    return still


def read(window, path, text: str) -> bool:
    path.write_text(text)
    return window.imports.read(path)


def starts(window, fake_engine) -> list[bool]:
    """Of each experiment that the engine was sent, whether training starts anew."""
    before = max((sent.turn for sent in fake_engine.taken if isinstance(sent, SetExperiment)), default=0)
    window.link.pull()
    return [sent.turn > before for sent in fake_engine.take_commands() if isinstance(sent, SetExperiment)]


def test_an_import_starts_training_anew_unless_it_lies_beside(still, tmp_path, answer, fake_engine):
    still.document.clear_points()
    assert True not in starts(still, fake_engine)
    assert read(still, tmp_path / "a.csv", CLASSES)
    assert starts(still, fake_engine) == [True]
    answer.append(lambda dialog: dialog.add_button.click())
    assert read(still, tmp_path / "b.csv", "x1,x2,class\n2,2,red\n")
    assert starts(still, fake_engine) == [False]


def test_classes_are_named_counted_and_dealt(still, tmp_path):
    before = still.document.experiment
    assert read(still, tmp_path / "a.csv", CLASSES)
    data = still.document.experiment.data
    assert data.classes == 3
    assert data.class_names == ("blue", "green", "red")
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
    assert still.document.experiment.data.class_names is None


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


@pytest.mark.parametrize("task", ["classification", "surface"])
def test_two_columns_of_numbers_are_offered_as_a_curve(still, answer, tmp_path, task):
    """Nothing else can be made of them, so that the person need not find it out."""
    still.document.replace(switch_task(still.document.experiment, task), "Task")
    before, said = still.document.experiment, []
    answer.append(lambda dialog: said.append((dialog.form.task.currentData(), dialog.found.text())))
    assert read(still, tmp_path / "a.csv", "year,price\n2001,2.5\n2002,4\n2003,3\n")
    missing = {"classification": "class", "surface": "value"}[task]
    assert said[0][0] == "curve"
    assert said[0][1].startswith(f"Two columns of numbers and none with a {missing}: read as a curve")
    after = still.document.experiment
    assert after.data.task == "curve"
    assert still.document.points.target.tolist() == [2.5, 4, 3]
    assert switch_task(after, task).data == before.data
    still.document.stack.undo()
    assert still.document.experiment == before


def test_two_pasted_columns_are_offered_as_a_curve(still, answer):
    QGuiApplication.clipboard().setText("1\t2\n3\t4\n5\t3\n")
    assert still.imports.paste()
    assert still.document.experiment.data.task == "curve"


def choose(box, key):
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def test_a_file_may_be_added(still, answer, tmp_path):
    before = still.document.points
    answer.append(lambda dialog: dialog.add_button.click())
    assert read(still, tmp_path / "a.csv", "1,2,0\n3,4,2\n")
    after = still.document.points
    assert after[:500] == before
    assert after.xy[500:].tolist() == [[1, 2], [3, 4]]
    assert still.document.experiment.data.classes == 3
    still.document.stack.undo()
    assert not still.document.hand_drawn


@pytest.mark.parametrize(
    ("names", "labels", "target", "after"),
    [
        (None, "02", [0, 2], None),
        (None, "13", [0, 2], None),
        (None, ["1", "cat"], [0, 2], (None, None, "cat")),
        (["ape", "bee"], ["bee", "cat"], [1, 2], ("ape", "bee", "cat")),
        (["ape", None], ["2", "ape"], [1, 0], ("ape", None)),
        (["ape", None], ["0", "1"], [2, 3], ("ape", None, "0", "1")),
    ],
)
def test_added_points_keep_to_the_classes_they_name(still, answer, tmp_path, names, labels, target, after):
    still.document.replace(edit(still.document.experiment, "data.class_names", names), "name")
    answer.append(lambda dialog: dialog.add_button.click())
    assert read(still, tmp_path / "a.csv", "".join(f"1,2,{label}\n" for label in labels))
    assert still.document.points.target[500:].tolist() == target
    assert still.document.experiment.data.class_names == after
    still.document.stack.undo()
    assert not still.document.hand_drawn


def test_classes_that_count_from_0_in_the_table_say_so(still, tmp_path):
    assert read(still, tmp_path / "a.csv", "1,2,0\n3,4,1\n")
    assert (
        still.statusBar().currentMessage() == "Imported 2 points (classes: 1, 2, counted from 0 in the table)"
    )
    assert read(still, tmp_path / "b.csv", "1,2,1\n3,4,2\n")
    assert still.statusBar().currentMessage() == "Imported 2 points (classes: 1, 2)"


ALIKE = "Iris versicolor of the north-western shore, "


def test_names_with_equal_beginnings_stay_distinct_in_messages(still, answer, tmp_path):
    rows = [f'{year - 1935},2,"{ALIKE}{year}"\n' for year in (1936, 1937)]
    assert read(still, tmp_path / "a.csv", "".join(rows))
    cut, short = "Iris versicolor of the north-western sh", "Iris versicolor of the north-western"
    assert still.document.experiment.data.class_names == (f"{cut}…", f"{short}… 2")
    words = still.statusBar().currentMessage()
    assert words == f"Imported 2 points (classes: {cut}…, {short}… 2)"
    answer.append(lambda dialog: dialog.add_button.click())
    assert read(still, tmp_path / "b.csv", f'5,5,"{ALIKE}1938"\n')
    assert still.document.experiment.data.class_names[2] == f"{short}… 3"
    assert still.statusBar().currentMessage() == f"Imported 1 point (classes: {short}… 3)"


def test_of_pasted_points_their_own_classes_are_named(still, answer):
    names = [f"kind {letter}" for letter in "abcdefghij"]
    still.document.set_classes(10)
    still.document.replace(edit(still.document.experiment, "data.class_names", names), "Rename")
    answer.append(lambda dialog: dialog.add_button.click())
    QGuiApplication.clipboard().setText("1,2,kind c\n3,4,kind a\n5,6,kind c\n0,0,kind c\n")
    assert still.imports.paste()
    assert still.statusBar().currentMessage() == "Pasted 4 points (classes: kind a, kind c)"
    assert len(still.document.points) == 504


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.csv", b"", "It is empty: each point needs a row of numbers."),
        ("bad.csv", b"\n\n", "It is empty: each point needs a row of numbers."),
        ("bad.npy", b"hello", "This is not a complete file of NumPy arrays (.npy or .npz)."),
        ("bad.npz", b"", "This is not a complete file of NumPy arrays (.npy or .npz)."),
    ],
)
def test_what_holds_no_table_is_refused_at_once(still, tmp_path, dialogs, name, content, words):
    before = still.document.experiment
    (tmp_path / name).write_bytes(content)
    assert not still.imports.read(tmp_path / name)
    assert dialogs.said == [f"{name} cannot be imported\n{words}"]
    assert still.document.experiment is before
    assert still.document.stack.count() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,0\n1,two,1\n", ["line 2: expected a number for x2 but found “two”"]),
        ("1,x,0\n1,y,1\n1,2,0\n", ["line 1: ", "line 2: "]),
        ("1,2,0\n1,nan,1\n", ["line 2: expected a finite number"]),
        ("1,red\n3,blue\n", ["line 1: expected 3 columns (x1, x2, class) but found 2", "line 2: "]),
    ],
)
def test_bad_rows_are_listed_and_nobody_who_cancels_has_lost_anything(still, answer, tmp_path, text, words):
    before, seen = still.document.experiment, []

    def look(dialog):
        seen.extend(dialog.problems.item(k).text() for k in range(dialog.problems.count()))
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    answer.append(look)
    assert not read(still, tmp_path / "bad.csv", text)
    assert len(seen) == len(words)
    assert all(found.startswith(word) for found, word in zip(seen, words, strict=True))
    assert still.document.experiment is before
    assert still.document.stack.count() == 0


def test_the_rows_that_were_left_out_are_counted_afterwards(still, answer, tmp_path):
    said = []
    still.imports.reported.connect(said.append)
    answer.append(lambda dialog: dialog.skip.click())
    assert read(still, tmp_path / "bad.csv", "1,2,0\n1,two,1\n3,1,1\n1,oops,1\n")
    assert said[0].startswith("Imported 2 points (classes: ")
    assert ", 2 rows left out" in said[0]


def test_a_file_that_is_not_there(still, tmp_path, dialogs):
    assert not still.imports.read(tmp_path / "none.csv")
    assert dialogs.said == ["none.csv cannot be imported\nNo such file or directory."]


def test_a_huge_file(still, tmp_path, dialogs):
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(200 * 2**20)
    assert not still.imports.read(tmp_path / "huge.csv")
    assert "more than 64 MB, the most that is read" in dialogs.said[0]
    assert still.document.stack.count() == 0


def test_the_menu_asks_for_a_file(still, tmp_path, files, settings):
    still.imports.choose()
    assert not still.document.modified
    files.path = tmp_path / "a.csv"
    files.path.write_text(CLASSES)
    still.imports.choose()
    assert files.asked == ["Import data"] * 2
    assert len(still.document.points) == 4
    assert settings.value("import folder") == str(tmp_path)


def test_all_points_go_to_the_clipboard_and_come_back(still):
    named = edit(still.document.experiment, "data.class_names", ["zebra", "ape"])
    still.document.replace(named, "Rename")
    before = still.document.points
    still.imports.copy()
    assert still.statusBar().currentMessage() == "Copied 500 points as text"
    text = QGuiApplication.clipboard().text()
    assert points_from_text(text, "classification", ("zebra", "ape")) == before
    still.document.clear_points()
    assert still.imports.paste()
    assert still.document.points == before
    assert still.document.experiment.data.class_names == ("zebra", "ape")
    assert still.document.stack.undoText() == "Import the clipboard"


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_clipboard(still, dialogs, text):
    QGuiApplication.clipboard().setText(text)
    assert not still.imports.paste()
    assert dialogs.said[0].startswith("The clipboard cannot be imported\nIt is empty")


def test_a_file_in_the_clipboard_is_read(still, tmp_path):
    (tmp_path / "a.csv").write_text(CLASSES)
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.csv"))])
    QGuiApplication.clipboard().setMimeData(content)
    assert still.imports.paste()
    assert len(still.document.points) == 4


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a", "b"], ("a", "b")),
        (["1", "2"], None),
        (["0", "2"], ("0", None)),
        (["a" * 60 + "x", "a" * 60 + "y"], ("a" * 39 + "…", "a" * 37 + "… 2")),
        (["a\nb", "c"], ("ab", "c")),
    ],
)
def test_labels_that_are_no_names(still, tmp_path, labels, names):
    text = "".join(f'1,2,"{label}"\n' for label in labels)
    assert read(still, tmp_path / "a.csv", text)
    found = still.document.experiment.data.class_names
    assert found == names or (labels == ["0", "2"] and found == ("0", "2"))


def test_numpy_arrays(still, tmp_path):
    xy = np.random.default_rng(0).uniform(-5, 5, (40, 2))
    np.savez(tmp_path / "a.npz", X=xy, y=np.arange(40) % 4)
    assert still.imports.read(tmp_path / "a.npz")
    assert np.array_equal(still.document.points.xy, xy)
    assert still.document.experiment.data.classes == 4


def far(count=200) -> str:
    """Points of two classes in units of their own."""
    rng = np.random.default_rng(0)
    rows = np.column_stack((rng.uniform(0, 100, count), rng.uniform(470, 530, count)))
    return "".join(f"{x},{y},{int(x > 50)}\n" for x, y in rows.tolist())


def test_data_in_units_of_their_own_are_seen_and_can_be_learned(still, tmp_path, qtbot, fake_engine):
    before = still.document.experiment
    assert read(still, tmp_path / "a.csv", f"Width (cm),Year of birth,kind\n{far()}")
    document, canvas = still.document, still.canvas
    data = document.experiment.data
    assert (data.extent.x, data.extent.y) == ((-10.0, 110.0), (465.0, 535.0))
    assert canvas.extent == pytest.approx((-10, 110, 465, 535))
    assert inside(document.points.xy, canvas.extent).all()
    assert axis_texts(data) == ("Width (cm)", "Year of birth", "value")
    wanted = prediction_request(canvas.grid_size, canvas.extent)
    # Beside what the diagram watches, where it is in view.
    qtbot.waitUntil(
        lambda: any(isinstance(sent, Watch) and wanted in sent.requests for sent in fake_engine.commands)
    )
    assert document.experiment.lanes[0].network.input_scaling == "unit"
    fed = Scaling.of(document.experiment.lanes[0].network, document.points, data.task, data.extent)
    assert np.abs(fed.inputs(document.points.xy)).max() <= 1.0
    document.stack.undo()
    assert document.experiment == before
    assert canvas.extent == CANVAS_EXTENT


def test_data_that_are_fed_as_they_are_are_standardized_where_they_must(still, tmp_path):
    raw = edit(still.document.experiment, "lanes.0.network.input_scaling", "none")
    still.document.replace(raw, "Raw")
    assert read(still, tmp_path / "a.csv", far())
    assert still.document.experiment.lanes[0].network.input_scaling == "standardize"
    assert (
        still.statusBar()
        .currentMessage()
        .endswith(
            "They are standardized for the network, because they reach far beyond −6 to 6 (Network, Scaling)"
        )
    )


def test_a_person_edits_the_proposed_axes_before_importing(still, answer, tmp_path):
    def edit_axes(dialog):
        fill(dialog.axes.names["x"], "Length")
        fill(dialog.axes.highs["x"], "200")
        click(dialog.axes.equal)

    answer.append(edit_axes)
    assert read(still, tmp_path / "a.csv", far())
    data = still.document.experiment.data
    assert (data.axes.x.name, data.extent.x, data.aspect) == ("Length", (-10.0, 200.0), "equal")


def test_added_points_and_a_generated_set_keep_and_leave_the_axes(still, answer, tmp_path):
    assert read(still, tmp_path / "a.csv", far())
    framed = still.document.experiment.data
    answer.append(lambda dialog: dialog.add_button.click())
    assert read(still, tmp_path / "b.csv", "1,2,0\n3,4,1\n")
    assert Frame.of(still.document.experiment.data) == Frame.of(framed)
    still.document.replace(switch_generator(still.document.experiment, "moons"), "Data set")
    assert not has_frame(still.document.experiment.data)
    assert still.canvas.extent == CANVAS_EXTENT
    still.document.stack.undo()
    assert still.canvas.extent == pytest.approx((*framed.extent.x, *framed.extent.y))


def test_data_that_suit_the_canvas_keep_the_scaling(still, tmp_path):
    assert read(still, tmp_path / "a.csv", CLASSES)
    assert still.document.experiment.lanes[0].network.input_scaling == "unit"


def test_far_outliers_are_out_of_view_and_counted(still, answer, tmp_path):
    said = []
    answer.append(lambda dialog: said.append(dialog.hint.text()))
    rng = np.random.default_rng(0)
    rows = "".join(f"{x},{y},{int(x > 40)}\n" for x, y in rng.uniform(20, 60, (60, 2)).tolist())
    assert read(still, tmp_path / "a.csv", f"age,height,class\n{rows}40,99999,0\n")
    assert still.document.experiment.data.extent.y[1] < 100
    assert said == ["1 of 61 points lies outside these axes."]
    assert "1 point outside the axes" in still.statusBar().currentMessage()
