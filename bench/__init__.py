"""The bench: how fast the site is, beside the machine's limit and beside the usual way (docs/speed.md)."""
