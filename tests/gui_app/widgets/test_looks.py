"""Icons and the style sheet."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from gui_app.theme import style_sheet
from gui_app.theme.icons import app_icon, icon, tinted
from gui_app.theme.tokens import THEMES
from resources import files, read_bytes, read_text

NAMES = sorted(path.name.removesuffix(".svg") for path in files("resources").joinpath("icons").iterdir())


def picture(drawn: QIcon, side: int, mode=QIcon.Mode.Normal):
    return drawn.pixmap(QSize(side, side), 1.0, mode).toImage()


def strength(image) -> int:
    return sum(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "neural-sketchbook"])
def test_every_icon_is_drawn_with_one_pen_in_the_colour_asked_for(qapp, name):
    text = read_text(f"icons/{name}.svg")
    assert set(re.findall(r'stroke-width="([^"]+)"', text)) == {"1.75"}
    assert set(re.findall(r'stroke="([^"]+)"', text)) <= {"currentColor", "none"}
    image = picture(icon(name, "#123456"), 48)
    drawn = {
        image.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert drawn == {"#123456"}


def test_a_disabled_icon_is_faded(qapp):
    drawn = icon("undo", "#000000")
    assert 0 < strength(picture(drawn, 20, QIcon.Mode.Disabled)) < strength(picture(drawn, 20)) / 2


def test_where_there_is_no_room_an_icon_is_nothing(qapp):
    assert picture(icon("undo", "#000000"), 0).isNull()


def test_icons_are_kept_and_unknown_ones_refused(qapp):
    assert icon("play", "#000000") is icon("play", "#000000")
    with pytest.raises(FileNotFoundError):
        tinted("no such icon", "#000000")
    assert not app_icon().isNull()
    assert read_bytes("icons/play.svg").startswith(b"<svg")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_style_sheet_is_filled_in(qapp, theme):
    text = style_sheet.style_sheet(theme)
    assert "@" not in text.split("*/", 1)[1]
    assert theme.accent in text
    assert style_sheet.palette(theme).highlight().color().name() == theme.accent


def test_the_app_changes_its_theme(qapp):
    before = qapp.palette(), qapp.styleSheet(), qapp.font()
    for theme in THEMES.values():
        style_sheet.apply(qapp, theme)
        assert qapp.palette().window().color().name() == theme.panel
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])
