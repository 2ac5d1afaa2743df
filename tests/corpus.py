"""Odd things people, scripts and broken machines send: texts, ids, numbers, days, bodies, headers, frames.

Plain data and a way to read what a page is made of, for every test that asks whether text became code,
whether something answered 500, and whether what was typed was lost. Needs no Django.
"""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes

# What must never run. Each raises the flag of the browser test, or opens a dialog, if it does.
CODE = {
    "image": "<img src=x onerror=window.__pwned=1>",
    "script": "</script><script>window.__pwned=2</script>",
    "closing": "</textarea></title></style></p></form><b id=pwned>",
    "svg": "<svg/onload=window.__pwned=3><script>alert(1)</script>",
    "attribute": "\" autofocus onfocus=window.__pwned=4 x='",
    "unquoted": "x onmouseover=window.__pwned=5 ' \" ` >",
    "oob": '<div id="banner" hx-swap-oob="true">pwned</div>',
    "partial": '<hx-partial hx-target="body">pwned</hx-partial>',
    "get": '<b hx-get="/accounts/logout/" hx-trigger="load">b</b>',
    "on": '<b hx-on:load="window.__pwned=6" hx-on::after-init="window.__pwned=6">b</b>',
    "live": '<b hx-live="window.__pwned=7" hx-vals="js:{a: window.__pwned=7}">b</b>',
    "link": "javascript:window.__pwned=8",
    "anchor": '<a href="javascript:window.__pwned=9">x</a>',
    "style": "<style>body{display:none}</style><link rel=stylesheet href=//example.org/>",
    "base": "<base href=//example.org/><meta http-equiv=refresh content='0;url=//example.org'>",
    "entity": "&lt;img src=x onerror=alert(1)&gt; &#60;b&#62; &amp;amp;",
    "comment": "<!-- --!> <![CDATA[ ]]> <?php ?> --> <plaintext>",
    "slot": '<input type="hidden" name="csrfmiddlewaretoken">',
    "template": "{{ 7*7 }} {{ ring.stage_token }} {% debug %} {# x #}",
    "tag": "{% include 'rings/base.html' %}{% load admin_urls %}${7*7}#{7*7}<%= 7*7 %>",
    "format": "%s %(name)s %n {0} {name.__class__} {!r} \\x41 \\u0041",
    "formula": '=HYPERLINK("http://example.org","x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "sql": "Robert'); DROP TABLE rings_ring;--",
    "like": "100% _ \\ %% ' OR ''='",
    "json": '"}]}, "fragments": {"phone_head": "pwned"}, "x": "\\',
    "path": "../../../etc/passwd/..%2f..%2f?x=1#y;z",
    "header": "x\r\nSet-Cookie: pwned=1\r\n\r\n<b>",
}

# What is only odd to look at, and must come through whole or be taken out by rule.
SCRIPT = {
    "quotes": "O’Neil \"Q\" 'q' `b` «g»",
    "bidi": "Ada \u202eecalevoL\u202c \u2066x\u2069 \u200f\u200e\u061c end",
    "rtl": "مريم بنت عبد الله ٣",
    "hebrew": "שָׁלוֹם ירושלים",
    "zalgo": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034fa\u0334\u0335\u031b\u0300\u0301l\u0321go",
    "family": "Ada \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "flag": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "emoji": "\U0001f9d1\U0001f3fd\u200d\U0001f680\u2764\ufe0f1\ufe0f\u20e3",
    "new": "A face of this year: \U0001fae9",
    "separators": "one\u2028two\u2029three\u0085four\x0bfive\x1csix",
    "controls": "a\x01\x07\x08\x1b[31mb\x7f\x9fc",
    "nonchar": "a\ufffe\uffff\U0010ffffb\ufdd0c",
    "private": "a\ue000b\U000f0000c",
    "widths": "Ａｄａ　ﬁne ǅ ß ẞ İ ı",
    "ligature": "\ufdfa" * 18,
    "expanding": "\u0390\u03b0\ufb03\u1e9e" * 12,
    "decomposed": "A\u030angstro\u0308m \u1112\u1161\u11ab",
    "long word": "W" * 58,
    "khmer": "ស្រ្តី \u17d2\u17d2\u17d2",
    "accents": "e" + "\u0301" * 50,
}

