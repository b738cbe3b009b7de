"""The tables of project.sqlite, one script per version; scripts are only ever added."""

from __future__ import annotations

_FIRST = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE cases (
    case_id TEXT PRIMARY KEY,
    patient TEXT NOT NULL,
    image TEXT NOT NULL,
    reference TEXT,
    image_hash TEXT,
    geometry TEXT,
    problem TEXT NOT NULL DEFAULT '',
    added TEXT NOT NULL
);

CREATE TABLE revisions (
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    number INTEGER NOT NULL,
    file TEXT NOT NULL,
    voxels_hash TEXT NOT NULL,
    parent_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, number)
);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    revision INTEGER,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX decisions_of_case ON decisions (case_id, undone, id);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created TEXT NOT NULL,
    author TEXT NOT NULL,
    action TEXT NOT NULL,
    case_id TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE folds (patient TEXT PRIMARY KEY, fold INTEGER NOT NULL);

CREATE TABLE models_in_use (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    names TEXT NOT NULL,
    previous INTEGER,
    author TEXT NOT NULL,
    created TEXT NOT NULL
);

CREATE TABLE case_scores (
    case_id TEXT PRIMARY KEY,
    made_from TEXT NOT NULL,
    record TEXT NOT NULL
);

CREATE TABLE thumbnails (
    case_id TEXT PRIMARY KEY,
    made_from TEXT NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    pixels BLOB NOT NULL
);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)
