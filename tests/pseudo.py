"""A made-up language: each text that went through gettext stands between ⟦ and ⟧, and runs right to left.

`python -m tests.pseudo --port N` serves the product with it, as `?lang=xx`.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

XX = "xx"
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
NO_WORDS = re.compile(
    r"(https?://|127\.)\S+|\{\w+\}|\b[0-9A-Z]{3} [0-9A-Z]{3}\b"
)  # links, places, PINs
WORD = re.compile(r"[^\W\d_]{2,}")
asked: set[str] = set()  # every message that was looked up, behind its context
SAID = {"aria-label", "title", "placeholder", "alt", "content"}


def marked(message: str) -> str:
    return f"⟦{message.rpartition(chr(4))[2]}⟧" if message else ""


def speak() -> None:
    """Add the language to this process. Django must be set up."""
    from django.conf import settings
    from django.utils.translation import trans_real

    class Pseudo(trans_real.DjangoTranslation):
        def __init__(self) -> None:
            self.plural = lambda number: int(number != 1)

        def gettext(self, message: str) -> str:
            asked.add(message)
            return marked(message)

        def ngettext(self, one: str, many: str, number: int) -> str:
            asked.add(one)
            return marked(one if number == 1 else many)

        def to_language(self) -> str:
            return XX

    settings.LANGUAGES = [*settings.LANGUAGES, (XX, "Pseudo")]
    settings.LANGUAGES_BIDI = [*settings.LANGUAGES_BIDI, XX]
    trans_real._translations[XX] = Pseudo()


class _Read(HTMLParser):
    """The texts of a page, and of the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._mute = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "style"}:
            self._mute = tag
        if tag == "meta":
            return
        self.texts += [value or "" for name, value in attrs if name in SAID]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.texts.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._mute:
            self._mute = ""

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.texts.append(data)


def unspoken(html: str, known: set[str]) -> Iterator[str]:
    """The texts of a page that are neither of the made-up language nor `known`.

    A mark may begin in one text and end in another, when it holds tags: the page is read as a whole.
    """
    page = _Read()
    page.feed(html)
    whole = "\n".join(page.texts)
    while INNERMOST.search(whole):
        whole = INNERMOST.sub(" ", whole)
    for line in whole.splitlines():
        left = NO_WORDS.sub("", line)
        for words in sorted(known, key=len, reverse=True):
            left = left.replace(words, " ")
        if WORD.search(left):
            yield line.strip()


if __name__ == "__main__":
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "ringsite.settings"
    django.setup()
    speak()
    from django.core.management import call_command

    call_command("serve", *sys.argv[1:])
