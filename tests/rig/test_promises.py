"""The short forms of the rig's scenarios (`make rig` runs the full ones): P1 to P5, P11, P14, P16.

On SQLite and the in-memory layer; where REDIS_URL is set, on the rig's own PostgreSQL and Redis.
What a busy machine stretches, seconds, is measured by the full forms only.
"""

import os
from collections.abc import Iterator

import pytest

from tests.rig.rig import Size, Workshop
from tests.rig.runner import all_scenarios, run

SHORT = ("p01", "p02", "p03", "p04", "p05", "p11", "p14", "p16")
SETUP = "large" if os.environ.get("REDIS_URL") else "small"
SCENARIOS = all_scenarios()


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with Workshop() as workshop:
        yield workshop


@pytest.mark.live
@pytest.mark.parametrize("name", [name for name in SHORT if name in SCENARIOS])
def test_the_promise_is_held_in_its_short_form(
    workshop: Workshop, name: str, request: pytest.FixtureRequest
) -> None:
    seed = request.config.getoption("randomly_seed", None)
    result = run(workshop, SCENARIOS[name], SETUP, Size(full=False), seed or 1)
    broken = [str(m) for m in result.finding.measures if not (m.held or m.timed)]
    assert broken == [], f"seed {result.seed}: {result.finding.words}"
