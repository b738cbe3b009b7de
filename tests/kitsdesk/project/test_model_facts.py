"""What is told of models, and which of them may be in use together."""

from __future__ import annotations

import pytest

from kitsdesk.project.model_facts import facts_of, hindrance, together_words
from kitsdesk.project.model_shelf import ModelNotUsable, Models
from trainer.contract.model_manifest import (
    HeldOutCase,
    ModelManifest,
    SeenCase,
    read_manifest,
    write_manifest,
)

from .test_run_specs import put_model


def with_plan(folder, **changes):
    """Rewrite a model folder's plan; as many structures as before."""
    manifest = read_manifest(folder)
    plan = manifest.plan.model_copy(update=changes)
    write_manifest(folder, manifest.model_copy(update={"plan": plan}))
    return folder


def facts(folder, name):
    return facts_of(name, read_manifest(folder))


def test_a_model_of_other_structures_is_refused_in_words_and_the_old_ones_stay(tmp_path, project):
    models = Models(project)
    models.install(put_model(tmp_path / "a"), "a")
    other = with_plan(put_model(tmp_path / "b"), structures=("background", "kidney", "cyst"))
    models.install(other, "b")
    models.use(["a"])
    with pytest.raises(ModelNotUsable) as refused:
        models.use(["a", "b"])
    said = str(refused.value)
    assert "a was trained for kidney, tumor, b for kidney, cyst" in said
    assert models.in_use() == ("a",)
    assert models.use(["b"]) == ("b",)


def test_other_grids_are_no_hindrance_and_are_told(tmp_path):
    one = facts(put_model(tmp_path / "a"), "a")
    coarse = facts(with_plan(put_model(tmp_path / "b"), spacing=(9.0, 4.0, 4.0)), "b")
    assert hindrance([one, coarse]) == ""
    assert "10 folds" in together_words([one, coarse])
    assert "Their grids differ" in together_words([one, coarse])
    assert "Their grids differ" not in together_words([one, facts(tmp_path / "a", "c")])


@pytest.mark.parametrize(("number", "refused"), [(0, True), (1, False), (3, False), (4, True)])
def test_one_to_three_are_used_together(tmp_path, number, refused):
    one = facts(put_model(tmp_path / "a"), "a")
    assert bool(hindrance([one] * number)) == refused


def test_a_model_without_a_finished_fold_is_named(tmp_path):
    bare = facts(put_model(tmp_path / "bare", folds=()), "bare")
    assert hindrance([bare]) == "bare has no finished fold."


def seen_words(folder: ModelManifest, **changes):
    folds = tuple(entry.model_copy(update=changes) for entry in folder.folds)
    return facts_of("m", folder.model_copy(update={"folds": folds})).saw


def test_what_the_folds_saw_is_told(tmp_path):
    manifest = read_manifest(put_model(tmp_path / "m"))
    cases = tuple(SeenCase(case=f"c{i}", image_hash=str(i), mask_hash="m") for i in range(4))
    assert seen_words(manifest) == "saw none of your cases"
    assert seen_words(manifest, trained_on=cases) == "saw 4 cases"
    assert seen_words(manifest, trained_on=cases[:1]) == "saw 1 case"
    unknown = seen_words(manifest, trained_on="unknown")
    assert unknown == "what it saw is not known: it counts as all"
    held = (HeldOutCase(case="c1", image_hash="1"), HeldOutCase(case="c2"))
    spared = seen_words(manifest, trained_on="unknown", held_out=held)
    assert spared == f"{unknown}, 1 held out by a fold"


def test_the_shelf_tells_of_all_of_what_roll_back_goes_to_and_of_what_cannot_be_read(
    tmp_path, project
):
    models = Models(project)
    for name in ("a", "b", "c"):
        models.install(put_model(tmp_path / name), name)
    models.use(["a"])
    models.use(["b", "c"])
    (models.folder("a").parent / "broken").mkdir()
    (models.folder("broken") / "model.json").write_text("{")
    told = models.facts()
    assert {model.name: model.in_use for model in told.models} == {"a": False, "b": True, "c": True}
    assert told.previous == ("a",)
    assert told.unreadable == ("broken",)
    model = told.models[0]
    assert (model.architecture, model.folds) == ("residual", (0, 1, 2, 3, 4))
    assert model.source == "from elsewhere, preset demo"
