"""Run folders that the trainer's own command line accepts, and the sheet before them."""

from __future__ import annotations

import argparse
import importlib

import pytest

from kitsdesk.project.decisions import Decisions
from kitsdesk.project.exports import export
from kitsdesk.project.model_shelf import ModelNotUsable, Models, UnknownModel
from kitsdesk.project.retrain import read_facts
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_specs import RunNotPossible, predict_run, runs, train_run
from kitsdesk.project.training_estimates import network_choices
from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json
from trainer.contract.model_manifest import FoldEntry, ModelManifest, SeenCase, write_manifest
from trainer.contract.presets import PRESETS
from trainer.contract.run_folder import read_run
from trainer.imaging.hashing import file_hash

from .test_exports import run as finish


def put_model(folder, name="demo", folds=range(5), seen="none"):
    """Write a model folder whose weights are only named, hashed bytes."""
    folder.mkdir(parents=True)
    entries = []
    for fold in folds:
        file = folder / f"fold_{fold}.safetensors"
        file.write_bytes(f"{name} {fold}".encode())
        entries.append(
            FoldEntry(fold=fold, file=file.name, sha256=file_hash(file), trained_on=seen)
        )
    demo = PRESETS["demo"]
    manifest = ModelManifest(
        name=name,
        created="2026-11-23T10:00:00+00:00",
        preset="demo",
        network=demo.network("residual"),
        plan=demo.plan,
        folds=tuple(entries),
    )
    write_manifest(folder, manifest)
    return folder


def parsed(argv):
    """Parse a task's words with the command's own parser; unknown words end the test."""
    parser = argparse.ArgumentParser()
    importlib.import_module(f"trainer.commands.{argv[0]}").add_parser(parser.add_subparsers())
    return parser.parse_args(list(argv))


def test_models_are_installed_used_and_rolled_back(tmp_path, project):
    models = Models(project)
    for name in ("a", "b", "c"):
        models.install(put_model(tmp_path / name), name)
    assert sorted(name for name, _ in models.available()) == ["a", "b", "c"]
    assert models.in_use() == ()
    with pytest.raises(ModelNotUsable):
        models.roll_back()
    models.use(["a"])
    models.use(["b", "c"])
    models.use(["c"])
    assert models.previous() == ("b", "c")
    assert models.roll_back() == ("b", "c")
    assert models.roll_back() == ("a",)
    with pytest.raises(ModelNotUsable):
        models.roll_back()
    assert models.in_use() == ("a",)
    with pytest.raises(UnknownModel):
        models.use(["z"])
    with pytest.raises(ModelNotUsable):
        models.install(tmp_path / "a", "a")


def test_a_model_with_changed_weights_is_not_installed(tmp_path, project):
    folder = put_model(tmp_path / "m")
    (folder / "fold_2.safetensors").write_bytes(b"other")
    with pytest.raises(DamagedFile, match="fold_2"):
        Models(project).install(folder, "m")
    assert list(project.models_folder.iterdir()) == []


def test_predicting_all_is_one_task_the_trainer_understands(tmp_path, project):
    Models(project).install(put_model(tmp_path / "m"), "m")
    cases = ["case_00700", "case_00705"]
    folder = predict_run(project, cases, ("m",))
    spec = read_run(folder)
    assert [task.key for task in spec.tasks] == ["predict"]
    options = parsed(spec.tasks[0].argv)
    assert options.model == [project.models_folder / "m"]
    assert options.out == project.predictions_folder / "m"
    assert (options.layout, options.run_folder, options.task) == ("project", folder, "predict")
    listed = read_json(options.input)
    assert listed == {case: str(project.case(case).image) for case in cases}
    with pytest.raises(RunNotPossible):
        predict_run(project, [], ("m",))


def test_training_folds_ends_by_predicting_every_case(tmp_path, project):
    models = Models(project)
    models.install(put_model(tmp_path / "m"), "m")
    models.use(["m"])
    _, exported = finish(export(project))
    choice = RetrainChoice(("residual",), "demo", (1, 3), warm_start=True, epochs=2, steps=7)
    folder = train_run(project, exported, choice)
    spec = read_run(folder)
    keys = [task.key for task in spec.tasks]
    assert keys == ["residual/fold_1", "residual/fold_3", "predict"]
    assert spec.tasks[2].after == ("residual/fold_1", "residual/fold_3")
    options = parsed(spec.tasks[1].argv)
    assert (options.export, options.run, options.task) == (exported, folder, "residual/fold_3")
    assert (options.folds, options.epochs, options.steps) == ((3,), 2, 7)
    assert options.init == project.models_folder / "m"
    assert options.publish == project.models_folder / "residual-1"
    assert parsed(spec.tasks[2].argv).out == project.predictions_folder / "residual-1"
    assert spec.details["models"] == ["residual-1"]
    second = read_run(train_run(project, exported, choice))
    assert second.details["models"] == ["residual-2"], "a name under way is taken"
    assert len(runs(project)) == 2


def test_a_warm_start_needs_a_model_of_the_architecture(tmp_path, project):
    _, exported = finish(export(project))
    choice = RetrainChoice(("residual",), "demo", (0,), warm_start=True)
    with pytest.raises(RunNotPossible, match="start from"):
        train_run(project, exported, choice)
    assert runs(project) == []


def test_the_sheets_numbers(tmp_path, project):
    models = Models(project)
    models.install(put_model(tmp_path / "m"), "m")
    models.use(["m"])
    Decisions(project).decide(["case_00700"], "kept")
    facts = read_facts(project)
    assert (facts.cases, facts.total_cases, facts.excluded) == (5, 6, 0)
    assert [(size.reviewed + size.unreviewed) for size in facts.folds] == [1] * 5
    assert sum(size.reviewed for size in facts.folds) == 1
    assert facts.unreviewed_note == "4 unreviewed cases go in with their reference masks."
    assert facts.presets[0] == "demo"
    assert facts.current_model == "m"
    assert facts.warm_start_problem == ""
    assert facts.problem == ""
    assert facts.disk_gb > 0
    assert facts.memory_gb > 0
    Decisions(project).decide(["case_00701"], "excluded", "artefact")
    assert "five patients" in read_facts(project).problem


def test_a_leaking_warm_start_is_named_before_it_is_chosen(tmp_path, project):
    case = "case_00702"
    image_hash = project.image_hash(case)
    for record in project.cases():
        project.image_hash(record.case)
    seen = (SeenCase(case=case, image_hash=image_hash, mask_hash="x"),)
    models = Models(project)
    models.install(put_model(tmp_path / "m", seen=seen), "m")
    models.use(["m"])
    assert case in read_facts(project).warm_start_problem


def test_sizes_are_the_networks_own():
    from trainer.nets.cost import network_cost

    for preset in PRESETS.values():
        for choice in network_choices(preset):
            cost = network_cost(preset.network(choice.architecture), preset.plan.patch)
            assert choice.parameters == cost.parameters
            assert choice.gmac == pytest.approx(cost.gmac, abs=0.06)
