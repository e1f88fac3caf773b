import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.catalogue.generators import GENERATORS
from engine.data import Append
from engine.experiment import Points, edit, switch_generator, switch_task
from gui_app.canvas import TOOLS, tools_for
from gui_app.panels.data.data_panel import GENERATE_HINT
from gui_app.session.origin import PASTED
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.hands import click, drag_slider, draw, put_points, type_into


@pytest.fixture
def drawn(document):
    """A document that a hand has drawn in."""
    document.apply_edit(Append(document.new_points([[1.0, 2.0], [2.0, 2.0]], [0, 1])))
    document.finish_gesture("Draw")
    return document


def marked(data):
    return [key for key, thumbnail in data.gallery.thumbnails.items() if thumbnail.isChecked()]


def test_a_set_of_the_gallery_is_chosen_also_where_the_canvas_was_emptied(data, document):
    chosen, before = [], document.experiment
    document.data_chosen.connect(lambda: chosen.append(document.experiment))
    document.clear_points()
    click(data.gallery.thumbnails[before.data.generator.name])
    assert chosen == [before]


def test_the_gallery_shows_the_data_sets_of_the_task(data, document):
    for name in ("spiral", "sine", "plane"):
        document.replace(switch_generator(document.experiment, name), "switch")
        offered = [key for key, thumbnail in data.gallery.thumbnails.items() if not thumbnail.isHidden()]
        assert offered == [key for key, entry in GENERATORS.items() if entry.task == GENERATORS[name].task]
        assert marked(data) == [name]


def test_a_click_takes_a_data_set(data, document):
    click(data.gallery.thumbnails["three_spirals"])
    assert document.experiment.data.generator.name == "three_spirals"
    assert document.experiment.data.classes == 3
    assert marked(data) == ["three_spirals"]
    document.stack.undo()
    assert marked(data) == ["spiral"]


def test_hand_drawn_points_leave_nothing_to_generate(drawn, data):
    assert data.reason.isVisible()
    assert data.reason.text() == f"{drawn.origin}: {len(drawn.points):,} points. {GENERATE_HINT}"
    assert not data.noise.isEnabled()
    assert data.points.isHidden(), "it says how many are generated"
    assert marked(data) == []
    click(data.gallery.thumbnails["spiral"])
    assert not drawn.hand_drawn
    assert data.noise.isEnabled()
    assert data.points.isVisible()
    assert data.reason.isHidden()


