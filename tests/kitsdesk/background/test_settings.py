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
