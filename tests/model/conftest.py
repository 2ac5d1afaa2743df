"""How long the model machines look: a few fixed examples in `make test`, many new ones at night.

The few are the same each time, so that a change is judged by what it changes; looking for what
nobody has thought of yet is the night's work (`make model`).
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.browser.conftest import browser_type_launch_args  # noqa: F401  (how Chromium is started)

settings.register_profile(
    "brief",
    max_examples=8,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "nightly",
    max_examples=300,
    stateful_step_count=60,
    print_blob=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def patience() -> settings:
    """Not loaded for the whole run: other tests with hypothesis keep their own numbers."""
    return settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "brief"))
