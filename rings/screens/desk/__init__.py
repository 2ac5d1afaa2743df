"""What the desk shows: the head with its steps, the scene with its clock, offers, queue, controls.

Only those who lead the ring see it, yet nobody's private offer: those are counted. Whoever is writing
or not is never named before the turns begin.
"""

from rings.screens.desk import controls, head, offers, queue, rehearsal, scene, undo

__all__ = ["controls", "head", "offers", "queue", "rehearsal", "scene", "undo"]
