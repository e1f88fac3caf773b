import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QImageReader

from engine.observation.snapshot import Stop
from gui_app.exporting import pictures
from gui_app.exporting.pictures import PICTURE_FORMATS, export_picture
from gui_app.plots import PLOTS
from gui_app.plots.drawing.picture import Picture, paint_picture
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import LossPlot
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.plots.runs import history_of, lane_a, run_of, snapshot_of

SVG = "{http://www.w3.org/2000/svg}"


class Square:
    """The least that can be exported."""

    export_name = "square"
    export_title = "A square"

    def export_size(self) -> QSize:
        return QSize(60, 40)

    def paint_export(self, painter, rect) -> None:
        painter.fillRect(rect, QColor("#ffffff"))
        painter.fillRect(QRectF(10, 10, 20, 20), QColor("#ff0000"))


@pytest.fixture(params=[LossPlot, GradientBars, GradientHistory])
def plot(request, qtbot):
    """Never shown: an export waits for no screen."""
    plot = request.param(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    weights = np.full((50, 3), 0.5)
    weights[-1, 0] = np.nan
    history = history_of(np.arange(50) * 20, penalty=np.full(50, 0.1), weights=weights)
    plot.show_snapshot(snapshot_of(history, best=400, stop=Stop("divergence", 980, None, "why")))
    return plot


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.5])
def test_png_has_the_size_times_the_scale(plot, tmp_path, scale):
    path = tmp_path / "plot.png"
    export_picture(plot, path, scale)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (round(720 * scale), round(360 * scale))
    colours = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    assert LIGHT.panel in colours
    assert len(colours) > 5


def test_png_scales_the_drawing_with_the_picture(qapp, tmp_path):
    path = tmp_path / "square.png"
    export_picture(Square(), path, 3.0)
    image = QImage(str(path))
    assert image.size() == QSize(180, 120)
    assert image.pixelColor(31, 31).name() == image.pixelColor(88, 88).name() == "#ff0000"
    assert image.pixelColor(28, 60).name() == image.pixelColor(92, 60).name() == "#ffffff"
    assert QImageReader(str(path)).text("Title") == "A square"


def test_svg_is_vectors_with_readable_text(plot, tmp_path):
    path = tmp_path / "plot.svg"
    export_picture(plot, path)
    root = ElementTree.parse(path).getroot()
    assert root.find(f"{SVG}title").text == plot.export_title
    assert root.get("viewBox") == "0 0 720 360"
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert plot.export_title in texts
    assert not list(root.iter(f"{SVG}image"))
    drawn = [*root.iter(f"{SVG}path"), *root.iter(f"{SVG}polyline"), *root.iter(f"{SVG}rect")]
    assert len(drawn) > 5


def test_svg_of_the_loss_has_legend_ticks_and_marks(qtbot, tmp_path):
    plot = LossPlot(lane_a(), DARK)
    qtbot.addWidget(plot)
    plot.show_snapshot(snapshot_of(history_of(np.arange(100) * 10), best=410))
    path = tmp_path / "loss.svg"
    export_picture(plot, path)
    texts = [element.text for element in ElementTree.parse(path).getroot().iter(f"{SVG}text")]
    assert {"Loss", "training", "validation", "test", "best: epoch 410", "epoch 0", "1"} <= set(texts)
    assert DARK.training in path.read_text()


