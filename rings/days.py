"""Days that English words name: "by Sunday", "Thursday week", "before the 15th", "end of Q3", "by half-term".

Pure: `find(text, today)` reads what is there and guesses nothing more. A phrase that says when, but names no
day of the calendar ("before the wedding"), is found without one. Ages, durations, habits ("on Sundays") and
the past are not "when".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class When:
    """A phrase that says by when, where it stands, and the day it ends on, if it names one."""

    phrase: str
    start: int
    day: date | None

    @property
    def end(self) -> int:
        return self.start + len(self.phrase)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: number for number, word in enumerate(SMALL, 1)} | {
    **{"a": 1, "an": 1, "couple": 2, "few": 3, "twelve": 12},
}
SEASONS = {  # first and last day, in the north
    "spring": ((3, 20), (6, 20)),
    "summer": ((6, 21), (9, 22)),
    "autumn": ((9, 23), (12, 20)),
    "fall": ((9, 23), (12, 20)),
    "winter": ((12, 21), (3, 19)),
}
HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "boxing day": (12, 26),
    "new year": (12, 31),
    "halloween": (10, 31),
    "bonfire night": (11, 5),
    "valentine": (2, 14),
    "4th of july": (7, 4),
    "fourth of july": (7, 4),
}
MOVING = (
    "easter|thanksgiving|hanukkah|ramadan|eid|diwali|passover|pesach|advent|nowruz|lent|whitsun|pentecost"
    "|michaelmas|candlemas|epiphany|carnival|mardi gras|holi|purim|rosh hashanah|yom kippur|midsummer"
    "|(?:lunar|chinese) new year|(?:labor|memorial|remembrance|mother's|father's|all saints'?|lady|may"
    "|armistice|veterans'?|independence|st \\w+'?s?) (?:sun)?day|remembrance week|good friday|burns night"
    "|twelfth night|the bank holiday|half[- ]term"
)
# What somebody's own calendar holds: it says when, and we cannot know the day.
EVENTS = (
    "birthdays?|weddings?|anniversary|exams?|deadline|launch|visit|interviews?|move|due date|conference"
    "|funeral|surgery|operation|appointment|meeting|hearing|presentation|concert|show|race|marathon|trip"
    "|flight|holidays?|vacation|break|term|semester|school year|season|party|opening|trial|court date"
    "|audition|graduation|retirement|harvest|election|festival|fair|match|game|reunion|start date|first day"
    "|frost|rains?"
)

_weekday = "|".join(WEEKDAYS)
_short = "mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun"
_clock = r"(?:eve|\d{1,2}(?:[:.]\d\d)? ?(?:am|pm))"
_month = "|".join([*MONTHS, "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"])
_number = r"\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True))
_by = r"(?:by|before|until|till|on|for|no later than|latest|from|starting|at the latest|not later than)"
FIRM = re.compile(rf"(?:(?!on|from){_by}|this(?! year)|next|tom\w+|tonight)\b")
_whose = r"(?:my|our|the|her|his|their|your|this|next|an?|\w+['’]s)"
_age = r"(?:twenty|thirty|forty|fifty|sixty)(?:-\w+)?"
_whole = r"(?:days?|weeks?|weekends?|months?|years?|quarters?|fortnights?)"


def find(text: str, today: date) -> list[When]:
    """Every phrase that says by when, in the order it stands in.

    Of two that overlap the one that names a day is kept, then the longer.
    """
    lowered = text.lower().replace("’", "'")
    found: list[When] = []
    for pattern, resolve in PATTERNS:
        for match in pattern.finditer(lowered):
            before = lowered[: match.start()]
            if BEFORE_NOT_WHEN.search(before):
                continue
            if not FIRM.match(match[0]) and BEFORE_NOT_IN.search(before):
                continue
            try:
                day = resolve(match, today)
            except (ValueError, StopIteration):  # 31 June, or a day that is over
                continue
            found.append(When(text[match.start() : match.end()].strip(), match.start(), day))
    kept: list[When] = []
    for when in sorted(found, key=lambda w: (w.day is None, -len(w.phrase))):
        if all(when.end <= other.start or other.end <= when.start for other in kept):
            kept.append(when)
    return sorted(kept, key=lambda w: w.start)


# --- what the words mean --------------------------------------------------------------------------


def _next(today: date, month: int, day: int) -> date:
    """That day of the year, when it comes next."""
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _month_of(word: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(word[:3]))


def _end_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _days_to(word: str, today: date) -> int:
    """Days to the coming one of that weekday; today's own name means in a week."""
    wanted = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(word[:3]))
    return (wanted - today.weekday() - 1) % 7 + 1


