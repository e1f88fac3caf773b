"""The import dialog by itself: what it offers, reads, marks and lists."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.data.tables import Text
from engine.experiment import default_experiment, edit_many, switch_task
from gui_app.importing.dialog import ImportDialog
from tests.gui_app.hands import click, fill

TABLE = "size;width;height;species\n1;1,5;2;cat\n2;3;4;dog\n3;oops;1;cat\n4;100;0;cat\n"


@pytest.fixture
def open_dialog(qtbot):
    def build(text, experiment=None):
        experiment = experiment or default_experiment()
        text = text if isinstance(text, Text) else Text.of(text)
        dialog = ImportDialog(text, "a.csv", experiment.data)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return build


def pick(box, words):
    """By keyboard, as a person without a mouse does."""
    box.setFocus()
    wanted = box.findText(words)
    assert wanted >= 0, [box.itemText(k) for k in range(box.count())]
    while box.currentIndex() != wanted:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


def problems(dialog):
    return [dialog.problems.item(k).text() for k in range(dialog.problems.count())]


def headings(dialog):
    preview = dialog.preview
    return [preview.horizontalHeaderItem(k).text() for k in range(preview.columnCount())]


def test_what_is_found_is_shown(open_dialog):
    dialog = open_dialog(TABLE)
    form = dialog.form
    assert [box.currentText() for box in form.columns] == ["size", "width", "species"]
    assert form.delimiter.currentText() == "Semicolon"
    assert form.sign.currentText() == "Found: comma"
    assert form.header.currentText() == "In the first row"
    assert dialog.found.text() == (
        "By name: class = “species”; guessed from their values: x1 = “size”, x2 = “width”.\n"
        "Decimal comma, as in “1,5”."
    )
    assert headings(dialog) == ["size → x1", "width → x2", "height", "species → class"]
    assert dialog.preview.item(0, 1).text() == "1,5"
    assert dialog.summary.text() == "3 points of 2 classes: cat, dog; 1 row cannot be read."
    assert problems(dialog) == ["line 4: expected a number for x2 but found “oops”"]


def test_other_columns_can_be_chosen(open_dialog):
    dialog = open_dialog(TABLE)
    pick(dialog.form.columns[0], "height")
    assert headings(dialog) == ["size", "width → x2", "height → x1", "species → class"]
    assert dialog.data.xy.tolist() == [[2, 1.5], [4, 3], [0, 100]]
    assert "guessed or chosen by you: x1 = “height”, x2 = “width”." in dialog.found.text()
    pick(dialog.form.columns[1], "height")
    assert headings(dialog) == ["size", "width", "height → x1, x2", "species → class"]
    pick(dialog.form.columns[1], "size")
    assert not problems(dialog)
    assert dialog.accept_button.isEnabled()
    assert len(dialog.data.target) == 4


def test_bad_rows_are_left_out_only_where_a_person_agrees(open_dialog):
    dialog = open_dialog(TABLE)
    assert not dialog.accept_button.isEnabled()
    assert dialog.skip.text() == "Leave out the row that cannot be read"
    why = "To import, correct the table, or tick “Leave out the row that cannot be read”."
    assert dialog.missing.isVisible()
    assert dialog.missing.text() == dialog.accept_button.toolTip() == why
    dialog.skip.click()
    assert dialog.accept_button.isEnabled()
    assert dialog.missing.text() == dialog.accept_button.toolTip() == ""
    click(dialog.accept_button)
    assert dialog.result()
    assert len(dialog.data.target) == 3


def test_what_is_no_table_of_points_and_what_has_no_axes_say_so(open_dialog):
    none = open_dialog("a,b,c\nd,e,f\n")
    assert not none.accept_button.isEnabled()
    assert none.missing.text() == "To import, choose how to read the table: no row is a point yet."
    dialog = open_dialog("1,2,a\n3,4,b\n")
    assert dialog.missing.text() == ""
    fill(dialog.axes.highs["x"], "-500")
    assert not dialog.accept_button.isEnabled()
    assert dialog.missing.text() == "To import, correct the axes."


def test_another_delimiter_sign_or_header_reads_anew(open_dialog):
    dialog = open_dialog("1,500;2;a\n2,500;3;b\n")
    assert dialog.form.sign.currentText() == "Unknown: please choose"
    assert problems(dialog)[0] == (
        "line 1: “1,500” for x1 may mean 1500 or 1.5; say which is the decimal sign"
    )
    assert dialog.summary.text() == "No points; 2 rows cannot be read."
    assert not dialog.accept_button.isEnabled()
    assert not dialog.skip.isVisible()
    pick(dialog.form.sign, "Point")
    assert dialog.data.xy.tolist() == [[1500, 2], [2500, 3]]
    pick(dialog.form.sign, "Comma")
    assert dialog.data.xy.tolist() == [[1.5, 2], [2.5, 3]]
    assert dialog.accept_button.isEnabled()
    pick(dialog.form.header, "In the first row")
    assert len(dialog.data.target) == 1
    pick(dialog.form.delimiter, "Comma")
    assert dialog.preview.item(0, 1).text() == "500;2;a"


def test_the_table_proposes_axes_which_can_be_edited_and_points_outside_are_counted(open_dialog):
    dialog = open_dialog("petal_length_cm,Year,kind\n0,1951,a\n100,2023,b\n")
    axes = dialog.axes
    assert (axes.names["x"].text(), axes.units["x"].text()) == ("petal length", "cm")
    assert [axes.lows["y"].text(), axes.highs["y"].text()] == ["1945", "2030"]
    assert dialog.hint.isHidden()
    assert axes.names["value"].isHidden()
    fill(axes.highs["x"], "50")
    assert dialog.hint.text() == "1 of 2 points lies outside these axes."
    fill(axes.highs["x"], "-50")
    assert (
        axes.problem
        == "Horizontal axis: the first number, the low end, must be below the second, not -10 and -50."
    )
    assert not dialog.accept_button.isEnabled()
    click(axes.fit)
    assert dialog.frame.extent.x == (-10.0, 110.0)
    assert dialog.accept_button.isEnabled()


def test_axes_of_the_drawing_stay_where_points_are_added(open_dialog):
    dialog = open_dialog("0,0,0\n100,50,1\n")
    click(dialog.add_button)
    assert dialog.frame is None
    assert not dialog.axes.isEnabled()
    assert dialog.hint.text() == "1 of 2 points lies outside the axes of the drawing."


def test_values_of_a_surface_have_an_extent(open_dialog):
    surface = switch_task(default_experiment(), "surface")
    dialog = open_dialog("0,0,10\n1,1,30\n", surface)
    assert dialog.data.target.tolist() == [10, 30]
    assert dialog.frame.extent.value == (8.0, 32.0)
    assert dialog.axes.names["value"].isVisible()


def test_another_task_reads_other_columns_and_cannot_be_added(open_dialog):
    dialog = open_dialog("a,b,c\n1,2,3\n4,5,6.5\n")
    assert not dialog.axes.names["value"].isVisible()
    dialog.add_button.click()
    pick(dialog.form.task, "A surface: points with values")
    assert dialog.task == "surface"
    assert dialog.data.target.tolist() == [3, 6.5]
    assert dialog.axes.names["value"].isVisible()
    assert not dialog.add_button.isEnabled()
    assert not dialog.add
    pick(dialog.form.task, "A curve y(x)")
    assert dialog.data.xy.tolist() == [[1, 2], [4, 5]]
    assert dialog.data.target.tolist() == [2, 5]
    assert not dialog.form.columns[2].isVisible()


def test_a_task_that_is_chosen_stays_when_the_text_is_read_in_another_way(open_dialog):
    dialog = open_dialog("1;2\n3;4\n")
    assert dialog.task == "curve"
    assert dialog.found.text().startswith("Two columns of numbers")
    pick(dialog.form.task, "Points with classes")
    assert not dialog.found.text().startswith("Two columns of numbers")
    pick(dialog.form.delimiter, "Comma")
    assert dialog.task == "classification"


@pytest.mark.parametrize("text", ["1,red\n2,blue\n", "x1,x2,class\n1,2,red\n", "1,2,0\n3,4,1\n"])
def test_a_table_with_a_class_keeps_the_task(open_dialog, text):
    assert open_dialog(text).task == "classification"


def test_a_split_column_is_used_or_not(open_dialog):
    dialog = open_dialog("x1,x2,class,split\n1,2,0,test\n3,4,1,training\n")
    assert dialog.data.split.tolist() == [2, 0]
    pick(dialog.form.split, "assigned at random")
    assert dialog.data.split is None


def test_names_of_the_document_are_its_classes(open_dialog):
    named = edit_many(default_experiment(), {"data.class_names": ("zebra", "ape")})
    assert open_dialog("1,2,ape\n3,4,zebra\n", named).data.target.tolist() == [1, 0]
    assert open_dialog("1,2,ape\n3,4,bee\n", named).data.class_names == ("ape", "bee")


def test_a_long_table_is_read_while_the_dialog_lives(open_dialog, qtbot):
    dialog = open_dialog("1.5,2,a\n" * 100_000)
    assert not dialog.accept_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.summary.text().startswith("Reading … "))
    assert 0 < len(dialog.reader) < 100_000
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    assert dialog.summary.text() == "100,000 points of 1 class: a."


def test_more_rows_than_can_be_are_left_out_only_where_a_person_agrees(open_dialog):
    dialog = open_dialog("1.5,2,a\n" * 120_000)
    dialog.finish()
    words = "at most 100,000 rows can be imported; the last 20,000 are left out"
    assert problems(dialog) == [f"line 100001: {words}"]
    assert "20,000 rows cannot be read" in dialog.summary.text()
    assert not dialog.accept_button.isEnabled()
    dialog.skip.click()
    assert dialog.accept_button.isEnabled()
    assert len(dialog.data.target) == 100_000


def test_only_the_first_problems_are_listed(open_dialog):
    dialog = open_dialog("1,2,a\n" + "1,x,a\n" * 5000)
    dialog.finish()
    assert len(problems(dialog)) == 1001
    assert problems(dialog)[-1] == "… and 4,000 more"
    assert dialog.skip.text() == "Leave out the 5,000 rows that cannot be read"


def test_a_row_of_very_many_columns(open_dialog):
    dialog = open_dialog(",".join(["1"] * 40_000) + "\n")
    assert dialog.preview.columnCount() == dialog.form.columns[0].count() == 200
    assert problems(dialog) == ["line 1: expected at most 200 columns but found 40,000"]
    wider = open_dialog(",".join(["1"] * 1_000_000))
    wider.finish()
    assert wider.summary.text() == "No points; 1 row cannot be read."
    assert problems(wider)[0].endswith("found a line of more than 100,000 characters")


def test_arrays_have_no_delimiter(open_dialog):
    dialog = open_dialog(Text(b"a,b,c\n1,2,3\n", "utf-8", fixed=True, tidy=True))
    assert not dialog.form.delimiter.isVisible()
    assert not dialog.form.header.isVisible()
    assert dialog.form.columns[0].isVisible()


def test_an_encoding_is_chosen_with_the_preview_in_sight(open_dialog):
    content = "x1,x2,class\n1,2,žluť\n3,4,kůň\n".encode("cp1250")
    dialog = open_dialog(Text(content, "cp1252"))
    assert dialog.form.encoding.currentText() == "Western (Windows-1252)"
    assert dialog.preview.item(0, 2).text() != "žluť"
    pick(dialog.form.encoding, "Central European (Windows-1250)")
    assert dialog.preview.item(0, 2).text() == "žluť"
    assert dialog.data.class_names == ("kůň", "žluť")


def test_any_delimiter_can_be_typed(open_dialog):
    dialog = open_dialog("width~height~kind\n1~2~a\n3~4~b\n")
    assert not dialog.form.other.isVisible()
    pick(dialog.form.delimiter, "Another character")
    assert dialog.form.other.isVisible()
    QTest.keyClicks(dialog.form.other, "~")
    assert headings(dialog) == ["width → x1", "height → x2", "kind → class"]
    assert dialog.data.xy.tolist() == [[1, 2], [3, 4]]
    pick(dialog.form.delimiter, "Comma")
    assert not dialog.form.other.isVisible()


def test_a_delimiter_that_is_the_quote_sign_is_refused_with_a_sentence(open_dialog):
    dialog = open_dialog("width~height~kind\n1~2~a\n3~4~b\n")
    pick(dialog.form.delimiter, "Another character")
    QTest.keyClicks(dialog.form.other, "~")
    note = dialog.form.note
    dialog.form.other.selectAll()
    QTest.keyClicks(dialog.form.other, '"')
    assert note.text() == "This is the quote sign; choose another quote sign first."
    assert note.isVisible()
    assert dialog.form.reading.dialect.delimiter == "~"
    dialog.form.other.selectAll()
    QTest.keyClicks(dialog.form.other, "~")
    assert note.isHidden()


def test_the_quote_sign_can_be_chosen(open_dialog):
    dialog = open_dialog("1;2;'a;b'\n3;4;'c'\n")
    assert dialog.form.quote.currentText() == "Single  '"
    assert dialog.data.class_names == ("a;b", "c")
    pick(dialog.form.quote, "None")
    assert dialog.preview.item(0, 2).text() == "'a"


def test_each_value_stands_below_the_name_it_belongs_to(open_dialog):
    dialog = open_dialog('"width" "kind" "height"\n"1" 0.5 "red" 1.25\n"2" -2 "blue" 0.75\n')
    assert headings(dialog) == ["row names", "width → x1", "kind → class", "height → x2"]
    assert [dialog.preview.item(1, k).text() for k in range(4)] == ["2", "-2", "blue", "0.75"]


def test_a_refused_split_column_is_explained_and_can_be_chosen(open_dialog):
    dialog = open_dialog("x1,x2,class,split\n1,2,a,0\n3,4,b,1\n")
    assert dialog.data.split is None
    assert "“split” is not taken for the split, because it says “0”." in dialog.found.text()
    pick(dialog.form.split, "split")
    assert dialog.data.split.tolist() == [0, 1]
    assert "Chosen by you" not in dialog.found.text()
    assert dialog.found.text().startswith(
        "By name: x1 = “x1”, x2 = “x2”, class = “class”; chosen by you: split"
    )


def test_names_in_several_rows_and_none(open_dialog):
    dialog = open_dialog("width,height,kind\ncm,cm,\n1,2,a\n3,4,b\n")
    assert dialog.form.header.currentText() == "In the first 2 rows"
    assert headings(dialog) == ["width → x1", "height → x2", "kind → class"]
    pick(dialog.form.header, "None")
    assert headings(dialog) == ["column 1 → x1", "column 2 → x2", "column 3 → class"]
    assert dialog.preview.item(0, 0).text() == "width"
    assert len(problems(dialog)) == 2


def test_nothing_is_chosen_for_a_table_that_is_not_known_yet(open_dialog, qtbot):
    dialog = open_dialog("1.5,2,a\n" * 50_000)
    assert not dialog.form.isEnabled()
    dialog.finish()
    assert dialog.form.isEnabled()
    dialog.form.delimiter.setFocus()
    pick(dialog.form.delimiter, "Semicolon")
    assert not dialog.form.isEnabled()
    dialog.finish()
    assert dialog.form.delimiter.hasFocus() or not dialog.isActiveWindow()
    assert dialog.preview.columnCount() == 3


def test_a_dialog_that_is_closed_reads_no_more(open_dialog):
    dialog = open_dialog("1.5,2,a\n" * 100_000)
    dialog.reject()
    assert not dialog._jobs.waiting
