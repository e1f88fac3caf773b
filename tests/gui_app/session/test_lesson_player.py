"""The open lesson: its steps, what a person does in them, and what it does for a person."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings

from engine.experiment import edit, edit_many
from engine.lessons import Condition, Do, Step, WeightByHand
from engine.observation.snapshot import Stop
from engine.service import messages as m
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lesson_player import LessonPlayer
from gui_app.session.lesson_progress import BUILT_IN, LastStep, LessonProgress
from gui_app.session.pause_at import PauseEpoch
from tests.gui_app.hands import draw
from tests.gui_app.lessons.sample import L2, course, lesson
from tests.gui_app.plots.runs import history_of, snapshot_of

LOOK, TRAIN, CURE, DRAW, END = range(5)


@pytest.fixture
def document(qapp):
    return Document()


@pytest.fixture
def link(document, fake_engine):
    """Started; the test pulls by hand."""
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    link._timer.stop()
    yield link
    link.close()


@pytest.fixture
def player(document, link, settings):
    return LessonPlayer(document, link, PauseEpoch(document, link), settings)


@pytest.fixture
def opened(player, fake_engine):
    player.open(lesson(), course())
    fake_engine.take_commands()
    return player


def train(link, fake_engine, epoch, run=0, playing=True, stop=None):
    """Let the engine report an epoch of lane A."""
    link._flush()
    made = snapshot_of(history_of(range(epoch + 1)), stop=stop)
    if stop is not None and stop.kind == "divergence":
        made = replace(made, lanes=tuple(replace(lane, status="diverged") for lane in made.lanes))
    fake_engine.snapshot = replace(
        made, acknowledged=link.commands, playing=playing, run=run, serial=epoch + 1000 * run
    )
    link.pull()


def driven(fake_engine):
    """What drives training, of what the engine was sent since."""
    kinds = (m.Play, m.Pause, m.Reset, m.RestoreBest, m.PauseAt)
    return [type(one).__name__ for one in fake_engine.take_commands() if isinstance(one, kinds)]


def test_a_lesson_opens_with_its_first_step_and_nothing_to_undo(player, document):
    told = []
    player.lesson_changed.connect(lambda: told.append("lesson"))
    player.step_changed.connect(lambda: told.append(player.step.key))
    assert player.open(lesson(), course())
    assert told == ["lesson", "look"]
    assert document.experiment == lesson().experiment
    assert not document.stack.canUndo()
    assert not player.has_strayed


def test_a_lesson_does_not_open_where_the_persons_own_document_may_not_go(player, document):
    before = document.experiment
    player.lay_aside = lambda experiment, title: False
    assert not player.open(lesson(), course())
    assert (player.lesson, document.experiment) == (None, before)


def test_closing_brings_the_persons_own_document_back_once(opened):
    brought = []
    opened.bring_back = lambda: brought.append(True) is None
    opened.close()
    opened.close()
    assert brought == [True]
    assert opened.step is None


def test_a_lesson_stays_open_where_a_person_keeps_it(opened):
    opened.bring_back = lambda: False
    opened.close()
    assert opened.step.key == "look"


def test_another_document_ends_the_lesson_and_nothing_is_brought_back(opened, document):
    brought = []
    opened.bring_back = lambda: brought.append(True)
    document.reset(lesson().experiment)
    assert (opened.lesson, brought) == (None, [])


def test_each_step_begins_with_its_state_which_undo_takes_back(opened, document):
    opened.go(DRAW)
    assert document.experiment == lesson().state(DRAW)
    assert document.experiment.lanes[0].regularization.l2 == 0.003
    assert document.stack.undoText() == "Step 4: Draw"
    document.stack.undo()
    assert document.experiment == lesson().experiment
    assert opened.has_strayed


def test_there_is_no_step_before_the_first_one_nor_after_the_last_one_of_the_last_lesson(opened):
    opened.go_back()
    assert opened.index == LOOK
    opened.open_next()
    assert opened.lesson.key == "second"
    opened.go_on()
    assert (opened.lesson.key, opened.index) == ("second", 0)


def test_after_the_last_step_comes_the_next_lesson(opened, document):
    opened.go(END)
    opened.go_on()
    assert opened.lesson.key == "second"
    assert document.experiment == lesson().experiment
    assert not document.stack.canUndo()


# -- what a person does


def test_a_setting_is_noticed_and_keeps_the_persons_own_value_in_the_next_step(opened, document):
    opened.go(CURE)
    told = []
    opened.noticed.connect(lambda: told.append(opened.is_met))
    document.change({L2: 0.0005}, "λ₂")
    assert not opened.is_met
    document.change({L2: 0.02}, "λ₂")
    assert (told, opened.has_strayed) == ([True], False)
    document.change({L2: 0.0}, "λ₂")
    assert opened.is_met, "what has happened stays"
    document.change({L2: 0.02}, "λ₂")
    opened.go_on()
    assert document.experiment.lanes[0].regularization.l2 == 0.02
    assert not opened.has_strayed


def test_what_was_not_done_is_done_when_a_person_goes_on(opened, document):
    opened.go(CURE)
    document.change({L2: 0.0005}, "λ₂")
    opened.go_on()
    assert document.experiment == lesson().state(DRAW)


def test_epochs_count_from_the_step_or_from_the_latest_restart(opened, link, fake_engine):
    train(link, fake_engine, 30)
    opened.go(TRAIN)
    train(link, fake_engine, 34)
    assert not opened.is_met
    train(link, fake_engine, 4, run=1)
    assert not opened.is_met
    train(link, fake_engine, 5, run=1)
    assert opened.is_met


def test_a_lane_that_has_ended_is_not_waited_for(opened, link, fake_engine):
    opened.go(TRAIN)
    train(link, fake_engine, 2, playing=False, stop=Stop("early_stopping", 2, 1, "no better"))
    assert opened.is_met


def show_lanes(link, fake_engine, stops, muted, epoch=2, playing=False):
    """Let the engine report lanes, of which some have ended and some are muted."""
    link._flush()
    made = snapshot_of(history_of(range(epoch + 1)))
    lanes = tuple(
        replace(made.lanes[0], name=name, stop=stop, muted=mute)
        for name, stop, mute in zip("ABC", stops, muted, strict=False)
    )
    fake_engine.snapshot = replace(
        made, lanes=lanes, acknowledged=link.commands, playing=playing, serial=epoch
    )
    link.pull()


ENDED = Stop("early_stopping", 2, 1, "no better")


def test_who_mutes_all_lanes_has_not_trained_them(opened, link, fake_engine):
    opened.go(TRAIN)
    show_lanes(link, fake_engine, [None], [True])
    assert (opened.trained, opened.is_met) == (2, False)


def test_a_muted_lane_is_not_waited_for_where_the_others_have_ended(opened, link, fake_engine):
    opened.go(TRAIN)
    show_lanes(link, fake_engine, [ENDED, None], [False, True])
    assert opened.is_met


@pytest.mark.parametrize(("stop", "doing"), [(ENDED, False), (None, True)])
def test_do_it_for_me_ends_with_the_lanes_that_are_not_muted(opened, link, fake_engine, stop, doing):
    opened.go(TRAIN)
    opened.do_it()
    show_lanes(link, fake_engine, [stop, None], [False, True], epoch=1, playing=True)
    show_lanes(link, fake_engine, [stop, None], [stop is None, True])
    assert opened.is_doing == doing


def test_drawn_points_are_noticed_and_stay_in_the_next_step(opened, document):
    opened.go(DRAW)
    draw(document, [[1, 1]])
    assert not opened.is_met
    draw(document, [[2, 2]])
    assert opened.is_met
    assert not opened.has_strayed
    points = document.points
    opened.go_on()
    assert document.points == points
    assert document.experiment.lanes[0].network.hidden == (3,)


def test_who_wanders_off_may_come_back_and_undo_that(opened, document, fake_engine):
    told = []
    opened.strayed_changed.connect(lambda: told.append(opened.has_strayed))
    document.change({"lanes.0.network.hidden": [9, 9]}, "Layers")
    draw(document, [[1, 1]])
    wandered = document.experiment
    fake_engine.take_commands()
    opened.come_back()
    assert document.experiment == lesson().experiment
    assert driven(fake_engine) == ["Reset"]
    document.stack.undo()
    assert document.experiment == wandered
    assert told == [True, False, True]


def test_what_only_the_eye_notices_is_no_wandering_off(opened, document):
    document.replace(edit(document.experiment, "lanes.0.colour", 3), "Colour")
    assert not opened.has_strayed


def test_who_reads_a_former_step_again_finds_what_was_done_afterwards(opened, document):
    opened.go(CURE)
    document.change({L2: 0.02}, "λ₂")
    opened.go_on()
    draw(document, [[1, 1], [2, 2]])
    done = document.experiment
    opened.go_back()
    assert document.experiment.lanes[0].regularization.l2 == 0.02
    assert opened.is_met, "it was noticed before"
    opened.go_on()
    assert document.experiment == done


def test_what_a_step_is_given_anew_is_what_it_begins_with(opened, document):
    opened.go(CURE)
    document.change({L2: 0.003}, "λ₂")
    opened.go(DRAW)
    opened.go(CURE)
    document.change({L2: 0.01}, "λ₂")
    opened.go(DRAW)
    assert not opened.has_strayed
    document.change({"lanes.0.network.hidden": [9, 9]}, "Layers")
    opened.come_back()
    assert document.experiment.lanes[0].regularization.l2 == 0.01


def test_who_has_wandered_off_goes_on_with_the_next_steps_own_state(opened, document):
    opened.go(TRAIN)
    document.change({"lanes.0.network.hidden": [9, 9]}, "Layers")
    opened.go_on()
    assert document.experiment == lesson().state(CURE)
    document.stack.undo()
    assert document.experiment.lanes[0].network.hidden == (9, 9)


def two_steps(first, last):
    """A lesson of two steps, whose first one is to set λ₂ for the person."""
    do, wait = Do(set={L2: 0.003}), (Condition(setting=L2, at_least=0.001),)
    return replace(lesson(), steps=(Step("a", "A", do=do, wait=wait, **first), Step("b", "B", **last)))


def test_what_going_on_does_for_a_person_is_no_step_that_is_done(player, document):
    player.open(two_steps({}, {"wait": (Condition(epochs=200),)}))
    player.go_on()
    assert document.experiment.lanes[0].regularization.l2 == 0.003
    assert not player.is_met
    player.go_back()
    assert not player.is_met


def test_who_jumps_to_a_step_has_done_neither_it_nor_the_one_before(opened):
    opened.go(CURE)
    opened.go(DRAW)
    assert not opened.is_met
    assert opened._met == set()


@pytest.mark.parametrize("wait", [Condition(drawn=2), Condition(setting=L2, at_least=0.001)])
@pytest.mark.parametrize("closes", [True, False])
def test_another_document_does_nothing_of_what_a_step_asks_for(player, document, wait, closes):
    own = edit_many(Document().experiment, {"data.generator.points": 500, L2: 0.01})
    player.bring_back = lambda: document.reset(own) is None
    player.open(two_steps({}, {"wait": (wait,)}), step=1)
    if closes:
        player.close()
    else:
        document.reset(own)
    assert player.lesson is None
    assert player.progress.reached(BUILT_IN, "sample") == (1, False)


def test_a_lesson_that_is_read_again_is_not_done_by_its_new_experiment(player):
    made = two_steps({}, {})
    player.open(made)
    player.renew(replace(made, experiment=edit(made.experiment, L2, 0.01)))
    assert not player.is_met


def test_a_step_is_left_before_another_document_comes_whoever_opens_it(opened, document):
    told = []
    opened.leaving.connect(lambda: told.append((opened.step.key, document.experiment)))
    of_lesson = document.experiment
    document.reset(Document().experiment)
    assert told == [("look", of_lesson)]


# -- what is done for a person


def test_do_it_for_me_edits_in_one_undo_step_and_trains_from_the_first_weights(
    opened, document, link, fake_engine
):
    opened.go(CURE)
    before = document.experiment, document.stack.index()
    fake_engine.take_commands()
    opened.do_it()
    assert document.experiment == edit_many(before[0], {L2: 0.003})
    assert document.stack.index() == before[1] + 1
    sent = fake_engine.take_commands()
    assert [one for one in sent if isinstance(one, m.PauseAt)] == [m.PauseAt(3)]
    assert [type(one) for one in sent if isinstance(one, m.Reset | m.Play)] == [m.Reset, m.Play]
    assert opened.is_doing
    fake_engine.events = [m.PausedAt(3)]
    link.pull()
    assert not opened.is_doing
    assert fake_engine.take_commands() == [m.PauseAt(None)], "the next run does not pause"


def test_do_it_for_me_sets_weights_after_the_restart(player, fake_engine):
    by_hand = (
        WeightByHand(layer=2, source=3, target=1, value=8.0),
        WeightByHand(layer=1, target=2, value=-4.0),
    )
    step = replace(lesson().steps[CURE], do=Do(set={L2: 0.003}, restart=True, weights=by_hand))
    player.open(replace(lesson(), steps=(step,)))
    fake_engine.take_commands()
    player.do_it()
    kinds = m.SetExperiment | m.Reset | m.SetParameter
    edit, reset, weight, bias = (one for one in fake_engine.take_commands() if isinstance(one, kinds))
    assert (type(edit), type(reset)) == (m.SetExperiment, m.Reset)
    assert weight == m.SetParameter(0, 2, "weight", 2, 0, 8.0)
    assert bias == m.SetParameter(0, 1, "bias", 0, 1, -4.0)


def test_do_it_for_me_trains_on_from_where_training_is(opened, link, fake_engine):
    opened.go(TRAIN)
    train(link, fake_engine, 30, playing=False)
    fake_engine.take_commands()
    opened.do_it()
    assert [one.epoch for one in fake_engine.take_commands() if isinstance(one, m.PauseAt)] == [35]


def test_a_pause_that_a_person_had_chosen_comes_back(opened, link, fake_engine):
    opened._pause.choose(77)
    opened.go(TRAIN)
    opened.do_it()
    fake_engine.take_commands()
    opened.go(DRAW)
    assert [one.epoch for one in fake_engine.take_commands() if isinstance(one, m.PauseAt)] == [77]


@pytest.mark.parametrize("leave", ["open_next", "close"])
def test_a_pause_that_a_person_had_chosen_is_none_of_another_document(opened, document, leave):
    opened.bring_back = lambda: document.reset(Document().experiment) is None
    opened._pause.choose(77)
    opened.go(TRAIN)
    opened.do_it()
    getattr(opened, leave)()
    assert opened._pause.epoch is None


def test_training_for_a_person_pauses_where_another_step_is_not_about_it(opened, link, fake_engine):
    opened.go(TRAIN)
    opened.do_it()
    train(link, fake_engine, 2)
    fake_engine.take_commands()
    opened.go(DRAW)
    assert driven(fake_engine) == ["Pause", "PauseAt"]
    assert not link.playing


def test_training_for_a_person_goes_on_to_its_end_in_a_step_that_is_about_it(opened, link, fake_engine):
    opened.go(TRAIN)
    opened.do_it()
    train(link, fake_engine, 2)
    fake_engine.take_commands()
    opened.go_on()
    assert (opened.index, driven(fake_engine), link.playing) == (CURE, [], True)
    assert not opened.is_doing, "what this step asks for is another thing"
    fake_engine.events = [m.PausedAt(5)]
    link.pull()
    assert driven(fake_engine) == ["PauseAt"]
    opened.go_back()
    assert opened.is_met


def test_training_by_hand_goes_on_to_the_end_that_the_next_step_is_about_and_no_further(
    opened, link, fake_engine
):
    opened.go(TRAIN)
    link.set_playing(True)
    train(link, fake_engine, 2)
    fake_engine.take_commands()
    opened.go_on()
    assert [one for one in fake_engine.take_commands() if isinstance(one, m.PauseAt)] == [m.PauseAt(5)]
    train(link, fake_engine, 4)
    fake_engine.take_commands()
    opened.go(LOOK)
    assert driven(fake_engine) == ["Pause", "PauseAt"]
    assert not link.playing


def test_nothing_of_a_step_that_begins_anew_is_trained_unasked(opened, link, fake_engine):
    opened.go(DRAW)
    link.set_playing(True)
    train(link, fake_engine, 2)
    fake_engine.take_commands()
    opened.go_on()
    sent = [one for one in fake_engine.take_commands() if isinstance(one, m.Pause | m.SetExperiment | m.Play)]
    link._flush()
    assert [type(one) for one in sent] == [m.Pause]
    assert not link.playing


# -- what is trained, and what a step begins with


def test_what_was_trained_before_is_not_what_a_step_waits_for(player, link, fake_engine):
    end = (
        Condition(quantity="epochs", lane="A", at_least=5),
        Condition(quantity="diverged", lane="A", at_least=1),
    )
    for one in end:
        steps = (
            lesson().steps[LOOK],
            replace(lesson().steps[TRAIN], wait=(one,), do=Do(restart=True, train=5)),
        )
        player.open(replace(lesson(), steps=steps))
        train(link, fake_engine, 9, stop=Stop("divergence", 9, 1, "no number"))
        player.go(1)
        train(link, fake_engine, 9, stop=Stop("divergence", 9, 1, "no number"))
        assert (player.is_met, player.is_ahead) == (False, True), one
        train(link, fake_engine, 0, run=1)
        assert (player.is_met, player.is_ahead) == (False, False), one
        train(link, fake_engine, 6, run=1, stop=Stop("divergence", 6, 1, "no number"))
        assert player.is_met, one


def test_lanes_that_ended_before_a_step_are_not_the_epochs_it_waits_for(opened, link, fake_engine):
    ended = Stop("early_stopping", 2, 1, "no better")
    train(link, fake_engine, 2, playing=False, stop=ended)
    opened.go(TRAIN)
    train(link, fake_engine, 2, playing=False, stop=ended)
    assert not opened.is_met
    train(link, fake_engine, 2, run=1, playing=False, stop=ended)
    assert opened.is_met


def test_a_trained_network_is_offered_its_first_weights_where_a_step_begins_with_them(
    opened, link, fake_engine
):
    told = []
    opened.strayed_changed.connect(lambda: told.append(opened.is_ahead))
    train(link, fake_engine, 0)
    assert not opened.is_ahead
    train(link, fake_engine, 3)
    assert (opened.is_ahead, opened.has_strayed) == (True, False)
    fake_engine.take_commands()
    opened.come_back()
    assert driven(fake_engine) == ["Pause", "Reset"]
    train(link, fake_engine, 0, run=1, playing=False)
    assert told == [True, False]


def test_who_has_not_trained_may_catch_up(opened, link, fake_engine):
    opened.go(DRAW)
    train(link, fake_engine, 0, playing=False)
    assert (opened.is_behind, opened.step_to_catch_up) == (True, CURE)
    fake_engine.take_commands()
    opened.catch_up()
    sent = fake_engine.take_commands()
    assert [one for one in sent if isinstance(one, m.PauseAt)] == [m.PauseAt(3)]
    assert any(isinstance(one, m.Play) for one in sent)
    assert not opened.is_behind, "it trains"
    train(link, fake_engine, 3, playing=False)
    assert not opened.is_behind


def test_nothing_is_to_be_caught_up_where_the_former_step_was_done_or_this_one_begins_anew(
    opened, link, fake_engine
):
    opened.go(TRAIN)
    train(link, fake_engine, 0, playing=False)
    assert not opened.is_behind
    opened.go(CURE)
    train(link, fake_engine, 0, playing=False)
    assert not opened.is_behind, "it begins with the first weights"
    opened.go(END)
    train(link, fake_engine, 0, playing=False)
    assert not opened.is_behind, "its network is another one"


def test_before_the_first_step_comes_the_end_of_the_former_lesson(opened):
    opened.open_next()
    opened.go_back()
    assert (opened.lesson.key, opened.index) == ("sample", END)


def test_do_it_for_me_ends_where_all_lanes_have_ended_before(opened, link, fake_engine):
    opened.go(TRAIN)
    opened.do_it()
    train(link, fake_engine, 1)
    train(link, fake_engine, 2, playing=False, stop=Stop("early_stopping", 2, 1, "no better"))
    assert not opened.is_doing


def test_do_it_for_me_after_wandering_off_begins_with_the_step(opened, document):
    opened.go(CURE)
    document.change({"lanes.0.network.hidden": [9, 9]}, "Layers")
    opened.do_it()
    assert document.experiment == lesson().state(CURE, done=True)


# -- what is remembered


def test_progress_outlives_the_window(opened, document, settings):
    opened.go(CURE)
    opened.go_back()
    again = LessonProgress(QSettings(settings.fileName(), settings.format()))
    assert again.reached(BUILT_IN, "sample") == (CURE, False)
    assert again.last == LastStep(BUILT_IN, "sample", TRAIN)
    opened.go(END)
    assert again.reached(BUILT_IN, "sample") == (END, True)
    opened.go(LOOK)
    assert again.reached(BUILT_IN, "sample") == (END, True)


def test_a_lesson_is_gone_on_with_until_it_is_done_and_then_the_next_one(settings):
    progress, keys = LessonProgress(settings), ["one", "two"]
    assert progress.to_continue(keys) is None
    progress.note(BUILT_IN, "one", 2)
    assert progress.to_continue(keys) == (0, 2)
    progress.note(BUILT_IN, "one", 3, done=True)
    assert progress.to_continue(keys) == (1, 0)
    progress.note(BUILT_IN, "one", 1)
    assert progress.to_continue(keys) == (0, 1), "who reads again goes on there"
    progress.note(BUILT_IN, "two", 0, done=True)
    assert progress.to_continue(keys) is None
    progress.note("elsewhere", "one", 0)
    assert progress.to_continue(keys) is None


@pytest.mark.parametrize(
    "stored", ["", "{", "[]", '{"": 3}', '{"": {"sample": 3}}', '{"": {"sample": {"step": "x"}}}', 7]
)
def test_garbage_in_the_settings_is_no_progress(settings, stored):
    settings.setValue("lessons/progress", stored)
    settings.setValue("lessons/last", stored)
    progress = LessonProgress(settings)
    assert progress.reached(BUILT_IN, "sample") == (-1, False)
    assert progress.last is None
    progress.note(BUILT_IN, "sample", 2)
    assert progress.reached(BUILT_IN, "sample") == (2, False)
