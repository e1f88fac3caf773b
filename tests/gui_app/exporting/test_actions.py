import csv
import errno
import json

import pytest
from PySide6.QtGui import QImage

from engine.data import read_csv
from engine.experiment import loads
from engine.export.data_files import DATA_FORMATS, DataFormat
from engine.export.history_files import HISTORY_FILES, HistoryFile
from engine.service import messages as m
from gui_app.exporting import actions, pictures
from gui_app.exporting.actions import NO_HISTORY
from gui_app.exporting.files import everything
from gui_app.exporting.pictures import PICTURE_FORMATS
from gui_app.plots import PLOTS
from gui_app.window.menus import export_menu
from tests.gui_app.hands import draw

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def trained(still, fake_engine):
    """Something has been measured."""
    fake_engine.answer(acknowledged=0)
    still.link.pull()
    fake_engine.commands.clear()
    return still


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def scale(monkeypatch):
    """What the person answers when asked for the resolution."""
    answer = [3.0]
    monkeypatch.setattr(actions, "ask_number", lambda *a, **k: answer[0])
    return answer


BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", PICTURE_FORMATS)
@pytest.mark.parametrize("view", range(2 + len(PLOTS)), ids=["Canvas", "Network", *PLOTS])
def test_each_picture_in_each_format(trained, tmp_path, files, scale, view, suffix):
    chosen = PICTURE_FORMATS[suffix]
    view = trained.exports.views[view]
    files.path, files.kind = tmp_path / view.export_name, f"{chosen.label} (*{suffix})"
    trained.exports.picture(view)
    path = tmp_path / f"{view.export_name}{suffix}"
    assert names(tmp_path) - {"settings.ini"} == {path.name}
    assert suffix in BEGINNINGS, f"add how a file of this format begins: {suffix}"
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    if chosen.pixels:
        assert QImage(str(path)).size() == view.export_size() * 3
    assert trained.statusBar().currentMessage() == f"Exported {path.name}"
    assert files.asked == [f"Export {view.export_title.lower()}"]


@pytest.mark.parametrize(("typed", "written"), [("a.svg", "a.svg"), ("a.v2", "a.v2.png"), ("A.PDF", "A.PDF")])
def test_a_suffix_that_was_typed_chooses_the_format(trained, tmp_path, files, scale, typed, written):
    files.path = tmp_path / typed
    trained.exports.picture(trained.canvas)
    assert names(tmp_path) - {"settings.ini"} == {written}


def test_no_resolution_no_picture(trained, tmp_path, files, scale):
    scale[0] = None
    files.path = tmp_path / "a.png"
    trained.exports.picture(trained.canvas)
    assert names(tmp_path) - {"settings.ini"} == set()


def test_settings_and_data_are_what_is_open(trained, tmp_path, files):
    draw(trained.document, [[1, 2]], 1.0)
    files.path = tmp_path / "settings"
    trained.exports.settings()
    assert loads((tmp_path / "settings.sketch.json").read_bytes()) == trained.document.experiment
    files.path = tmp_path / "data"
    trained.exports.data()
    data = read_csv(tmp_path / "data.csv", "classification")
    assert data.xy.tolist() == trained.document.points.xy.tolist()
    assert data.target.tolist() == trained.document.points.target.tolist()
    assert data.split.tolist() == trained.document.points.split.tolist()


def test_the_history_is_two_files(trained, tmp_path, files):
    files.path = tmp_path / "run.csv"
    trained.exports.history()
    metrics = list(csv.DictReader((tmp_path / "run.csv").read_text().splitlines()))
    gradients = list(csv.DictReader((tmp_path / "run-gradients.csv").read_text().splitlines()))
    assert [(row["lane"], row["epoch"], float(row["training_loss"])) for row in metrics] == [("A", "0", 1.0)]
    assert [(row["layer"], float(row["weight_norm"])) for row in gradients] == [("1", 0.01), ("2", 1.0)]
    assert trained.statusBar().currentMessage() == "Exported run.csv and run-gradients.csv"