def _iso(match: re.Match[str], today: date) -> date:
    return _not_over(date.fromisoformat(match["iso"]), today)


def _not_over(day: date, today: date) -> date:
    if day < today:
        raise ValueError("that day is over")
    return day


def _day_and_month(match: re.Match[str], today: date) -> date:
    month, day = _month_of(match["month"]), int(match["day"])
    if match["year"]:
        return _not_over(date(int(match["year"]), month, day), today)
    return _next(today, month, day)


def _figures(match: re.Match[str], today: date) -> date | None:
    """7/5 is two days, in two countries; 25/5 and 5/25 are one."""
    first, second = int(match["first"]), int(match["second"])
    if first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if second <= 12 else (second, first)
    return _next(today, month, day)


def _day_of_month(match: re.Match[str], today: date) -> date:
    """The coming 15th; the 31st is in the next month that has one."""
    day, months = int(match["day"]), [today.month - 1 + ahead for ahead in range(3)]
    ends = [_end_of_month(today.year + month // 12, month % 12 + 1) for month in months]
    days_ = [end.replace(day=day) for end in ends if day <= end.day]
    return next(found for found in days_ if found >= today)


def _weekday_named(match: re.Match[str], today: date) -> date:
    days = _days_to(match["weekday"], today)
    how = match["how"] or ""
    if how.startswith("next"):  # the one in next week
        days += 7 * (today.weekday() + days <= 6)
    after = (match["after"] or "").strip()
    days += {"week": 7, "fortnight": 14}.get(after.removeprefix("a "), 0)
    return today + timedelta(days=days)


def _week_on(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=7 + _days_to(match["weekday"], today))


def _word(match: re.Match[str], today: date) -> date:
    word = match["word"]
    return today + timedelta(days=0 if word == "today" else 2 if "after" in word else 1)


def _this(match: re.Match[str], today: date) -> date | None:
    """The last day of this week, weekend, month, quarter or year, of the next, or of that after next."""
    unit, ahead = match["unit"], ("this", "next", "after next").index(match["which"])
    sunday = today + timedelta(days=6 - today.weekday())
    if unit in ("week", "wk", "weekend"):
        return sunday + timedelta(days=7 * ahead)
    if unit == "month":
        month = today.month + ahead
        return _end_of_month(today.year + (month > 12), (month - 1) % 12 + 1)
    if unit == "quarter":
        quarter = (today.month - 1) // 3 + ahead
        return _end_of_month(today.year + quarter // 4, quarter % 4 * 3 + 3)
    if unit == "year":
        return date(today.year + ahead, 12, 31)
    return None  # a term, a semester


def _end_of(match: re.Match[str], today: date) -> date | None:
    unit = match["unit"]
    if unit == "day":
        return today
    if unit == "week":
        return today + timedelta(days=(4 - today.weekday()) % 7)
    if unit == "month":
        return _end_of_month(today.year, today.month)
    if unit == "year":
        return date(today.year, 12, 31)
    return None


def _quarter(match: re.Match[str], today: date) -> date:
    month = int(match["quarter"]) * 3
    end = _end_of_month(today.year, month)
    return end if end >= today else _end_of_month(today.year + 1, month)


def _span(match: re.Match[str], today: date) -> date:
    """ "In two weeks", "within 10 days", "the next couple of months"."""
    words = match["number"] or "one"
    number = int(words) if words.isdigit() else NUMBERS[words]
    unit = match["unit"].rstrip("s")
    days = {
        "day": 1,
        "week": 7,
        "weekend": 7,
        "fortnight": 14,
        "month": 30,
        "year": 365,
        "quarter": 91,
    }
    return today + timedelta(days=min(days[unit] * number, 3650))


def _month_named(match: re.Match[str], today: date) -> date:
    month, year = _month_of(match["month"]), match["year"]
    if year:
        return _not_over(_end_of_month(int(year), month), today)
    end = _end_of_month(today.year, month)
    if (match["how"] or "").startswith(("by", "before", "until", "till")) and not match["part"]:
        first = end.replace(day=1)
        return first if first > today else date(today.year + 1, month, 1)
    return end if end >= today else _end_of_month(today.year + 1, month)


def _season(match: re.Match[str], today: date) -> date:
    first, last = SEASONS[match["season"]]
    return _next(today, *(first if match["how"] in ("by", "before", "until", "till") else last))


def _holiday(match: re.Match[str], today: date) -> date:
    return _next(today, *HOLIDAYS[match["holiday"]])


def _in_year(match: re.Match[str], today: date) -> date:
    return _not_over(date(int(match["year"]), 12, 31), today)


def _today(match: re.Match[str], today: date) -> date:
    return today


def _unknown(match: re.Match[str], today: date) -> None:
    return None


# What stands just before a phrase and takes the "when" out of it: the past, a habit, a duration.
BEFORE_NOT_WHEN = re.compile(
    r"\b(?:last|past|every|every other|since|previous|ago|been|was|were|most|used to|born on|born in|sit in"
    r"|mon(?:day)? to"
    r"|from one|in the last|over the last|over the past|for the last|for the past|after)\s*$"
)
# And what takes it out of "in August" or "on 11 June": something that happened, or a figure.
BEFORE_NOT_IN = re.compile(
    r"\b(?:was|were|had|lost|died|left|bought|burnt|moved|joined|said)\b[^.;,?!]*$|\beach\s*$"
)

_Resolve = Callable[[re.Match[str], date], date | None]


def _p(pattern: str, resolve: _Resolve) -> tuple[re.Pattern[str], _Resolve]:
    return re.compile(rf"(?<![\w-]){pattern}(?![\w-])"), resolve


_year = r"(?P<year>20\d\d)"
_how = rf"(?:(?P<how>{_by}|this|next|this coming|coming)\s+)?(?:the )?"
PATTERNS = (
    _p(rf"(?:{_by} )?(?P<iso>20\d\d-\d\d-\d\d)", _iso),
    _p(
        rf"(?:{_by} )?(?:the )?(?:\d{{1,2}} ?[-–] ?)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?"
        rf" (?P<month>{_month})\.?(?:,? {_year})?",
        _day_and_month,
    ),
    _p(
        rf"(?:{_by} )?(?P<month>{_month})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {_year})?",
        _day_and_month,
    ),
    _p(rf"{_by} (?P<first>\d{{1,2}})[/.](?P<second>\d{{1,2}})(?:[/.]\d{{2,4}})?\.?", _figures),
    _p(rf"{_by} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)", _day_of_month),
    _p(
        r"(?:(?:around|about|of) )?the (?P<day>\d{1,2})(?:st|nd|rd|th)(?=[.,;:!?)]|$| (?:at|to|if|and)\b)",
        _day_of_month,
    ),
    _p(
        rf"{_how}(?<!good )(?<!remembrance )(?<!easter )(?P<weekday>{_weekday})"
        r"(?! to (?:fri|sun)| schools?\b| clubs?\b| roasts?\b)(?:'s)?"
        r"(?P<after> (?:week|a week|fortnight))?"
        r"(?: (?:morning|noon|lunchtime|afternoon|evening|night))?",
        _weekday_named,
    ),
    _p(
        rf"(?P<how>(?:eod |cob )?{_by}|this|next|eod|cob) (?:eod |cob )?(?P<weekday>{_short})(?P<after>)",
        _weekday_named,
    ),
    _p(rf"(?P<how>)(?P<weekday>{_short})(?P<after>) {_clock}", _weekday_named),
    _p(
        rf"(?P<how>)(?P<weekday>{_short})(?P<after>) (?:morning|afternoon|evening|night)(?! after\b)",
        _weekday_named,
    ),
    _p(r"(?P<how>)(?P<weekday>tues|weds|thurs?)(?P<after>)", _weekday_named),
    _p(r"(?P<how>)(?P<weekday>mon|fri)(?P<after>)(?=[.,;:!?)]|$)", _weekday_named),
    _p(rf"(?:by )?a week (?:on|from) (?P<weekday>{_weekday})", _week_on),
    _p(
        rf"(?:{_by} )?(?P<word>today(?! i\b)|(?:(?:the )?day after )?tom+or+ows?|tmrw|tmr)(?: \w+)??",
        _word,
    ),
    _p(
        r"(?:by |before )?(?:tonight|this (?:morning|afternoon|evening)|eod|cob|close of business)",
        _today,
    ),
    _p(r"(?:by|before|until) (?:noon|midnight|lunch(?:time)?|dinner|bedtime|sunset|dark)", _today),
    _p(
        r"(?:by|before|until) \d{1,2}(?:[:.]\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)"
        rf"(?!,? (?:on |this |next )?(?:tom|tmr|the \d|\d|{_weekday}|{_short}))",
        _today,
    ),
    _p(
        rf"(?:{_by} )?(?:the )?(?:end of )?(?P<which>this|next) (?:coming )?"
        r"(?P<unit>week|wk|weekend|month|quarter|year|term|semester|season|school year)",
        _this,
    ),
    _p(
        rf"(?:{_by} )?(?:the )?(?P<unit>week|weekend|month|quarter|year) (?P<which>after next)",
        _this,
    ),
    _p(
        r"(?:the )?(?:end of|eo) ?(?:the |this )?(?P<unit>day|week|month|year|term|semester|season)",
        _end_of,
    ),
    _p(rf"{_by} (?:the )?(?P<unit>month|year|term|semester|season)[ '-]*s?[ -]end", _end_of),
    _p(
        r"(?:by|before|until|over|on|at) the (?P<which>weekend)(?P<unit>)",
        lambda m, t: t + timedelta(days=6 - t.weekday()),
    ),
    _p(
        rf"(?:{_by}|in|end of|the end of|by the end of|during|early|mid|late)[ -]q(?P<quarter>[1-4])",
        _quarter,
    ),
    _p(
        rf"(?:in|within|over|during|inside)(?: the)?(?: next| coming)? (?:about |around |the )?"
        rf"(?:(?P<number>{_number})(?: or \w+)?(?: of)?(?: the)?(?: more)?[ -])(?P<unit>{_whole})"
        r"(?:'s? time)?",
        _span,
    ),
    _p(
        rf"(?<!for )(?:the )?(?<!for the )(?:next|coming)"
        rf" (?:(?P<number>{_number})(?: or \w+)?(?: of)? )?(?P<unit>years?)",
        _span,
    ),
    _p(
        rf"(?:the )?(?:next|coming) (?:(?P<number>{_number})(?: or \w+)?(?: of)? )?"
        r"(?P<unit>days?|weeks?|weekends?|months?|quarters?|fortnights?)",
        _span,
    ),
    _p(
        rf"(?:have|has|got|only|'ve) (?:only )?(?P<number>{_number}) (?P<unit>days|weeks|months)"
        r"(?: left)?(?= to|\.|,|;|$| until| before| left)",
        _span,
    ),
    _p(rf"(?P<number>{_number}) (?P<unit>{_whole}) (?:from now|from today)", _span),
    _p(
        rf"(?P<how>{_by}|in|this|next|during|over|sometime in|some time in|around|of)"
        rf" (?P<part>the end of |end of |mid[ -]|early |late |the middle of |the beginning of "
        r"|the start of )?"
        rf"(?P<month>{_month})(?! day\b)(?: {_year})?",
        _month_named,
    ),
    _p(
        rf"(?P<how>)(?P<part>mid[ -]|early |late |the end of |end of )(?P<month>{_month})(?: {_year})?",
        _month_named,
    ),
    _p(
        rf"(?P<how>{_by}|in|this|next|during|over|sometime|some time|end of|late|early|this coming)"
        r" (?:in )?(?:the |this |next )?(?:end of |early |late )?(?:the )?"
        r"(?P<season>spring|summer|autumn|fall|winter)",
        _season,
    ),
    _p(
        rf"(?:{_by}|this|next|at|over|during|in time for|ahead of|around) (?:the )?"
        rf"(?P<holiday>{'|'.join(HOLIDAYS)})(?:'?s?)(?: eve| day| break| holidays?)?",
        _holiday,
    ),
    _p(
        rf"(?:{_by}|this|next|at|over|during|in time for|ahead of|around|in|after) (?:the )?(?:{MOVING})",
        _unknown,
    ),
    _p(
        rf"after (?:the )?(?:{'|'.join(HOLIDAYS)}|holidays)|in the new year|(?:halloween|bonfire) night",
        _unknown,
    ),
    _p(
        r"(?:before|by the time) (?:[\w'-]+ ){1,3}?(?:starts|ends|begins|opens|closes|finishes|arrives"
        r"|expires|is due)|before (?:mocks|finals|exams|midterms|a-levels|harvest|term|school)",
        _unknown,
    ),
    _p(
        rf"(?:{_by}|in time for|ahead of) {_whose} (?:[\w'-]+ ){{0,4}}?(?:{EVENTS})",
        _unknown,
    ),
    _p(rf"in {_whose} (?:[\w'-]+ )?(?:holidays?|break|term|semester|season)", _unknown),
    _p(
        rf"by (?:{_age})|(?:before|by the time) (?:i'?m|i am|he's|she's|they're|we're) [\w'-]+",
        _unknown,
    ),
    _p(
        r"(?:before|until|till|by the time) (?!\w+ (?:can|could|had)\b)(?:i|we|he|she|it|they|you|the"
        r"|my|our|his|her|their) [\w'-]+",
        _unknown,
    ),
    _p(rf"(?:{_by}|in|this year|during)(?: the end of)? {_year}", _in_year),
    _p(
        rf"(?P<how>)(?P<part>){_whose} (?P<month>january|february|july|september|october|november|december)"
        r"(?P<year>)(?= [a-z])",
        _month_named,
    ),
)
