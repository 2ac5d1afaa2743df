"""Nothing is applied twice."""

import asyncio

import httpx

from rings.player import Refused
from tests.rig.findings import Finding
from tests.rig.history import OK, History, Op, check
from tests.rig.phones import Circle, Phone, browser, shut_all
from tests.rig.rig import Rig, Size

on = ("small", "large")
PEOPLE = 8


async def scenario(rig: Rig, size: Size) -> Finding:
    history, finding = History(), Finding()
    [circle] = await rig.furnish(rings=1, people=PEOPLE, phase="wall")
    # every seat has its page open twice: at the first process and at the last
    pairs = [
        [circle.phone(web.url, n, history) for web in (rig.web[0], rig.web[-1])]
        for n in range(PEOPLE)
    ]
    rounds = size.pick(5, 60)
    answers: list[list[int]] = []
    for _ in range(rounds):
        taps = [_tap_twice(rig, pair, number) for number, pair in enumerate(pairs)]
        answers += await asyncio.gather(*taps)
    finding.at_least("double taps within 50 ms", len(answers), rounds * PEOPLE)
    finding.count("taps not answered alike", sum(a != [204, 204] for a in answers))
    finding.count("replays of an hour ago not answered as then", await _replay(rig, history, pairs))
    finding.count("other bodies under a known key not refused", await _other_bodies(history, pairs))
    finding.count("seats beyond one a join", await _join_twice(rig))
    verdict = check(history, await rig.rows(), {circle.pk: circle.version})
    finding.count("rows per key − 1", len(verdict.doubled))
    finding.count("lost or changed", len(verdict.lost + verdict.wrong))
    finding.words = verdict.first
    await shut_all([phone for pair in pairs for phone in pair])
    return finding


def _begin(phone: Phone, number: int) -> Op:
    ask = phone.circle.seats[(number + 1) % PEOPLE]["ask"]
    note = f"{phone.circle.word} {len(phone.history.ops)}"
    return phone.history.begin(
        phone.circle.pk, "offer", helper=phone.seat["pk"], ask=ask, note=note
    )


async def _post(phone: Phone, op: Op, note: object = None) -> int:
    """Send it once; the status, and in the history only a first answer counts."""
    path = f"/r/{phone.circle.code}/offer/{op.body['ask']}/"
    fields = {"kind": "advice", "stay": "1", "note": note or op.body["note"]}
    try:
        status = (await phone.post(path, op=op.key, **fields)).status_code
    except Refused as refused:
        return refused.status
    if op.answered is None:
        op.answer(OK, status)
    return status


async def _tap_twice(rig: Rig, pair: list[Phone], number: int) -> list[int]:
    op, apart = _begin(pair[0], number), rig.dice.uniform(0, 0.05)

    async def second() -> int:
        await asyncio.sleep(apart)
        return await _post(pair[1], op)

    return list(await asyncio.gather(_post(pair[0], op), second()))


async def _replay(rig: Rig, history: History, pairs: list[list[Phone]]) -> int:
    """Everybody's first pledge comes once more, after it was reworded and an hour has passed."""
    since = "at - interval '1 hour'" if rig.postgres else "datetime(at, '-1 hour')"
    await rig.execute(f"UPDATE rings_event SET at = {since}")  # noqa: S608  (one of two constants)
    first = {op.body["helper"]: op for op in reversed(history.ops)}
    statuses = [await _post(pair[-1], first[pair[-1].seat["pk"]]) for pair in pairs]
    return sum(status != 204 for status in statuses)


async def _other_bodies(history: History, pairs: list[list[Phone]]) -> int:
    last = {op.body["helper"]: op for op in history.ops}
    phones = [phone for pair in pairs for phone in pair]
    statuses = [await _post(phone, last[phone.seat["pk"]], "something else") for phone in phones]
    return sum(status != 409 for status in statuses)


async def _join_twice(rig: Rig) -> int:
    """One join, sent twice at once by a device without a seat: one seat, and both answers give it."""
    [lobby] = await rig.furnish(rings=1, people=1, phase="lobby")
    ways = [browser(web.url, {}) for web in (rig.web[0], rig.web[-1])]
    joins = [_join(way, lobby, f"{number:032x}") for number in range(PEOPLE) for way in ways]
    keys = await asyncio.gather(*joins)
    for way in ways:
        await way.aclose()
    people = await rig.read(f"SELECT id FROM rings_participant WHERE ring_id = {lobby.pk}")  # noqa: S608  (own number)
    unlike = sum(a != b for a, b in zip(keys[::2], keys[1::2], strict=True))
    return abs(len(people) - 1 - PEOPLE) + unlike


async def _join(way: httpx.AsyncClient, lobby: Circle, op: str) -> str:
    """The seat's key that the answer sets; an answer without one is a name of its own."""
    token = way.cookies["csrftoken"]
    cookies = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
    data = {"op": op, "name": f"Joiner {op}"}
    answer = await way.post(f"/r/{lobby.code}/join/", data=data, headers=cookies)
    return (
        answer.cookies.get(f"seat-{lobby.pk}") or f"{answer.status_code} for {op} at {way.base_url}"
    )
