"""Labelled asks, and how often the coach agrees with their reader: docs/coach.md."""
