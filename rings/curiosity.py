"""What an asker may learn from those who let an ask go by: one merged card, from three answers on.

Pure. Nobody's answer stands alone in it, and nothing in it says who.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rings.models import Reply
from rings.phases import MERGED_FROM, ReplyKind


@dataclass(frozen=True)
class Curiosity:
    """`said`: a sentence each; `words`: what people wrote to go with it, in no order of theirs;
    `question`: what to be curious about."""

    said: list[str]
    words: list[str]
    question: str


QUESTIONS = {
    ReplyKind.LATER: _("Would a week more make it easier?"),
    ReplyKind.LACK: _(
        "Would a smaller piece be easier to give? Ask for the person who knows the person."
    ),
    ReplyKind.TRY: _("Whom could they bring you to?"),
    ReplyKind.SAY_MORE: _("Which one detail would make it clearer?"),
    ReplyKind.NOT_THIS_TIME: _(
        "Quiet is information, not a verdict. Is it the timing, the size, the wording?"
    ),
}
WORDS = {
    ReplyKind.TRY: _("Try {words}"),
    ReplyKind.LATER: _("After {words}"),
    ReplyKind.SAY_MORE: _("More about {words}"),
}


def merged(replies: Sequence[Reply]) -> Curiosity | None:
    """The card for these replies to one ask, or None while they are too few."""
    noes = [reply for reply in replies if reply.kind != ReplyKind.CHEER]
    if len(noes) < MERGED_FROM:
        return None
    counts = Counter(ReplyKind(reply.kind) for reply in noes)
    kinds = sorted(counts, key=lambda kind: (-counts[kind], list(QUESTIONS).index(kind)))
    words = {
        str(WORDS[ReplyKind(no.kind)]).format(words=no.words)
        for no in noes
        if no.words and no.kind in WORDS
    }
    return Curiosity(
        said=[capfirst(_said(kind, counts[kind])) for kind in kinds],
        words=sorted(words),
        question=str(QUESTIONS[kinds[0]]),
    )


def cheers(replies: Sequence[Reply]) -> int:
    """How many only cheer; they are not counted as offers anywhere."""
    return sum(reply.kind == ReplyKind.CHEER for reply in replies)


def _said(kind: ReplyKind, n: int) -> str:
    """What so many people have said."""
    sentences = {
        ReplyKind.LATER: ngettext("{number} said timing", "{number} said timing", n),
        ReplyKind.LACK: ngettext(
            "{number} said it needs something they do not have",
            "{number} said it needs something they do not have",
            n,
        ),
        ReplyKind.TRY: ngettext(
            "{number} had somebody else in mind", "{number} had somebody else in mind", n
        ),
        ReplyKind.SAY_MORE: ngettext(
            "{number} would like to hear more", "{number} would like to hear more", n
        ),
        ReplyKind.NOT_THIS_TIME: ngettext(
            "{number} said not this time", "{number} said not this time", n
        ),
    }
    return sentences[kind].format(number=apnumber(n))
