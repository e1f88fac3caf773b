"""Handouts: what stands in them, that a browser can read them, and that pages cut nothing."""

import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from math import ceil
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPalette

from engine.lessons import Bullets, Course, Display, Paragraph, Words, load_course, load_lesson
from gui_app.exporting.handout import pieces
from gui_app.exporting.handout.actions import write_handout
from gui_app.exporting.handout.album import Album
from gui_app.exporting.handout.content import NOT_RUN, course_handout, lesson_handout
from gui_app.exporting.handout.page import html_page
from gui_app.exporting.handout.paper import pages, pdf
from gui_app.exporting.handout.pieces import Piece
from gui_app.theme.painting import painting
from gui_app.theme.tokens import DARK, LIGHT, Theme
from tests.engine.lessons.sample import write

BLOCKS = (
    Paragraph((Words("Plain and "), Words("strong", "strong"))),
    Bullets(((Words("An item"),),)),
    Display(r"\sum x", "sum"),
)
VOID = {"meta", "img", "link", "br", "hr", "input"}


class View:
    """Paints its theme's ground."""

    export_name = "loss"
    export_title = "Loss <of> A"

    def __init__(self, theme: Theme = LIGHT) -> None:
        self.theme = theme

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme

    def export_size(self) -> QSize:
        return QSize(120, 60)

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, QColor(self.theme.panel))


