"""The window: what phone, stage and desk see, as fragments drawn from a `Picture`."""

from rings.screens import desk, phone, stage

__all__ = ["desk", "phone", "stage"]
