"""Tools, Models… without a window: several models put to use, rolled back, checked."""

from __future__ import annotations

import pytest

from kitsdesk.controllers.choosing_models import ModelsController
from tests.trainer.tiny_models import write_tiny_model


class KeptSheet:
    """Keeps what the sheet would show."""

    def __init__(self) -> None:
        self.open = False
        self.shown, self.renewed = [], []
        self.problem, self.words = "", ""
        self.verified = {}

    def show_models(self, facts):
        self.open = True
        self.shown.append(facts)

    def sheet_open(self):
        return self.open

    def renew_models(self, facts):
        self.renewed.append(facts)

    def set_choice(self, problem, words):
        self.problem, self.words = problem, words

    def set_verified(self, name, words, sound):
        self.verified[name] = (words, sound)

    def close_sheet(self):
        self.open = False


@pytest.fixture
def sheet():
    return KeptSheet()


@pytest.fixture
def models(desk, sheet, tmp_path):
    """Three models in the project, "one" in use, and the sheet open."""
    shelf = desk.session.models
    for name, folds in (("one", 1), ("two", 1), ("three", 2)):
        shelf.install(write_tiny_model(tmp_path / name, folds=folds), name)
    shelf.use(("one",))
    made = ModelsController(desk.session, desk.pool, desk.training.use_models, sheet, desk.shell)
    made.show()
    desk.rest()
    return made


def test_the_sheet_lists_all_models_and_says_which_are_in_use(models, sheet):
    (facts,) = sheet.shown
    assert {model.name: model.in_use for model in facts.models} == {
        "one": True,
        "two": False,
        "three": False,
    }


def test_several_are_put_to_use_together_and_rolled_back(desk, models, sheet):
    models.use(["two", "one"])
    desk.rest()
    assert set(desk.session.models.in_use()) == {"one", "two"}
    assert desk.shell.model == " + ".join(desk.session.models.in_use())
    assert [model.name for model in sheet.renewed[-1].models if model.in_use] == list(
        desk.session.models.in_use()
    )
    desk.training.roll_back()
    desk.rest()
    assert desk.session.models.in_use() == ("one",)
    assert [model.name for model in sheet.renewed[-1].models if model.in_use] == ["one"]


def test_the_order_of_ticking_makes_no_other_ensemble(desk, models):
    models.use(["two", "one"])
    key = desk.session.predictions.key()
    desk.training.roll_back()
    models.use(["one", "two"])
    assert desk.session.predictions.key() == key
    desk.rest()


def test_why_a_choice_cannot_be_used_is_said_before_it_is_asked_for(models, sheet):
    models.weigh([])
    assert sheet.problem == "One to three models are used together."
    models.weigh(["one"])
    assert sheet.problem == "In use now."
    models.weigh(["three", "one"])
    assert sheet.problem == ""
    assert sheet.words.startswith("3 folds predict together")


def test_fewer_folds_than_before_are_asked_about(desk, models):
    models.use(["one", "two", "three"])
    desk.shell.answer = False
    models.use(["three", "one"])
    assert desk.shell.questions == [
        "one + three have 3 folds, the models in use have 4. Use them all the same?"
    ]
    assert len(desk.session.models.in_use()) == 3
    desk.shell.answer = True
    models.use(["three"])
    assert desk.session.models.in_use() == ("three",)
    desk.rest()


def test_a_closed_sheet_is_not_filled_again(desk, models, sheet):
    sheet.open = False
    models.use(["one", "two"])
    desk.rest()
    assert sheet.renewed == []


def test_a_sound_model_and_a_damaged_one_are_told_apart(desk, models, sheet):
    weights = next(desk.session.models.folder("two").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    for name in ("one", "two"):
        models.verify(name)
        assert sheet.verified[name][1] is None
    desk.qtbot.waitUntil(
        lambda: all(sound is not None for _words, sound in sheet.verified.values()), timeout=120000
    )
    assert sheet.verified["one"][1] is True
    words, sound = sheet.verified["two"]
    assert sound is False
    assert "does not match its hash" in words


def test_the_sheet_goes_with_the_project(desk, models, sheet):
    models.verify("one")
    desk.session.close_project()
    assert not sheet.open
