"""A drawing is the same in every language: words change, but no number in it gets a decimal comma."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from rings import live
from rings.live import Audience
from rings.models import Ring
from rings.phases import COURSE, Phase
from rings.picture import Picture
from tests.conftest import Circle

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
COMMA = re.compile(r'="[^"]*\d,\d')
WORDS = re.compile(r'(?<=aria-label=")[^"]*')


def drawings(picture: Picture) -> list[str]:
    """Every SVG of every audience and of each one's own phone, without its words."""
    drawn = [html for audience in Audience for html in live.draw(picture, audience).values()]
    for me in picture.participants:
        drawn += live.draw_personal(picture, me).values()
    return [WORDS.sub("", svg) for html in drawn for svg in SVG.findall(html)]


@pytest.mark.parametrize("phase", [*COURSE, Phase.FOLLOW_UP])
def test_no_drawing_depends_on_the_language(circle: Circle, phase: Phase) -> None:
    circle.cast.offer(circle.bo, circle.ada)
    circle.cast.offer(circle.cy, circle.ada, kind="introduction", strength="will_try")
    current = circle.ada.asks.get() if phase == Phase.TURNS else None
    began = timezone.now() - timedelta(minutes=7)
    Ring.objects.update(phase=phase, current=current, people_expected=7, began_at=began)
    picture = Picture.of(circle.ring.pk)
    english = drawings(picture)
    assert any(re.search(r'="[^"]*\d\.\d', svg) for svg in english)
    for language in ("de", "fr"):
        with override(language):
            translated = drawings(picture)
        assert [svg for svg in translated if COMMA.search(svg)] == []
        assert translated == english
