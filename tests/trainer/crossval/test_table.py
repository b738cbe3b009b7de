from __future__ import annotations

import csv
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from trainer.contract.errors import Cancelled
from trainer.contract.export_manifest import ExportedCase, ExportManifest, LeftOutCase
from trainer.contract.jsonfile import write_json
from trainer.crossval.heldout_cases import HeldoutPredictions
from trainer.crossval.table_files import table_as_text, write_table
from trainer.crossval.table_one import make_table
from trainer.datasets.training_set import EXPORT_MANIFEST, read_training_set
from trainer.evaluation.dice import kits_dice
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.reader import read_image

REPLACED, EXCLUDED = "case_00002", "case_00005"


def ignore(progress):
    pass


def as_export(folder: Path) -> Path:
    """Turn a KiTS folder into an export: one mask replaced, one case excluded."""
    (folder / EXPORT_MANIFEST).unlink(missing_ok=True)
    cases = []
    for case in read_training_set(folder).cases:
        if case.id == REPLACED:
            mask = read_mask(case.mask)
            write_mask(case.mask, np.where(mask.array > 0, 1, 0).astype(np.uint8), mask.geometry)
        cases.append(
            ExportedCase(
                case=case.id,
                patient=case.id,
                image=str(case.image.relative_to(folder)),
                mask=str(case.mask.relative_to(folder)),
                image_hash=volume_hash(read_image(case.image)),
                mask_hash=volume_hash(read_mask(case.mask)),
                decision="replaced" if case.id == REPLACED else "unreviewed",
                reason="wrong" if case.id == REPLACED else "",
                revision=1 if case.id == REPLACED else 0,
                fold=case.fold,
            )
        )
    manifest = ExportManifest(
        created="2026-01-01",
        project="p",
        layout="kits",
        cases=tuple(cases),
        left_out=(LeftOutCase(case=EXCLUDED, decision="excluded", reason="bad"),),
    )
    write_json(folder / EXPORT_MANIFEST, manifest)
    return folder


@pytest.fixture
def curated(request_of, tmp_path):
    """Return the maker of requests on an export, its original masks in tmp_path/original."""
    data = request_of().export
    shutil.copytree(data, tmp_path / "original")
    as_export(data)

    def make(**options):
        request = request_of(**({"mirror": False, "surface": False} | options))
        HeldoutPredictions(request).run(ignore)
        return request

    return make


def rows_of(table):
    return {(row.ruler, row.network): row for row in table.rows}


def test_both_rulers_and_all_networks_with_n_in_every_value(curated, tmp_path):
    request = curated(reference=tmp_path / "original")
    table = make_table(request, ignore)
    rows = rows_of(table)
    assert list(rows) == [
        (ruler, network)
        for ruler in ("reference", "curated")
        for network in ("plain", "residual", "ensemble")
    ]
    for folder, ruler in ((tmp_path / "original", "reference"), (request.export, "curated")):
        for network, key in request.keys.items():
            dice = [
                kits_dice(
                    read_mask(folder / case.id / "segmentation.nii.gz").array,
                    read_mask(request.predictions / key / case.id / "heldout.nii.gz").array,
                    "nan",
                )
                for case in read_training_set(request.export).cases
            ]
            for name in ("kidney", "tumor", "composite"):
                values = [score.of(name) for score in dice]
                kept = [value for value in values if not math.isnan(value)]
                row = rows[ruler, network]
                assert row.mean[f"{name}_dice"] == pytest.approx(np.mean(kept))
                assert row.n[f"{name}_dice"] == len(kept)
    assert rows["reference", "plain"].mean != rows["curated", "plain"].mean
    text = table_as_text(table)
    assert "(N=5)" in text
    assert f"1 replaced by a prediction, their ruler came from a model: {REPLACED}." in text
    assert '"nan"' in text


def test_a_case_without_its_reference_mask_is_left_out_by_name(curated):
    table = make_table(curated(networks={"plain": "run-plain"}), ignore)
    rows = rows_of(table)
    assert rows["reference", "plain"].n["kidney_dice"] == 4
    assert rows["curated", "plain"].n["kidney_dice"] == 5
    text = table_as_text(table)
    assert f"no reference mask at hand, left out here: {REPLACED}" in text
    assert f"1 excluded from the export: {EXCLUDED}" in text


def test_excluded_cases_that_are_given_stand_apart(curated, tmp_path):
    source = tmp_path / "original" / "case_00000"
    shutil.copytree(source, tmp_path / "original" / EXCLUDED)
    # Another CT: no fold has seen it.
    volume = read_image(source / "imaging.nii.gz")
    target = tmp_path / "original" / EXCLUDED / "imaging.nii.gz"
    write_image(target, volume.array[:, ::-1].copy(), volume.geometry)
    request = curated(networks={"plain": "run-plain"}, reference=tmp_path / "original")
    table = make_table(request, ignore)
    rows = rows_of(table)
    assert [case.case for case in rows["excluded", "plain"].cases] == [EXCLUDED]
    assert rows["reference", "plain"].n["kidney_dice"] == 5
    assert table.marks[EXCLUDED] == "excluded"
    assert "Against the reference masks of excluded cases" in table_as_text(table)


def test_the_files_hold_the_same_values(curated, tmp_path):
    table = make_table(curated(reference=tmp_path / "original"), ignore)
    files = write_table(tmp_path / "out", table)
    assert [file.name for file in files] == [
        "table1.csv",
        "table1.json",
        "table1.md",
        "table1_cases.csv",
    ]
    with files[0].open(newline="") as file:
        lines = list(csv.DictReader(file))
    stored = json.loads(files[1].read_text())
    for line, row in zip(lines, stored["rows"], strict=True):
        assert (line["masks"], line["network"]) == (row["ruler"], row["network"])
        assert float(line["tumor_dice"]) == pytest.approx(row["mean"]["tumor_dice"], abs=1e-6)
        assert int(line["n_tumor_dice"]) == row["n"]["tumor_dice"]
    with files[3].open(newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 2 * 3 * 5
    marks = {(line["case"], line["mark"]) for line in cases}
    assert (REPLACED, "replaced") in marks
    assert stored["empty"] == "nan"


def test_scores_are_kept_where_the_table_was_stopped(curated):
    request = curated(networks={"plain": "run-plain"})
    seen = []

    def stop(progress):
        seen.append(progress)
        if progress.index == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_table(request, stop)
    store = request.run / "table" / "scores.jsonl"
    assert len(store.read_text().splitlines()) >= 2
    with store.open("a") as file:
        file.write('{"reference": "cut')
    rows = rows_of(make_table(request, ignore))
    assert rows["curated", "plain"].n["kidney_dice"] == 5
    # The replaced case is in one ruler only; the others' pairs are scored once for both.
    assert len(store.read_text().splitlines()) == 5
    assert seen[-1].count == 10
