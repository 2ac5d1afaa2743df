"""The fault rig: every promise of docs/promises.md tried on real servers, with real faults.

`make rig` runs all of it; `python -m tests.rig p04 --short --seed 7` one promise in its short form.
The short forms of some run in `make test` (test_promises.py).

To add a scenario, put one file into tests/rig/scenarios, named after its promise (p10_laptop.py):

    '''The facilitator's laptop may die.'''      # the promise, as it is printed
    on = ("small", "large")                       # set-ups in a full run; ("large",) without it
    at_once = WAITS                               # or UNTIMED: others run beside it; alone without it
    minutes = 20                                  # after which it hangs; 20 without it

    async def scenario(rig: Rig, size: Size) -> Finding:
        finding = Finding()
        [circle] = await rig.furnish(rings=1, people=size.pick(5, 30))
        desk = circle.desk(rig.url)
        ...
        finding.seconds("control again after", seen, 15)
        return finding

`rig` is a fresh set-up (rig.py): `rig.web`, `rig.postgres`, `rig.redis` are services to kill, freeze
and start again (services.py), `rig.line` is the proxy in front (proxy.py), `rig.rows()` the database,
`rig.dice` the seed's choices. `circle` knows a ring's codes and keys and gives phones, a desk and a
stage (phones.py): `await phone.follow()` keeps a socket as ring.js does, `phone.pledge(...)` logs to
a History that `check` holds against the rows (history.py). A mutant is a line in MUTANTS (rig.py) and
a patch in mutants.py.
"""
