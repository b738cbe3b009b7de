from pathlib import Path

from kitsdesk.guide.system_report import ReportFacts, report_text, shortened


def test_only_settings_that_are_named_are_told():
    facts = ReportFacts(
        program=(("KiTSDesk", "1"),),
        libraries=(),
        machine=(("processors", "2"),),
        settings={"theme": "dark", "author": "Erika", "recent": ["/home/Erika/x.kitsdesk"]},
    )
    text = report_text(facts)
    assert "theme" in text
    assert "Erika" not in text
    assert "none" in text


def test_paths_are_told_below_home_alone():
    home = Path("/home/somebody")
    assert shortened(home / ".config/kitsdesk", home) == "~/.config/kitsdesk"
    assert shortened(Path("/data/Mustermann/config"), home) == "outside the home folder"
