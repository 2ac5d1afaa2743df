"""Start the product for the rig: `python -m tests.rig.serve --mutant no_repair` switches a mechanism off.

The rig's people do in seconds what a room does in an hour, so nobody is told here to go slowly
(tests/test_limits.py tries that). Patches are made here, in the rig's own process, before the server
starts: the product has no switch.
"""

import os
from argparse import ArgumentParser

import django
from django.core.management import call_command


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--mutant", default="")
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "ringsite.settings"
    django.setup()
    from rings import limits  # it reads the settings: Django comes first

    limits._changes.burst = limits._changes.a_minute = 1_000_000
    if given.mutant:
        from tests.rig.mutants import PATCHES  # it knows the product's modules: Django comes first

        PATCHES[given.mutant]()
    call_command("serve", "--port", given.port)


if __name__ == "__main__":
    main()
