"""Rings that are over: their numbers, who may read what of them, searched, replayed, taken along."""
