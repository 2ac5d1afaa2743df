"""One event as a calendar file (RFC 5545): escaped, folded at 75 octets, in UTC. Pure."""

from datetime import UTC, date, datetime

LINE = 75  # octets at most before a fold


def calendar(
    *,
    uid: str,
    written: datetime,
    sequence: int,
    begins: datetime | date,
    ends: datetime | date,
    title: str,
    text: str,
    link: str,
) -> bytes:
    """The file of one event; the same `uid` with a higher `sequence` replaces it in a calendar.

    From one moment to another, or with two dates whole days up to the one before `ends`, which leave the
    time free.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ringsite//Ring//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{escaped(uid)}",
        f"DTSTAMP:{_utc(written)}",
        f"SEQUENCE:{sequence}",
        f"DTSTART{_when(begins)}",
        f"DTEND{_when(ends)}",
        f"TRANSP:{'OPAQUE' if isinstance(begins, datetime) else 'TRANSPARENT'}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(text)}",
        f"URL:{link}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line breaks are written out."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def folded(line: str) -> bytes:
    """A content line in UTF-8, broken between characters so that no part exceeds 75 octets."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        octets = character.encode()
        room = LINE - (1 if parts else 0)  # the space that begins a continued line
        if len(part) + len(octets) > room:
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def _when(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return f":{_utc(moment)}"
    return f";VALUE=DATE:{moment:%Y%m%d}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
