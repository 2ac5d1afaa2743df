"""The translations: complete, and with the same places to fill in as the English."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

FILES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.mo"))
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>")
ONE = {"%(n)s", "{n}", "%(number)s", "%(minutes)s"}  # a form for one thing may leave its number out
MESSAGES = re.compile(r'^msgid "', re.MULTILINE)


def entries(path: Path) -> dict[str, list[str]]:
    """Each message with its translations, several for a count."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # no public way
    found: dict[str, list[str]] = {}
    for key, said in catalogue.items():
        found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(said)
    found.pop("")
    return found


def test_there_is_a_catalogue_for_each_language_but_english() -> None:
    codes = {code for code, _ in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert {path.parent.parent.name for path in FILES} == codes


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_every_message_of_the_file_is_translated_and_compiled(path: Path) -> None:
    written = MESSAGES.findall(path.with_suffix(".po").read_text())
    assert len(entries(path)) == len(written) - 1, "translate the rest, then `make words`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.parent.name)
def test_a_translation_has_the_places_of_the_message(path: Path) -> None:
    wrong = []
    for message, said in entries(path).items():
        places = set(PLACES.findall(message.rpartition("\x04")[2]))
        for form in said:
            differ = places ^ set(PLACES.findall(form))
            if differ and (len(said) == 1 or not differ <= ONE):
                wrong.append(f"{message[:50]} / {form[:50]}: {differ}")
    assert wrong == []


def test_every_language_has_the_same_messages() -> None:
    first, *others = (set(entries(path)) for path in FILES)
    for messages in others:
        assert messages == first
