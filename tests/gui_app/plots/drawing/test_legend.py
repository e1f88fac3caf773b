from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gui_app.plots.drawing.legend import LegendEntry, fitted, legend_width, paint_legend, placed, rows_of
from gui_app.theme.tokens import LIGHT

ENTRIES = [LegendEntry(name, "line", ("#ff0000",), "0.123") for name in ("training", "validation", "test")]


def test_all_is_shown_where_there_is_room(qapp):
    assert fitted(ENTRIES, 1000.0) == ENTRIES


def test_values_go_from_the_last_when_it_gets_narrow(qapp):
    kept = fitted(ENTRIES, legend_width(ENTRIES) - 1.0)
    assert [entry.value for entry in kept] == ["0.123", "0.123", ""]


def test_names_are_shortened_and_notes_go_before_any_value_does(qapp):
    long = [replace(entry, short=entry.label[:3]) for entry in ENTRIES]
    with_note = [*long, LegendEntry("cost", "note", (), "0.5")]
    short = [replace(entry, label=entry.short, name=entry.label) for entry in long]
    assert fitted(with_note, legend_width(with_note) - 1.0) == [*short, with_note[-1]]
    assert fitted(with_note, legend_width(short)) == short
    assert [entry.value for entry in fitted(with_note, legend_width(short) - 1.0)] == ["0.123", "0.123", ""]


def test_names_are_shortened_before_a_second_line_is_begun(qapp):
    long = [replace(entry, short=entry.label[:3]) for entry in ENTRIES]
    kept = fitted(long, legend_width(ENTRIES) - 1.0, rows=2)
    assert [(entry.label, entry.value) for entry in kept] == [
        ("tra", "0.123"),
        ("val", "0.123"),
        ("tes", "0.123"),
    ]
    assert [entry.sentence for entry in kept] == ["training 0.123", "validation 0.123", "test 0.123"]
    narrow = fitted(long, legend_width(kept) - 1.0, rows=2)
    assert [entry.label for entry in narrow] == ["training", "validation", "test"], (
        "two lines have room for all"
    )


def test_names_go_last(qapp):
    bare = [LegendEntry(entry.label, "line", entry.colours) for entry in ENTRIES]
    assert fitted(ENTRIES, legend_width(bare)) == bare
    assert fitted(ENTRIES, legend_width(bare) - 1.0) == bare[:2]
    assert fitted(ENTRIES, 5.0) == []


def test_a_bare_word_goes_with_what_it_stands_beside(qapp):
    strip = [LegendEntry("layer 1", "note", ()), LegendEntry("output", "strip", ("#ff0000", "#00ff00"))]
    notes = [*strip, LegendEntry("log", "note", ())]
    assert fitted(notes, legend_width(notes)) == notes
    assert fitted(notes, legend_width(strip)) == strip
    assert fitted(notes, legend_width(strip) - 1.0) == []


def test_changing_digits_do_not_move_the_legend(qapp):
    widths = {
        legend_width([LegendEntry("training", "line", ("#ff0000",), text)])
        for text in ("0", "0.5", "0.0312", "∞")
    }
    assert len(widths) == 1


def test_every_kind_is_drawn_at_the_right_end(qapp):
    for kind in ("line", "thin", "dashed", "bar", "tick", "strip", "note"):
        image = QImage(300, 28, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFF)
        painter = QPainter(image)
        paint_legend(painter, QRectF(0, 0, 300, 28), [LegendEntry("word", kind, ("#ff0000",))], LIGHT)
        painter.end()
        inked = [x for x in range(300) for y in range(28) if image.pixelColor(x, y).name() != "#ffffff"]
        assert inked
        assert min(inked) > 150


def test_a_second_line_reaches_below_the_title_before_a_value_is_left_out() -> None:
    above = [LegendEntry(f"lane {name}", "line", ("#000",)) for name in "ABC"]
    width = max(legend_width(above), legend_width(ENTRIES[:2]))
    entries, room = [*above, *ENTRIES], QRectF(50.0, 0.0, width, 28.0)
    assert [one.entry for one in placed(entries, room)] != entries
    shown = placed(entries, room, below=legend_width(ENTRIES) - width + 1.0)
    assert [one.entry for one in shown] == entries
    assert min(one.rect.left() for one in shown[:3]) >= room.left()
    assert shown[3].rect.left() < room.left()
    assert shown[-1].rect.right() <= room.right() + 1e-6


def test_lines_are_counted_with_whole_labels() -> None:
    assert rows_of(ENTRIES, legend_width(ENTRIES)) == 1
    assert rows_of(ENTRIES, legend_width(ENTRIES) - 1.0) == 2
    assert rows_of(ENTRIES, 1.0) == len(ENTRIES)
    assert rows_of([], 1.0) == 1