class Page(HTMLParser):
    """Checks that all elements are closed in order, and gathers words and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.words, self.tags, self.attributes = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def no_pictures(*_):
    return ()


def no_code(*_):
    return ()


@pytest.fixture
def lesson(tmp_path):
    return load_lesson(write(tmp_path))


@pytest.fixture
def course(lesson):
    other = replace(lesson, key="other", number=3, title="Another <one>")
    return Course(lesson.folder.parent, "All & everything", (), (lesson, other), ())


def test_a_page_has_all_words_of_a_lesson_in_their_order(qapp, lesson):
    page = Page(html_page(lesson_handout(lesson, no_pictures, no_code)))

    wanted = (
        "Overfitting It learns the noise by heart. Look There are 1,200 points, and {braces}.",
        "Question 1 When would you stop? Answer At the lowest there is.",
        "Cure Raise λ. Press Space. Do Raise it to 0.003.",
        "Answers Question 1 When would you stop? At the lowest there is.",
    )
    places = [page.text.find(part) for part in wanted]
    assert -1 not in places, page.text
    assert places == sorted(places)
    assert page.tags.count("h1") == 1
    assert ("svg", "aria-label", "C = L + P") in page.attributes
    assert page.tags.count("details") == 1
    assert not [value for _, name, value in page.attributes if name in ("src", "href") and ":" in value]


def test_words_of_a_lesson_are_never_taken_for_markup(qapp, lesson):
    title = '</title><script>alert(1)</script> & "co"'
    made = lesson_handout(replace(lesson, title=title), no_pictures, lambda *_: ["x < 3 & y"])

    page = Page(html_page(made))

    assert "script" not in page.tags
    assert page.text.count(title) == 2
    assert "x < 3 & y" in page.text


def test_pictures_are_in_the_page_and_steps_without_one_say_so(qapp, lesson):
    album = Album()
    look, cure = (replace(step, watch=("loss",)) for step in lesson.steps)
    lesson = replace(lesson, steps=(look, cure))
    album.keep(lesson, look, [View()], {"A": 1200})

    page = Page(html_page(lesson_handout(lesson, album.pictures, no_code)))

    ((_, _, source),) = [found for found in page.attributes if found[:2] == ("img", "src")]
    image = QImage.fromData(b64decode(source.removeprefix("data:image/png;base64,")))
    assert image.size() == QSize(240, 120)
    assert ("img", "alt", "Loss <of> A, epoch 1,200") in page.attributes
    assert page.text.count(NOT_RUN) == 1
    assert page.text.index("Loss <of> A, epoch 1,200") < page.text.index("Cure") < page.text.index(NOT_RUN)


def test_a_course_has_contents_and_numbers_its_questions_throughout(qapp, course):
    page = Page(html_page(course_handout(course, no_pictures, no_code)))

    assert (
        page.text.index("All & everything")
        < page.text.index("2. Overfitting")
        < page.text.index("3. Another <one>")
    )
    links = {value for tag, name, value in page.attributes if (tag, name) == ("a", "href")}
    assert links == {f"#{value}" for tag, name, value in page.attributes if (tag, name) == ("article", "id")}
    assert [f"Question {number}" in page.text for number in (1, 2, 3)] == [True, True, False]


def test_a_picture_is_taken_on_white_and_the_view_stays_as_it_was(qapp, lesson):
    album, view, step = Album(), View(replace(DARK, text_scale=1.5)), lesson.steps[0]
    album.keep(lesson, step, [view], {"A": 0})

    (picture,) = album.pictures(lesson, step)

    assert QImage.fromData(picture.png).pixelColor(5, 5) == QColor("#ffffff")
    assert view.theme == replace(DARK, text_scale=1.5)
    assert picture.caption == "Loss <of> A, before training"


def test_a_caption_says_the_epoch_of_each_lane_where_they_differ(qapp, lesson):
    album, step = Album(), lesson.steps[0]
    album.keep(lesson, step, [View()], {"Sigmoid": 1200, "ReLU": 0})
    (picture,) = album.pictures(lesson, step)
    assert picture.caption == "Loss <of> A, Sigmoid: epoch 1,200, ReLU: before training"
    album.keep(lesson, step, [View()], {"Sigmoid": 300, "ReLU": 300})
    (picture,) = album.pictures(lesson, step)
    assert picture.caption == "Loss <of> A, epoch 300"


@pytest.fixture
def dark_window(qapp):
    """The colours of text of the whole application, as a dark window has them."""
    before = qapp.palette()
    dark = QPalette(before)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        dark.setColor(role, QColor("#ffffff"))
    qapp.setPalette(dark)
    yield
    qapp.setPalette(before)


@pytest.mark.usefixtures("dark_window")
@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: [pieces.code(["model = 1"], 300.0)], id="code"),
        pytest.param(lambda: [pieces.words("Words", 14, 300.0)], id="words"),
        pytest.param(lambda: [pieces.mark("Do", 300.0, LIGHT.accent)], id="mark"),
        pytest.param(lambda: pieces.text(BLOCKS, 300.0), id="text"),
        pytest.param(lambda: pieces.text(BLOCKS, 300.0, small=True), id="note"),
    ],
)
def test_no_colour_of_a_pdf_is_that_of_a_dark_window(made):
    """All that is drawn can be seen on paper: nothing is lighter than the ground of code."""
    for one in made():
        drawn = QImage(320, ceil(one.height) + 2, QImage.Format.Format_ARGB32_Premultiplied)
        drawn.fill(QColor("#000080"))
        with painting(drawn) as painter:
            one.draw(painter)
        seen = {QColor(drawn.pixel(x, y)).name() for x in range(drawn.width()) for y in range(drawn.height())}
        assert "#ffffff" not in seen
        assert len(seen) > 5


def test_the_newest_run_of_a_step_counts_and_none_that_has_not_begun(qapp, lesson):
    album, step = Album(), lesson.steps[0]
    for epoch in (0, 10, 7, 0):
        album.keep(lesson, step, [View()], {"A": epoch})
    album.keep(lesson, step, [], {"A": 30})

    assert [one.caption for one in album.pictures(lesson, step)] == ["Loss <of> A, epoch 7"]
    assert album.pictures(lesson, lesson.steps[1]) == ()
    assert album.pictures(replace(lesson, folder=Path("elsewhere")), step) == ()


class Fetched(View):
    """A view that has its values only while it is seen."""

    lacks_values = False

    def want_values(self, wanted: bool) -> None:
        pass


def test_a_view_without_its_values_keeps_the_picture_that_it_had(qapp, lesson):
    album, step, fetched = Album(), lesson.steps[0], Fetched()
    fetched.lacks_values = True
    album.keep(lesson, step, [fetched], {"A": 3})
    assert album.pictures(lesson, step) == ()
    fetched.lacks_values = False
    album.keep(lesson, step, [fetched], {"A": 10})
    fetched.lacks_values = True
    album.keep(lesson, step, [fetched, View()], {"A": 20})
    kept = [one.caption for one in album.pictures(lesson, step)]
    assert kept == ["Loss <of> A, epoch 10", "Loss <of> A, epoch 20"]


def piece(height: float, before: float = 0.0, leads: bool = False, new_page: bool = False) -> Piece:
    return Piece(height, lambda painter: None, before, leads, new_page)


def test_pages_cut_nothing_and_headings_stay_with_what_follows():
    one, head, two, last = piece(60), piece(10, 5, leads=True), piece(30, 5), piece(20, 7, new_page=True)

    filled = pages([one, head, two, last], 100)

    assert filled == [[(0.0, 0.0, one)], [(0.0, 0.0, head), (15.0, 5, two)], [(0.0, 0.0, last)]]


def test_a_piece_that_is_higher_than_a_page_has_one_of_its_own():
    small, large = piece(10), piece(300)
    assert [len(page) for page in pages([small, large, small], 100)] == [1, 1, 1]


def test_a_pdf_has_the_pages_that_its_content_needs(qapp, course):
    written = pdf(course_handout(course, lambda *_: (), no_code))

    assert written.startswith(b"%PDF-")
    # Contents, two lessons, answers.
    assert len(re.findall(rb"/Type /Page\b", written)) == 4
    assert b"/Subtype /Image" not in written


def test_pictures_in_a_pdf_are_images_of_their_own_size(qapp, lesson):
    album = Album()
    album.keep(lesson, lesson.steps[0], [View(), View()], {"A": 5})

    written = pdf(lesson_handout(lesson, album.pictures, no_code))

    assert re.findall(rb"/Width (\d+)\s*\n?/Height (\d+)", written)[:1] == [(b"240", b"120")]


def test_a_handout_is_written_whole_or_not_at_all(qapp, lesson, tmp_path):
    made = lesson_handout(lesson, no_pictures, no_code)
    with pytest.raises(ValueError, match=r"saved as .html or .pdf; 'notes.doc' ends in none of them"):
        write_handout(made, tmp_path / "notes.doc")
    assert not (tmp_path / "notes.doc").exists()

    old = tmp_path / "old.html"
    old.write_text("mine", encoding="utf-8")
    broken = replace(made, chapters=(replace(made.chapters[0], title=None),))
    with pytest.raises(AttributeError):
        write_handout(broken, old)
    assert old.read_text(encoding="utf-8") == "mine"

    write_handout(made, old)
    assert old.read_text(encoding="utf-8") == html_page(made)


def test_the_whole_course_can_be_printed(qapp, tmp_path):
    from engine.lessons import built_in, built_in_folder

    course = built_in()
    made = course_handout(course, no_pictures, no_code)

    page = Page(html_page(made))

    assert load_course(built_in_folder()).title in page.text
    assert "{" not in page.text
    assert len(re.findall(rb"/Type /Page\b", pdf(made))) > len(course.lessons)
