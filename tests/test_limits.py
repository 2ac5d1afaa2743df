"""What is counted: changes of one seat, requests worked on at once."""

import asyncio
from typing import Any

import pytest
from django.test import Client

from rings import limits
from ringsite.asgi import KeptThreads
from tests.conftest import Circle


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until it is moved."""
    moment = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: moment[0])
    return moment


def test_a_seat_that_changes_its_ring_faster_than_any_thumb_is_told_to_wait(
    circle: Circle, now: list[float]
) -> None:
    phone, path = circle.cast.phone(circle.bo), f"/r/{circle.ring.code}/ask/"
    for _ in range(limits.CHANGES):
        assert phone.post(path, {"text": ""}).status_code == 422
    answer = phone.post(path, {"text": "A ladder."}, headers={"HX-Request": "true"})
    assert answer.status_code == 429
    assert "Wait a moment" in answer.content.decode()
    assert circle.cast.phone(circle.cy).post(path, {"text": "A ladder."}).status_code == 302


def test_tokens_come_back_with_time(now: list[float]) -> None:
    bucket = limits.Buckets(burst=2, a_minute=60)
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    assert bucket.take("b")
    now[0] += 1
    assert [bucket.take("a") for _ in range(2)] == [True, False]


def test_the_least_used_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.Buckets, "keep", 2)
    bucket = limits.Buckets(burst=1, a_minute=0)
    for key in ("a", "b", "c"):
        bucket.take(key)
    assert list(bucket.kept) == ["b", "c"]


def test_only_so_many_requests_are_worked_on_at_once() -> None:
    most = now = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now -= 1

    async def many() -> None:
        kept = KeptThreads(app)
        await asyncio.gather(*(kept({"path": "/"}, None, None) for _ in range(100)))
        assert len(kept.idle) == most

    asyncio.run(many())
    assert most == KeptThreads.bound


def test_whether_the_process_lives_is_answered_while_all_else_waits() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/healthz":
            await asyncio.Event().wait()

    async def ask() -> None:
        kept = KeptThreads(hangs)
        stuck = [
            asyncio.create_task(kept({"path": "/"}, None, None)) for _ in range(kept.bound + 1)
        ]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await kept({"path": "/healthz"}, None, None)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)

    asyncio.run(ask())


def test_a_client_without_a_seat_is_not_counted(circle: Circle) -> None:
    for _ in range(limits.CHANGES + 1):
        assert Client().post(f"/r/{circle.ring.code}/ask/", {"text": ""}).status_code == 404
