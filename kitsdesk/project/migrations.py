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

# Decisions made together are undone together (`batch`); how long a reader takes; the scores
# that a decision was made on; faults planted for display; the blind second look.
_DECIDING = """
ALTER TABLE decisions ADD COLUMN batch TEXT NOT NULL DEFAULT '';

CREATE TABLE review_times (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    author TEXT NOT NULL,
    seconds REAL NOT NULL,
    created TEXT NOT NULL
);

CREATE TABLE mask_scores (
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    mask_hash TEXT NOT NULL,
    suspicion REAL,
    misfit REAL,
    PRIMARY KEY (case_id, mask_hash)
);

CREATE TABLE planted_faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    kind TEXT NOT NULL,
    seed INTEGER NOT NULL,
    mask_hash TEXT NOT NULL,
    planted_hash TEXT NOT NULL,
    score TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    ended TEXT NOT NULL DEFAULT ''
);

CREATE TABLE second_looks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    first TEXT NOT NULL,
    left_side TEXT NOT NULL,
    asked TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    answered TEXT NOT NULL DEFAULT ''
);
"""

_COMPONENTS = """
CREATE TABLE component_sets (
    case_id TEXT PRIMARY KEY REFERENCES cases(case_id),
    made_from TEXT NOT NULL
);

CREATE TABLE components (
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    ml REAL NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (case_id, place)
);

CREATE TABLE settled_components (
    case_id TEXT NOT NULL REFERENCES cases(case_id),
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (case_id, key)
);

CREATE TABLE unlike_components (
    anchor TEXT NOT NULL,
    key TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (anchor, key)
);

CREATE TABLE image_facts (
    case_id TEXT PRIMARY KEY REFERENCES cases(case_id),
    made_from TEXT NOT NULL,
    record TEXT NOT NULL
);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _DECIDING, _COMPONENTS)
