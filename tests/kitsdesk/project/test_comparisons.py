"""Comparing two models on what is held out in both, through the trainer's own command."""

from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.project.comparisons import (
    NothingComparable,
    comparable_cases,
    compare_run,
    read_comparison,
)
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.revisions import Revisions
from trainer.contract.run_folder import read_run

from .conftest import make_mask, put_prediction
from .test_case_scores import without_tumor
from .test_run_specs import parsed


@pytest.fixture
def compared(project):
    """Model b finds the tumors that a misses; b saw case_00704 in every fold."""
    for number in range(5):
        case, mask = f"case_0070{number}", make_mask(number)
        put_prediction(project, case, without_tumor(mask), [mask] * 5, key="a")
        saw = range(5) if number == 4 else ()
        put_prediction(project, case, mask, [mask] * 5, key="b", saw=saw)
    return project


def finish(folder):
    """Run the tasks as the trainer does."""
    for task in read_run(folder).tasks:
        options = parsed(task.argv)
        from trainer.commands import compare

        assert compare.run(options) == 0


def test_only_cases_held_out_in_both_count(compared):
    Decisions(compared).decide(["case_00700"], "excluded", "artefact")
    Decisions(compared).decide(["case_00701"], "replaced", "missed")
    found = comparable_cases(compared, "a", "b")
    assert sorted(found.masks["curated"]) == ["case_00701", "case_00702", "case_00703"]
    assert sorted(found.masks["reference"]) == [f"case_0070{n}" for n in range(4)]
    assert found.excluded == ("case_00700",)
    assert found.replaced == ("case_00701",)
    assert found.not_held_out == 2, "case_00704, seen by b, and case_00705, never predicted"


def test_the_result_is_read_back_against_both_rulers(compared, capsys):
    mask = without_tumor(make_mask(1))
    mask[0, 0, 0] = 1
    Revisions(compared).save("case_00701", mask)
    Decisions(compared).decide(["case_00700"], "excluded", "artefact")
    run = compare_run(compared, "a", "b", "curated")
    finish(run)
    curated = read_comparison(compared, run)
    assert (curated.before_model, curated.after_model, curated.against) == ("a", "b", "curated")
    assert len(curated.cases) == 3
    assert curated.cases[0].case == "case_00701", "the worst regression first"
    assert curated.cases[0].after["tumor"] == 0
    tumor = curated.differences["tumor"]
    assert (tumor.better, tumor.equal, tumor.worse) == (2, 0, 1)
    assert tumor.low <= tumor.difference <= tumor.high
    assert len(curated.cases) == 3
    assert "1 excluded: scored against the reference only." in curated.notes
    reference = read_comparison(compared, run, "reference")
    assert len(reference.cases) == 4
    assert reference.differences["tumor"].difference == 1
    assert np.isclose(reference.differences["kidney"].difference, 0)


def test_nothing_in_common_is_refused_in_words(compared):
    with pytest.raises(NothingComparable, match="held out in both"):
        compare_run(compared, "a", "nobody")
    assert list(compared.runs_folder.iterdir()) == []
