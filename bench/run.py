#!/usr/bin/env python3
"""Measures everything, part after part, and goes on when one of them fails: `make bench`.

  bench/run.py [programs] [compile] [validation] [orm] [servers]

Exit status 1 when a part failed, or a file takes longer to compile than its budget. README.md says what is measured.
"""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'peers'))
import prepare  # pylint: disable=wrong-import-position

PROGRAMS = os.path.join(prepare.ROOT, 'build', 'release', 'bench')
# the script of a part, and how many seconds it has; the slowest takes about a third of that
SCRIPTS = {
    'compile': ('compile_time.py', 900),
    'validation': ('validation/nest_pipe.py', 900),
    'orm': ('orm/nest_mikro.py', 1800),
    'servers': ('compare.py', 5400),
}
PROGRAM_SECONDS = 600


def programs():
    """The benchmarks of single components; those of the ORM run beside their peer, as the part `orm`."""
    status = 0
    for name in sorted(os.listdir(PROGRAMS)) if os.path.isdir(PROGRAMS) else []:
        path = os.path.join(PROGRAMS, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and not name.startswith('roost_orm_'):
            print(f'--- {name}')
            status |= prepare.bounded([path], PROGRAM_SECONDS, cwd=prepare.ROOT)
    return status


def main():
    known = ['programs', *SCRIPTS]
    wanted = sys.argv[1:] or known
    if not set(wanted) <= set(known):
        print(__doc__, file=sys.stderr)
        return 2
    failed, begin = [], time.monotonic()
    for part in wanted:
        start = time.monotonic()
        print(f'\n=== {part}', flush=True)
        if part == 'programs':
            status = programs()
        else:
            script, seconds = SCRIPTS[part]
            status = prepare.bounded([sys.executable, os.path.join(HERE, script)], seconds, cwd=prepare.ROOT)
        failed += [part] if status else []
        print(f'=== {part}: {"failed" if status else "done"} after {time.monotonic() - start:.0f} s', flush=True)
    print(f'\nmeasured in {(time.monotonic() - begin) / 60:.0f} minutes; failed: {", ".join(failed) or "nothing"}')
    return 1 if failed else 0


if __name__ == '__main__':
    prepare.run_script(main)