def test_pdf_is_one_page_of_the_pictures_size(plot, tmp_path):
    path = tmp_path / "plot.pdf"
    export_picture(plot, path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 1
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", content)
    assert [float(number) for number in box.group(1).split()] == pytest.approx([0, 0, 540, 270])


def test_an_export_changes_nothing_on_the_screen(plot, qtbot, tmp_path):
    plot.resize(450, 220)
    plot.show()
    before, picture = plot.grab().toImage(), plot.picture
    export_picture(plot, tmp_path / "plot.svg")
    assert plot.picture is picture
    assert plot.grab().toImage() == before


def test_an_empty_plot_can_be_exported(qtbot, tmp_path):
    plot = LossPlot(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    export_picture(plot, tmp_path / "empty.svg")
    assert "Press play" in (tmp_path / "empty.svg").read_text()


def test_the_choice_of_axis_is_exported(qtbot, tmp_path):
    plot = LossPlot(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    plot.scale_button.choose("linear")
    plot.show_snapshot(snapshot_of(history_of(range(100), loss=np.full((100, 3), 60.0))))
    export_picture(plot, tmp_path / "loss.svg")
    texts = [element.text for element in ElementTree.parse(tmp_path / "loss.svg").iter(f"{SVG}text")]
    assert {"0", "20", "40", "60"} <= set(texts)


@pytest.mark.parametrize(("choice", "word"), [("linear", "linear"), ("logarithmic", "log")])
@pytest.mark.parametrize("title", [title for title, entry in PLOTS.items() if entry.plot_class().scale_rule])
def test_a_picture_of_a_plot_says_its_scale_and_what_its_axes_count(qtbot, tmp_path, title, choice, word):
    plot = PLOTS[title].plot_class()(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    plot.scale_button.choose(choice)
    plot.show_snapshot(run_of(100))
    export_picture(plot, tmp_path / "plot.svg")
    texts = [element.text for element in ElementTree.parse(tmp_path / "plot.svg").iter(f"{SVG}text")]
    assert word in texts
    assert plot.export_title in texts
    assert {"epoch 0"} <= set(texts) if plot.over_epochs else {"layer 1", "output"} <= set(texts)


def test_an_export_has_axes_of_its_own(qtbot, tmp_path):
    """On the screen the axis still eases back from a longer history."""
    plot = LossPlot(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    plot.show()
    plot.show_snapshot(snapshot_of(history_of(np.arange(100) * 1000)))
    plot.show_snapshot(snapshot_of(history_of(range(101))))
    export_picture(plot, tmp_path / "loss.svg")
    assert plot.picture.x_range[1] > 1000.0
    texts = [element.text for element in ElementTree.parse(tmp_path / "loss.svg").iter(f"{SVG}text")]
    assert {"epoch 0", "20", "100"} <= set(texts)


def test_tick_texts_do_not_overlap(qapp, tmp_path):
    class Crowded(Square):
        def paint_export(self, painter, rect) -> None:
            ticks = ((0.0, "first"), (0.01, "second"), (0.9, "third"))
            paint_picture(painter, QRectF(0, 0, 400, 200), Picture(x_ticks=ticks), LIGHT)

    export_picture(Crowded(), tmp_path / "ticks.svg")
    texts = [element.text for element in ElementTree.parse(tmp_path / "ticks.svg").iter(f"{SVG}text")]
    assert texts == ["first", "third"]


def test_suffixes_may_be_in_capitals(qapp, tmp_path):
    export_picture(Square(), tmp_path / "square.PNG")
    assert not QImage(str(tmp_path / "square.PNG")).isNull()


@pytest.mark.parametrize("name", ["picture.bmp", "picture", "picture.svgz"])
def test_other_suffixes_are_refused_in_plain_words(qapp, tmp_path, name):
    with pytest.raises(ValueError, match=re.escape(f"saved as one of {', '.join(PICTURE_FORMATS)};")):
        export_picture(Square(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_scale_of_nothing_is_refused(qapp, tmp_path):
    with pytest.raises(ValueError, match="scale"):
        export_picture(Square(), tmp_path / "square.png", 0.0)


@pytest.mark.parametrize("suffix", PICTURE_FORMATS)
def test_a_failing_write_leaves_the_old_file(qapp, tmp_path, monkeypatch, suffix):
    path = tmp_path / f"square{suffix}"
    path.write_bytes(b"old")

    def full_disk(*_):
        raise OSError("no space left")

    monkeypatch.setattr(pictures, "atomic_write", full_disk)
    with pytest.raises(OSError, match="no space"):
        export_picture(Square(), path)
    assert path.read_bytes() == b"old"


def test_a_failing_drawing_leaves_the_old_file(qapp, tmp_path):
    class Broken(Square):
        def paint_export(self, painter, rect) -> None:
            raise RuntimeError("broken")

    path = tmp_path / "square.svg"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="broken"):
        export_picture(Broken(), path)
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_an_os_error(qapp, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        export_picture(Square(), tmp_path / "nowhere" / "square.png")
