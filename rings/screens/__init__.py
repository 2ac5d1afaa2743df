"""The window: what phone, stage and desk see, as fragments drawn from a `Picture`."""

from rings.screens import away, desk, phone, stage

__all__ = ["away", "desk", "phone", "stage"]
