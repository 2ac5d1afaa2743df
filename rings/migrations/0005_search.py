"""The table that past rings are searched in, of another kind in each database; when rings ended."""

from django.db import migrations, models

MAKE = {
    "sqlite": ["CREATE VIRTUAL TABLE rings_found USING fts5(about, whole)"],
    "postgresql": [
        "CREATE TABLE rings_found (ring_id bigint PRIMARY KEY, about tsvector, whole tsvector)",
        "CREATE INDEX rings_found_about ON rings_found USING gin (about)",
        "CREATE INDEX rings_found_whole ON rings_found USING gin (whole)",
    ],
}


def make(apps, editor):
    for statement in MAKE[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps, editor):
    editor.execute("DROP TABLE rings_found")


def end(apps, editor):
    """A ring that was called off, or put away, ended when it came there; it did not say so before."""
    over = apps.get_model("rings", "Ring").objects.filter(phase__in=("cancelled", "archived"))
    over.filter(ended_at=None).update(ended_at=models.F("phase_began_at"))


class Migration(migrations.Migration):
    dependencies = [("rings", "0004_past_rings")]
    operations = [
        migrations.RunPython(make, drop),
        migrations.RunPython(end, migrations.RunPython.noop),
    ]
