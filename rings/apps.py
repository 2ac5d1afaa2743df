"""The one app: registers the fragments and the start-up checks."""

from django.apps import AppConfig


class RingsConfig(AppConfig):
    name = "rings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # the screens register themselves in rings.live, the checks with Django
        from rings import checks, screens  # noqa: F401  (importing registers)