@pytest.mark.parametrize(("answer", "text"), [("Replace", None), ("Cancel", "precious")])
def test_the_second_file_of_the_history_replaces_nothing_unasked(
    trained, tmp_path, files, dialogs, answer, text
):
    other = tmp_path / "run-gradients.csv"
    other.write_text("precious")
    files.path = tmp_path / "run.csv"
    dialogs.answers = [answer]
    trained.exports.history()
    assert (other.read_text() == "precious") == (text is not None)
    assert (tmp_path / "run.csv").exists() == (text is None)


def test_without_a_history_it_says_so(still, files, dialogs):
    still.exports.history()
    assert dialogs.said == [f"There is no history to export\n{NO_HISTORY}"]
    assert files.asked == []


@pytest.mark.parametrize("what", ["settings", "data", "history", "everything"])
def test_a_cancelled_dialog_does_nothing(trained, tmp_path, files, what, fake_engine):
    before = names(tmp_path)
    getattr(trained.exports, what)()
    trained.exports.picture(trained.canvas)
    assert len(files.asked) == 2
    assert names(tmp_path) == before
    assert trained.statusBar().currentMessage() == ""
    assert fake_engine.commands == []


PICTURES = ("canvas", "network", *(plot.plot_class().export_name for plot in PLOTS.values()))
ALL = {
    "experiment.sketch.json",
    "data.csv",
    *(name + suffix for name in PICTURES for suffix in PICTURE_FORMATS),
}


def test_everything_goes_into_a_new_folder(trained, tmp_path, files, fake_engine):
    files.path = tmp_path / "a" / "b"
    trained.exports.everything()
    assert names(files.path) == ALL
    assert all(path.stat().st_size > 0 for path in files.path.iterdir())
    assert [command.folder for command in fake_engine.commands] == [str(files.path)]
    assert trained.statusBar().currentMessage() == f"Exporting into {files.path} …"
    assert json.loads((files.path / "experiment.sketch.json").read_text())["format"] == "neural-sketchbook/4"


def test_histories_and_models_are_left_to_the_engine(still, tmp_path, fake_engine):
    fake_engine.commands.clear()
    written = still.exports.everything_into(tmp_path / "out")
    assert {path.name for path in written} == names(tmp_path / "out") == ALL
    assert fake_engine.commands[-1] == m.SaveRun(str(tmp_path / "out"))


def test_what_the_engine_would_replace_is_asked_for_too(trained, tmp_path, files, dialogs, fake_engine):
    files.path = tmp_path / "out"
    files.path.mkdir()
    for name in ("metrics.csv", "model-A-best.pt", "model-mine.pt"):
        (files.path / name).write_text("precious")
    dialogs.answers = ["Cancel"]
    trained.exports.everything()
    assert dialogs.said == ["metrics.csv and 1 more file are there already."]
    assert names(files.path) == {"metrics.csv", "model-A-best.pt", "model-mine.pt"}
    assert fake_engine.commands == []


@pytest.mark.parametrize("answer", ["Replace", "Cancel"])
def test_everything_replaces_nothing_unasked(trained, tmp_path, files, dialogs, answer):
    files.path = tmp_path / "out"
    files.path.mkdir()
    for name in ("data.csv", "canvas.png"):
        (files.path / name).write_text("precious")
    dialogs.answers = [answer]
    trained.exports.everything()
    assert dialogs.said == ["data.csv and 1 more file are there already."]
    assert ((files.path / "data.csv").read_text() == "precious") == (answer == "Cancel")
    assert len(names(files.path)) == (2 if answer == "Cancel" else len(ALL))


def test_a_folder_that_is_a_file_is_one_sentence(trained, tmp_path, files, dialogs, fake_engine):
    files.path = tmp_path / "file"
    files.path.write_text("precious")
    trained.exports.everything()
    (said,) = dialogs.said
    failed, why = said.splitlines()
    assert failed == f"Nothing can be exported into {files.path}"
    assert why == f"Could not make the folder {files.path}: File exists."
    assert files.path.read_text() == "precious"
    assert fake_engine.commands == []


