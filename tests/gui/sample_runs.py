"""Sample runs for pictures and tests: fifteen folds on a cluster, a local one, older ones."""

from __future__ import annotations

from sample_records import curve, training_job

from kitsdesk.project.job_rows import FoldCurve, JobRow, RunTask

NETWORKS = ("plain", "residual", "preact")
PRIORITY = "waits for its turn: other jobs go first"
LIMIT = "waits: only 4 tasks of this run at once"
HELD = "held by an administrator"


def fold_task(network: str, fold: int, state: str, epochs: int, reason: str = "") -> RunTask:
    """Return one fold of a run on a cluster."""
    index = NETWORKS.index(network) * 5 + fold
    drawn = curve(index, epochs, state)
    running = state == "running"
    return RunTask(
        key=f"{network}/fold_{fold}",
        title=f"{network}, fold {fold}",
        state=state,
        phase="training" if running else "",
        fraction=epochs / 1000,
        eta_s=(1000 - epochs) * 118.0 if running else None,
        seconds_per_epoch=112.0 + index if epochs else None,
        memory_gb=9.8 if epochs else None,
        place=f"gpu{index % 4:02d}" if epochs else "",
        job=f"4711_{index}",
        reason=reason,
        error="The time limit was reached before the first checkpoint. Requeue the task."
        if state == "failed"
        else "",
        curve=FoldCurve(
            fold,
            network,
            state,
            1000,
            drawn.epoch,
            drawn.loss,
            drawn.validation_loss,
            drawn.pseudo_dice,
            "",
            reason,
        ),
    )


def cluster_run() -> JobRow:
    """Return 15 folds on Slurm, four at once."""
    tasks = []
    for network in NETWORKS:
        for fold in range(5):
            index = NETWORKS.index(network) * 5 + fold
            if index < 5:
                tasks.append(fold_task(network, fold, "done", 1000))
            elif index < 8:
                tasks.append(fold_task(network, fold, "running", 700 - 90 * index % 500))
            elif index == 8:
                tasks.append(fold_task(network, fold, "failed", 35))
            elif index == 9:
                tasks.append(fold_task(network, fold, "running", 60))
            elif index == 10:
                tasks.append(fold_task(network, fold, "waiting", 0, HELD))
            else:
                tasks.append(
                    fold_task(network, fold, "waiting", 0, LIMIT if index > 11 else PRIORITY)
                )
    for part in range(1, 4):
        tasks.append(
            RunTask(
                f"predict/shard_{part}",
                f"predict every case, part {part} of 3",
                "waiting",
                reason="starts after 15 other tasks",
            )
        )
    return JobRow(
        "2026-11-27_1840",
        "train",
        "Training · 3 networks, 5 folds",
        "export of 12 November, 206 cases",
        "running",
        "training",
        0.45,
        2 * 86400.0 + 7200,
        "gpu01 · 118 s per epoch",
        tuple(task.curve for task in tasks if task.curve is not None),
        True,
        True,
        where="Slurm, gpu",
        queued=True,
        created="2026-11-27T17:40:00+00:00",
        folder="/data/renal_ct.kitsdesk/runs/2026-11-27_1840",
        tasks=tuple(tasks),
    )


def waiting_run() -> JobRow:
    """Return a prediction whose parts wait in the queue."""
    tasks = tuple(
        RunTask(
            f"predict/shard_{part}",
            f"predict, part {part} of 4",
            "waiting",
            job=f"4720_{part}",
            reason=PRIORITY,
        )
        for part in range(1, 5)
    )
    return JobRow(
        "2026-11-28_0815",
        "predict",
        "Predicting",
        "2,000 cases with residual-2",
        "waiting",
        PRIORITY,
        can_cancel=True,
        where="Slurm, gpu",
        queued=True,
        created="2026-11-28T07:15:00+00:00",
        folder="/data/renal_ct.kitsdesk/runs/2026-11-28_0815",
        tasks=tasks,
    )


def local_run() -> JobRow:
    """Return a training on this computer that was cancelled."""
    job = training_job()
    return JobRow(
        "2026-11-20_0930",
        "train",
        "Training · residual, 5 folds",
        job.subtitle,
        "cancelled",
        fraction=0.2,
        where="this computer, GPU 0 and GPU 1",
        created="2026-11-20T08:30:00+00:00",
        can_retry=True,
        curves=job.curves,
        folder="/data/renal_ct.kitsdesk/runs/2026-11-20_0930",
        tasks=tuple(
            RunTask(f"residual/fold_{c.fold}", f"residual, fold {c.fold}", c.state, curve=c)
            for c in job.curves
        ),
    )


def older_run() -> JobRow:
    """Return a comparison that is done."""
    return JobRow(
        "2026-11-12_1800",
        "compare",
        "Comparing models",
        "residual-1 against residual-2",
        "done",
        fraction=1.0,
        created="2026-11-12T17:00:00+00:00",
        tasks=(RunTask("compare/curated", "against the curated masks", "done", fraction=1.0),),
    )


def sample_runs() -> list[JobRow]:
    """Return the runs of the pictures, newest first."""
    return [waiting_run(), cluster_run(), local_run(), older_run()]
