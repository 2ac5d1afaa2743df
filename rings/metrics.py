"""What a process counts about itself, for whoever watches it (docs/operating.md says what each means).

Served by `/metrics`; each process has its own numbers.
"""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("ringsite_sockets", "Open pages of this process.", ["audience"])
WORDS = Counter("ringsite_words", "Words heard that a ring has changed, from here and elsewhere.")
DRAWINGS = Counter("ringsite_drawings", "Readings and drawings of a ring for its open pages.")
REPAIRS = Counter("ringsite_repairs", "Changes whose word was lost and that the loop found.")
CLOSED = Counter("ringsite_closed", "Pages told to close, by close code.", ["code"])
TOLD = Histogram(
    "ringsite_told_seconds",
    "From a change's commit to the last page of this process having been sent it.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 30),
)