def test_a_full_disk_is_one_sentence_and_keeps_the_old_picture(
    trained, tmp_path, files, scale, dialogs, monkeypatch
):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pictures, "atomic_write", full)
    files.path = tmp_path / "canvas.png"
    files.path.write_text("old")
    trained.exports.picture(trained.canvas)
    assert dialogs.said == ["canvas.png cannot be written\nNo space left on device."]
    assert files.path.read_text() == "old"
    assert trained.statusBar().currentMessage() == ""


def test_the_folder_is_remembered(trained, tmp_path, files, settings):
    files.path = tmp_path / "data.csv"
    trained.exports.data()
    assert settings.value("export folder") == str(tmp_path)
    assert trained.exports._folder() == tmp_path


def test_a_format_that_is_declared_is_offered_everywhere(trained, tmp_path, files, monkeypatch):
    """Dialog, menu and the export of everything know no formats of their own."""
    made_up = pictures.PictureFormat("Made up", lambda view, scale: f"{view.export_title} {scale}".encode())
    monkeypatch.setitem(pictures.PICTURE_FORMATS, ".made", made_up)
    files.path, files.kind = tmp_path / "picture", "Made up (*.made)"
    trained.exports.picture(trained.canvas)
    assert (tmp_path / "picture.made").read_bytes() == b"Canvas 1.0"
    menu = export_menu(trained, lambda: trained.exports, lambda: trained.scripts)
    menu.aboutToShow.emit()
    labels = ", ".join(one.label for one in PICTURE_FORMATS.values())
    assert f"Canvas ({labels}) …" in [action.text() for action in menu.actions()]
    written = {path.name for path in everything(trained.document, [trained.canvas], tmp_path)}
    assert {f"canvas{suffix}" for suffix in PICTURE_FORMATS} <= written
    assert "canvas.made" in written
    assert "Made up" in labels


def test_a_format_of_data_that_is_declared_is_offered_everywhere(trained, tmp_path, files, monkeypatch):
    made_up = DataFormat("Made up", lambda points, data, path: path.write_text(f"{data.task} {len(points)}"))
    monkeypatch.setitem(DATA_FORMATS, ".made", made_up)
    right = f"classification {len(trained.document.points)}"
    files.path, files.kind = tmp_path / "points", "Made up (*.made)"
    trained.exports.data()
    assert (tmp_path / "points.made").read_text() == right
    menu = export_menu(trained, lambda: trained.exports, lambda: trained.scripts)
    menu.aboutToShow.emit()
    labels = ", ".join(one.label for one in DATA_FORMATS.values())
    assert f"Data ({labels}) …" in [action.text() for action in menu.actions()]
    everything(trained.document, [], tmp_path)[tmp_path / "data.made"]()
    assert (tmp_path / "data.made").read_text() == right


def test_a_file_of_history_that_is_declared_is_exported_and_never_replaced_unasked(
    trained, tmp_path, files, dialogs, monkeypatch
):
    made_up = HistoryFile(lambda lanes, task: f"{task} {[lane.name for lane in lanes]}", appended="-made-up")
    monkeypatch.setitem(HISTORY_FILES, "made-up.txt", made_up)
    files.path = tmp_path / "run.csv"
    trained.exports.history()
    assert (tmp_path / "run-made-up.txt").read_text() == "classification ['A']"
    message = trained.statusBar().currentMessage()
    assert message == "Exported run.csv, run-gradients.csv and run-made-up.txt"
    files.path, dialogs.answers = tmp_path, ["Cancel"]
    (tmp_path / "made-up.txt").write_text("precious")
    trained.exports.everything()
    assert dialogs.said == ["made-up.txt is there already."]
    assert (tmp_path / "made-up.txt").read_text() == "precious"
