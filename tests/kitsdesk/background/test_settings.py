from __future__ import annotations

import json

from kitsdesk.background.settings import Settings, load_settings, remember_recent, save_settings


def test_a_bad_key_takes_its_default_and_the_others_stay(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "pink", "author": "Dr. A", "brush_mm": 7.5, "old": 1}))
    settings = load_settings(path)
    assert (settings.theme, settings.author, settings.brush_mm) == ("system", "Dr. A", 7.5)


def test_devices_are_checked_by_their_form(tmp_path):
    path = tmp_path / "settings.json"
    for device, kept in (("cuda:1", "cuda:1"), ("cpu", "cpu"), ("toaster", "auto")):
        path.write_text(json.dumps({"device": device, "threads": 4}))
        settings = load_settings(path)
        assert (settings.device, settings.threads) == (kept, 4)


def test_a_damaged_file_is_kept_aside(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text("{")
    assert load_settings(path).theme == "system"
    assert (tmp_path / "settings.damaged.json").read_text() == "{"


def test_recent_projects_come_back_newest_first(tmp_path):
    settings = Settings()
    for name in ("a", "b", "a"):
        remember_recent(settings, tmp_path / name)
    save_settings(tmp_path / "s.json", settings)
    assert load_settings(tmp_path / "s.json").recent == [str(tmp_path / "a"), str(tmp_path / "b")]


def test_an_older_program_keeps_what_a_newer_one_added(tmp_path):
    path = tmp_path / "settings.json"
    newer = {"version": 2, "theme": "light", "author": "a", "later": {"x": [1, 2]}}
    path.write_text(json.dumps(newer))
    settings = load_settings(path)
    assert (settings.theme, settings.author) == ("light", "a")
    settings.mirror = True
    assert save_settings(path, settings) is None
    kept = json.loads(path.read_text())
    assert kept["later"] == {"x": [1, 2]}
    assert kept["mirror"] is True
