#!/usr/bin/env python3
"""What files cost to compile, against what they may: user seconds of g++ -O0, the best of three.

Prints a table of the programs listed in compile_time/budgets.json, and the five dearest public headers. Exit
status 1 when a program is over its budget or does not compile. Measure on a quiet machine.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
COMPILER = ['g++', '-std=c++20', '-O0', '-foptimize-sibling-calls', '-I' + ROOT]


def seconds(arguments, repeat):
    """The least user time of some runs of the compiler; None when it fails."""
    best = None
    environment = {**os.environ, 'CCACHE_DISABLE': '1'}
    for _ in range(repeat):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run(COMPILER + arguments, env=environment, capture_output=True, text=True)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        if done.returncode != 0:
            print(done.stderr[:2000], file=sys.stderr)
            return None
        best = spent if best is None else min(best, spent)
    return best


def headers(build):
    """The public headers of a configured build, as they are included; none without a build."""
    try:
        with open(os.path.join(build, 'components.json'), encoding='utf-8') as stream:
            components = json.load(stream)
    except OSError:
        return []
    return sorted(f'{component["folder"]}/{header}' for component in components.values() for header in component['headers'])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default=os.path.join(ROOT, 'build', 'release'))
    parser.add_argument('--repeat', type=int, default=3)
    parser.add_argument('--all-headers', action='store_true', help='list every public header, not only the dearest')
    options = parser.parse_args()

    with open(os.path.join(HERE, 'compile_time', 'budgets.json'), encoding='utf-8') as stream:
        budgets = json.load(stream)
    over = 0
    print(f'{"compile time, user seconds at -O0":<50} {"took":>6} {"budget":>7}')
    for name, budget in budgets.items():
        took = seconds(['-c', os.path.join(HERE, 'compile_time', name), '-o', '/dev/null'], options.repeat)
        verdict = 'does not compile' if took is None else 'OVER' if took > budget else ''
        over += bool(verdict)
        print(f'{name:<50} {"-" if took is None else format(took, ".2f"):>6} {budget:>7.2f}  {verdict}'.rstrip(), flush=True)

    costs = []
    with tempfile.TemporaryDirectory() as folder:
        unit = os.path.join(folder, 'unit.cpp')
        for header in headers(options.build):
            with open(unit, 'w', encoding='utf-8') as stream:
                stream.write(f'#include <{header}>\n')
            took = seconds(['-fsyntax-only', unit], 1)
            if took is not None:
                costs.append((took, header))
    if costs:
        print('\npublic headers alone' if options.all_headers else '\nthe dearest public headers, alone')
        for took, header in sorted(costs, reverse=True)[:None if options.all_headers else 5]:
            print(f'{header:<50} {took:>6.2f}')
    return 1 if over else 0


if __name__ == '__main__':
    sys.exit(main())
