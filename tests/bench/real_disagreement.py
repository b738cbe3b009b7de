"""All real pairs at hand: the window's numbers against numpy's and against `evaluate`.

python -m tests.bench.real_disagreement FOLDER     (KITSDESK_REAL_DATA as in the tests)

FOLDER keeps the phantoms between runs: 21 CTs take minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.suspicion import order_key
from kitsdesk.ui.case_list.case_order import sort_value
from tests.kitsdesk.project.real_pairs import independent, make_pairs, make_phantoms

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Make the project, compare, print one line per case; 1 where anything differs."""
    folder = Path(sys.argv[1])
    real = Path(os.environ.get("KITSDESK_REAL_DATA", ROOT / "../shared/data")).resolve()
    cases = tuple(path.name for path in sorted((real / "kits19").iterdir()))
    made = folder / "phantoms"
    if not made.is_dir():
        made = make_phantoms(folder, real, cases)
    for stale in ("real.kitsdesk", "kits23"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    with make_pairs(folder, made, real, cases) as workspace:
        return compare(workspace, real, cases, folder)


def compare(workspace: Workspace, real: Path, cases: tuple[str, ...], folder: Path) -> int:
    """Print the table and every difference."""
    scores, finder = CaseScores(workspace), ComponentFinder(workspace)
    rows = {row.case: row for row in scores.rows(cases)}
    expected = {case: independent(real, case) for case in cases}
    shown = sorted(
        rows.values(),
        key=lambda row: order_key(row.case, row.suspicion, row.misfit, row.disagreeing_ml),
    )
    wrong = []
    print("| case | suspicion | tumor Dice | kidney Dice | differing ml | entries | s | reasons |")
    print("|---|---|---|---|---|---|---|---|")
    for row in shown:
        numpy, began = expected[row.case], time.perf_counter()
        found = finder.find(row.case)
        took = time.perf_counter() - began
        same = (row.kidney_dice, row.tumor_dice) == (numpy["kidney"], numpy["tumor"])
        near = abs((row.suspicion or 0.0) - numpy["suspicion"]) < 1e-12
        whole = sum(component.ml for component in found)
        adds_up = abs(whole - numpy["differing_ml"]) < 1e-6 * max(1.0, whole)
        if not (same and near and adds_up):
            wrong.append(f"{row.case}: same {same}, suspicion {near}, adds up {adds_up} ({whole})")
        reasons = ", ".join(chip.text for chip in row.chips if chip.text != "one member")
        print(
            f"| {row.case} | {row.suspicion:.4f} | {row.tumor_dice:.4f} | {row.kidney_dice:.4f} "
            f"| {numpy['differing_ml']:.1f} | {len(found)} | {took:.1f} | {reasons or '–'} |",
            flush=True,
        )
    by_numpy = sorted(
        cases, key=lambda c: (-expected[c]["suspicion"], -expected[c]["differing_ml"], c)
    )
    if [row.case for row in shown] != by_numpy:
        wrong.append("the order by suspicion differs")
    by_tumor = sorted(cases, key=lambda case: sort_value(rows[case], "tumor Dice"))
    wrong += against_evaluate(real, folder, by_tumor, rows)
    print("\n".join(wrong) if wrong else f"{len(cases)} cases: nothing differs")
    return 1 if wrong else 0


def against_evaluate(
    real: Path, folder: Path, by_tumor: list[str], rows: dict[str, object]
) -> list[str]:
    """Return where `kitsdesk-trainer evaluate` on the two folders says something else."""
    table = folder / "evaluate.json"
    command = [sys.executable, "-m", "trainer", "evaluate", "--no-surface", "--out", str(table)]
    command += ["--reference", str(real / "kits19"), "--prediction", str(real / "kits23")]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    lines = json.loads(table.read_text(encoding="utf-8"))["cases"]
    wrong = [
        f"evaluate says otherwise of {line['case']}"
        for line in lines
        if (line["tumor_dice"], line["kidney_dice"])
        != (rows[line["case"]].tumor_dice, rows[line["case"]].kidney_dice)  # type: ignore[attr-defined]
    ]
    if [line["case"] for line in lines] != by_tumor:
        wrong.append("evaluate's order differs from the list's by tumor Dice")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