TEXTS = {**CODE, **SCRIPT}  # something to see in each; none holds a NUL

# Nothing to see: not a name, not an ask.
INVISIBLE = {
    "empty": "",
    "spaces": " \t\n\r\u00a0\u2003\u3000",
    "joiners": "\u200b\u200c\u200d\u2060\ufeff",
    "override": "\u202e\u202c",
    "hangul filler": "\u3164",
    "fillers": "\u115f\u1160\uffa0",
    "braille blank": "\u2800\u2800",
    "marks": "\u034f\u0301\u20dd",
    "soft": "\u00ad\u180e\u17b4\u17b5",
    "controls": "\x01\x02\x7f",
    "selectors": "\ufe0f\ufe0e\U000e0100",
}

NUL = {"alone": "\0", "inside": "Ada\0Lovelace", "end": "Ada\0"}

# As bytes of a form: what no text can hold.
BROKEN = {
    "surrogate": b"Ada%ED%A0%80%ED%B0%80",
    "overlong": b"%C0%80%C0%AF",
    "cut": b"Ada%F0%9F%98",
    "latin": b"Andr%E9",
    "percent": b"100%%%zz%",
    "raw": b"Andr\xe9\xff\xfe",
}


def long(length: int) -> str:
    """A text of so many characters, of words."""
    return ("word " * length)[: length - 1] + "x"


# For an id, a number, a page, `since`, `believing`: as typed into an address or a field.
NUMBERS = (
    *("0", "-1", "+1", "1.5", "1e999", "nan", "-inf", "0x10", "1_000", "٣", "²", "Ⅷ", "x", "", " 7 "),
    *("None", "[]", "1;2", "1 OR 1=1", "%00", "1%00", "../1", "1%0a", "%ED%A0%80"),
    *(str(2**31), str(2**63), str(10**30), "9" * 5000, "٣" * 5000),
)  # fmt: skip

DAYS = (
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2027-02-30", "-1-01-01", "31.12.2027"),
    *("tomorrow", "٢٠٢٧-٠١-٠١", "2027-01-01T00:00", "1e9", "=1", "\u202e", "\0"),
)  # fmt: skip
MOMENTS = (
    *("0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59", "9999-12-31T23:59-14:00"),
    *("2027-03-28T01:30", "2027-10-31T01:30", "2027-05-07T24:00", "2027-05-07T15:00:60", "T", "2027-W01-1"),
)  # fmt: skip

# A body, and its content type. None of them is a form of ours.
BODIES: dict[str, tuple[str, bytes]] = {
    "json": ("application/json", b'{"name": "Ada"}'),
    "nothing": ("", b""),
    "no type": ("", b"name=Ada"),
    "text": ("text/plain", b"name=Ada"),
    "xml": ("application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
    "odd charset": ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-b+AD4-"),
    "utf-16": ("application/x-www-form-urlencoded; charset=utf-16", "name=Ada".encode("utf-16")),
    "no such charset": ("application/x-www-form-urlencoded; charset=x-none", b"name=Ada"),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\nAda\r\n--x--"),
    "long boundary": ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    "odd boundary": ('multipart/form-data; boundary="\x01\xff"', b"--\x01\xff\r\n\r\n"),
    "cut parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAd',
    ),
    "nameless part": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nAda\r\n--x--\r\n",
    ),
    "broken base64": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n====\r\n--x--\r\n",
    ),
    "a file for a name": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="../../x.html"\r\n'
        b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n",
    ),
    "twice": ("application/x-www-form-urlencoded", b"name=Ada&name=Bo&name=%00&op=1&op=2"),
    "brackets": ("application/x-www-form-urlencoded", b"name[]=Ada&name[__proto__]=x&&&=&=="),
    "many fields": ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 100_000)),
    "many parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 2_000 + b"--x--\r\n",
    ),
    "65 kB": ("application/x-www-form-urlencoded", b"name=" + b"a" * 65 * 1024),
    "1 MB": ("application/x-www-form-urlencoded", b"name=" + b"a" * 1024 * 1024),
    "1 MB file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        + b"a" * 1024 * 1024
        + b"\r\n--x--\r\n",
    ),
}

METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "FOO-BAR")

