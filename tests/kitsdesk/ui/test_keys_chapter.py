"""The guide's page of keys says what the program's own tables say."""

from kitsdesk.paths import docs
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.guide.keys_chapter import keys_page


def test_the_page_of_keys_is_the_programs():
    written = (docs() / "keys.md").read_text("utf-8")
    assert written == keys_page(), "python -m kitsdesk.ui.guide.keys_chapter docs/keys.md"


def test_every_key_stands_on_the_page():
    from kitsdesk.ui.actions.chords import shown

    page = (docs() / "keys.md").read_text("utf-8")
    missing = [
        action
        for action, record in RECORDS.items()
        for key in record.keys[:1]
        if f"`{shown(key)}`" not in page
    ]
    assert not missing