@pytest.mark.parametrize("origin", ["Imported", "Pasted"])
def test_the_panel_says_where_points_come_from(data, document, origin):
    brought = Points([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [0, 1, 0], None)
    after = edit(document.experiment, "data.points", brought)
    document.replace(after, "Import fruit.csv", other_data=True, source=origin)
    assert data.reason.text() == f"{origin}: 3 points. {GENERATE_HINT}"
    draw(document, [[3.0, 3.0]])
    assert data.reason.text() == f"{origin} and edited: 4 points. {GENERATE_HINT}"
    document.stack.undo()
    assert data.reason.text() == f"{origin}: 3 points. {GENERATE_HINT}"
    document.change({"lanes.0.training.learning_rate": 0.01, "data.split.validation": 0.1}, "no point")
    assert data.reason.text() == f"{origin}: 3 points. {GENERATE_HINT}"
    document.clear_points()
    assert data.reason.text() == f"No points. {GENERATE_HINT}"
    draw(document, [[3.0, 3.0]])
    assert data.reason.text() == f"Drawn by hand: 1 point. {GENERATE_HINT}"


def test_points_know_where_they_come_from(document, tmp_path):
    assert str(document.origin) == "Generated"
    draw(document, [[3.0, 3.0]])
    assert str(document.origin) == "Generated and edited"
    document.save(tmp_path / "a.sketch.json")
    document.open(tmp_path / "a.sketch.json")
    assert str(document.origin) == "From the file"
    draw(document, [[3.0, 3.0]])
    assert str(document.origin) == "From the file and edited"
    document.stack.undo()
    assert str(document.origin) == "From the file"


def test_points_cut_and_pasted_are_pasted(data, document):
    points = document.points
    document.clear_points()
    document.apply_edit(Append(points), PASTED)
    document.finish_gesture("Paste")
    assert str(document.origin) == "Pasted"
    assert data.reason.text() == f"Pasted: 500 points. {GENERATE_HINT}"
    document.stack.undo()
    document.stack.undo()
    assert str(document.origin) == "Generated"
    document.stack.redo()
    document.stack.redo()
    assert str(document.origin) == "Pasted"


def test_a_stroke_that_goes_on_counts_and_one_taken_back_does_not(document):
    document.apply_edit(Append(document.new_points([[1.0, 1.0]], [0.0])))
    assert str(document.origin) == "Generated and edited"
    document.cancel_gesture()
    assert str(document.origin) == "Generated"


def test_regenerate_draws_another_seed_and_every_press_can_be_undone(data, document):
    seeds = [0]
    for _ in range(3):
        click(data.regenerate)
        seeds.append(document.experiment.data.generator.seed)
    assert len(set(seeds)) > 2
    for seed in reversed(seeds[:-1]):
        document.stack.undo()
        assert document.experiment.data.generator.seed == seed
        assert data.seed.value() == seed


def test_regenerate_brings_generated_points_back(data, drawn):
    before = drawn.points
    click(data.regenerate)
    assert not drawn.hand_drawn
    assert len(drawn.points) == 500
    drawn.stack.undo()
    assert drawn.points == before
    assert drawn.hand_drawn


def test_regenerate_works_when_classes_of_the_data_set_are_gone(data, classes, document, dialogs):
    dialogs.answers = ["Remove class"]
    document.replace(switch_generator(document.experiment, "three_spirals"), "switch")
    click(data.draw.palette_box.less)
    assert document.hand_drawn
    click(data.regenerate)
    assert document.experiment.data.classes == 3
    assert data.error.isHidden()


def test_noise_is_dragged_in_one_undo_step(data, document):
    drag_slider(data.noise, 0.2, 0.9)
    assert document.experiment.data.generator.noise > 0.3
    assert data.noise.number.text().endswith(" %")
    document.stack.undo()
    assert document.experiment.data.generator.noise == 0.1
    assert data.noise.value() == 0.1


def test_resplit_deals_hand_drawn_points_out_again(drawn, data):
    before = drawn.points
    click(data.split.resplit)
    assert drawn.experiment.data.split.seed != 0
    assert np.array_equal(drawn.points.xy, before.xy)
    assert not np.array_equal(drawn.points.split, before.split)


def test_shares_are_typed_as_numbers(data, document):
    validation, test = data.split.fields
    assert (validation.text(), test.text()) == ("25 %", "25 %")
    assert data.split.training.text() == "50 % training"
    type_into(validation, "40")
    type_into(test, "10 %")
    assert (document.experiment.data.split.validation, document.experiment.data.split.test) == (0.4, 0.1)
    assert document.points.counts() == (250, 200, 50)
    assert data.split.bar.borders == (0.5, 0.9)
    QTest.keyClick(test, Qt.Key.Key_Up)
    assert document.experiment.data.split.test == 0.11
    type_into(validation, "90")
    assert (
        data.error.text() == "Validation and test together must leave points to train on (a sum below 100 %)."
    )
    assert document.experiment.data.split.validation == 0.4
    assert validation.text() == "40 %"


def test_a_refused_share_shows_only_the_reason(data, document):
    validation, test = data.split.fields
    type_into(test, "1e3")
    assert (
        data.error.text() == "Validation and test together must leave points to train on (a sum below 100 %)."
    )
    assert (test.text(), document.experiment.data.split.test) == ("25 %", 0.25)
    assert test.note.isHidden()
    type_into(validation, "0")
    type_into(test, "1e3")
    assert (test.text(), document.experiment.data.split.test) == ("90 %", 0.9)
    assert (data.error.text(), test.note.isHidden()) == ("", False)
    assert test.note.text() == "90 % is the maximum."


def test_the_bar_counts_points_while_they_are_drawn(data, document):
    document.apply_edit(Append(document.new_points(np.zeros((100, 2)), np.zeros(100))))
    assert "600" not in data.split.bar.accessibleName()
    counts = document.points.counts()
    assert sum(counts) == 600
    assert data.split.bar.accessibleName() == "Split: train {}, validation {}, test {}".format(*counts)
    document.finish_gesture("Draw")


def test_adding_a_class_chooses_it_and_removing_it_chooses_the_last(data, classes, document, settings):
    click(data.draw.palette_box.more)
    assert (document.experiment.data.classes, settings.class_index) == (3, 2)
    click(data.draw.palette_box.less)
    assert (document.experiment.data.classes, settings.class_index) == (2, 1)


def test_tools_and_their_numbers_follow_the_settings_both_ways(data, settings):
    click(data.draw.tools["eraser"])
    assert settings.tool == "eraser"
    click(data.draw.tools["eraser"])
    assert data.draw.tools["eraser"].isChecked()
    settings.tool = "brush"
    assert data.draw.tools["brush"].isChecked()
    assert not data.draw.tools["eraser"].isChecked()
    type_into(data.draw.radius.number, "1.5")
    type_into(data.draw.density.number, "30")
    assert (settings.radius, settings.density) == (1.5, 30.0)
    settings.scale_radius(2)
    assert data.draw.radius.value() == settings.radius
    click(data.draw.palette_box.buttons[1])
    assert settings.class_index == 1


def test_each_task_offers_what_it_needs(data, document, settings):
    assert data.draw.class_section.isVisible()
    document.replace(switch_generator(document.experiment, "bumps"), "switch")
    assert data.draw.class_section.isHidden()
    assert data.draw.value_section.isVisible()
    assert data.draw.tools["value_brush"].isChecked()
    type_into(data.draw.value.number, "-0.5")
    assert settings.value == -0.5
    document.replace(switch_generator(document.experiment, "sine"), "switch")
    assert data.draw.value_section.isHidden()


@pytest.mark.parametrize("generator", ["spiral", "sine", "bumps"])
def test_a_tool_shows_only_what_it_uses(data, document, settings, generator):
    document.replace(switch_generator(document.experiment, generator), "switch")
    options = data.draw.options
    for tool in tools_for(document.experiment.data.task):
        click(data.draw.tools[tool.key])
        assert settings.tool == tool.key
        for name in ("radius", "density", "rate", "scatter", "strength"):
            assert options.sliders[name].isVisible() is (name in tool.uses), (tool.key, name)
        for name, row in options.choices.items():
            assert row.isVisible() is (name in tool.uses), (tool.key, name)
        assert data.draw.value_section.isVisible() is (generator == "bumps"), "it must not move the rest"


def test_every_setting_that_a_tool_uses_has_a_control(data, settings):
    controls = {*data.draw.options.sliders, *data.draw.options.choices, "class_index"}
    for tool in TOOLS.values():
        assert tool.uses <= controls
        assert all(hasattr(settings, name) for name in tool.uses)


@pytest.mark.parametrize("key", list(TOOLS))
def test_every_tool_button_has_its_key_name_and_tip(data, key):
    button, tool = data.draw.tools[key], TOOLS[key]
    assert button.accessibleName() == tool.label
    assert f"{tool.label} ({tool.shortcut})" in button.toolTip()
    assert button.property("iconName") == tool.icon


def test_sliders_and_choices_change_the_settings_and_follow_them(data, settings):
    options = data.draw.options
    for tool, name, text, value in (
        ("spray", "rate", "200", 200), ("line", "scatter", "0.5", 0.5), ("magnet", "strength", "2", 2),
    ):  # fmt: skip
        settings.tool = tool
        type_into(options.sliders[name].number, text)
        assert getattr(settings, name) == value
    for tool, name, value in (
        ("brush", "soft", True),
        ("split_brush", "split", 2),
        ("select", "lasso", True),
    ):
        settings.tool = tool
        click(options.choices[name].chips[value])
        assert getattr(settings, name) == value
        setattr(settings, name, 0)
        assert not options.choices[name].chips[value].isChecked()


def test_splits_are_hidden_and_shown(data, settings):
    for split, button in enumerate(data.shown.chips):
        assert button.isChecked()
        click(button)
        assert settings.shown == {0, 1, 2} - {split}
        settings.show_split(split, True)
        assert button.isChecked()


def test_undo_redo_and_clear(data, document):
    assert not data.draw.undo.isEnabled()
    click(data.draw.clear)
    assert len(document.points) == 0
    assert not data.draw.clear.isEnabled()
    assert "clear" in data.draw.undo.toolTip()
    click(data.draw.undo)
    assert len(document.points) == 500
    click(data.draw.redo)
    assert len(document.points) == 0


@pytest.mark.parametrize("points", [Points.empty(), Points([[0, 0]], [0])])
def test_hardly_any_points(data, document, points):
    put_points(document, points, "few")
    data.grab()
    assert data.error.isHidden()


def test_thumbnails_wear_the_theme(data):
    for theme in (LIGHT, DARK):
        data.apply_theme(theme)
        picture = data.gallery.thumbnails["spiral"].grab().toImage()
        pixels = {
            picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
        }
        assert {theme.backdrop, theme.classes[0], theme.classes[1]} <= pixels
        assert QColor(theme.classes[1]) == data.draw.palette_box.buttons[1].colour


def test_radius_and_value_are_told_in_the_units_of_the_data(document, data, settings):
    draw = data.draw
    assert draw.radius_note.isHidden()
    document.change({"data.extent.x": [0, 84], "data.axes.x.unit": "cm"}, "Axes")
    settings.radius = 0.6
    assert draw.radius_note.text() == "Radius 0.6 of 12 ≈ 4.2 cm across, 0.6 up"
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    assert draw.value_note.isHidden()
    document.change({"data.extent.value": [270, 330], "data.axes.value.unit": "K"}, "Axes")
    settings.value = 0.5
    assert draw.value_note.text() == "315 K"