HEADERS: tuple[dict[str, str], ...] = (
    {"Cookie": 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"; csrftoken="\\000"'},
    {"Cookie": "sessionid=" + "a" * 12_000},
    {"Cookie": "; ".join(f"seat-{n}={n}" for n in range(500))},
    {"Cookie": "=; ;;=x; \x7f=\x80; sessionid; __proto__=1; seat-1=\xff\xfe; messages=x; csrftoken=\xe9"},
    {"Cookie": 'messages="[[\\"__json_message\\",0,25,\\"<b>pwned</b>\\"]]:x:y"'},
    {"HX-Request": "true", "HX-Boosted": "true", "HX-History-Restore-Request": "true"},
    {"HX-Request": "maybe", "HX-Target": "<b>", "HX-Trigger": '"><b>', "HX-Trigger-Name": "\xff"},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Prompt": "<b>pwned</b>"},
    {"HX-Request": "true", "HX-Current-URL": "%ED%A0%80", "HX-Current-URL-URI-AutoEncoded": "true"},
    {"HX-Request": "true", "Triggering-Event": "{", "Triggering-Event-URI-AutoEncoded": "true"},
    {"Referer": "http://[::1"},
    {"Referer": "javascript:window.__pwned=1"},
    {"Referer": "//example.org/\x80"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"X-Forwarded-For": "1.1.1.1, <b>, ::ffff:1.2.3.4%eth0, " + "9" * 300},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.org", "X-HTTP-Method-Override": "DELETE"},
    {"Accept-Language": "en-" + "x-" * 300, "Accept": "*/*;q=nan", "Accept-Encoding": "br;q=x,gzip;;"},
    {"If-None-Match": '"' + "x" * 3000, "If-Modified-Since": "Mon, 99 Foo 99999", "Range": "bytes=-1,5-"},
    {"Content-Length": "-1"},
    {"Content-Length": "9" * 30},
    {"X-CSRFToken": "\xff" * 32},
    {"User-Agent": "() { :;}; <b>{{ 7*7 }}</b>", "From": "\x80@x"},
)  # fmt: skip

HOSTS = ("example.org:99999", "a b", "[::1", "..", "x" * 300, "127.0.0.1@example.org", "\x80")


def _frames() -> Iterator[tuple[str, str | bytes | list[str]]]:
    """What a page may say over its socket; a list is one message in pieces."""
    for name, text in {**TEXTS, **NUL}.items():
        yield f"text {name}", text
    yield from {
        "null": "null",
        "number": "7",
        "big number": "1" + "0" * 50,
        "word": '"here"',
        "list": "[1]",
        "empty": "{}",
        "nested": '{"here": {}}',
        "lists": '[[["here"]]]',
        "here number": '{"here": 1}',
        "here word": '{"here": "true"}',
        "more": '{"here": true, "ring": 1}',
        "command": '{"type": "wake", "ring": 1, "version": 9, "seats": null}',
        "close": '{"type": "websocket.close"}',
        "cut": '{"here": tr',
        "surrogate": '{"here": "\\ud800"}',
        "digits": "9" * 60,
        "nothing": "",
    }.items()
    yield "nan", '{"here": NaN}'
    yield "deep", "[" * 10_000
    yield "deep objects", '{"here":' * 10_000 + "1" + "}" * 10_000
    yield "huge", json.dumps({"here": "x" * 60_000})
    yield "binary", bytes(range(256))
    yield "binary huge", b"\xff" * 60_000
    yield "pieces", ['{"he', 're": ', "true", "}"]
    yield "many pieces", ["x"] * 500


FRAMES = dict(_frames())


def typed(text: str) -> bytes:
    """A text as a form sends it."""
    return quote_from_bytes(text.encode()).encode()


# --- what a page is made of -----------------------------------------------------------------------

type Element = tuple[str, tuple[str, ...]]


class Parts(HTMLParser):
    """The elements of a page in their order, each with the names of its attributes; and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.values: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("!--", (data,)))

    @property
    def said(self) -> str:
        """All text of the page, with single spaces."""
        return " ".join("".join(self.texts).split())


def plain_twin(text: str) -> str:
    """A text of the same length and the same words with nothing odd in it: x for every sign."""
    return "".join(" " if sign.isspace() else "x" for sign in text)
