#!/usr/bin/env python3
"""Compiles programs that must not compile, and checks that the compiler says the right thing early.

A program holds lines `// expect: <regex>`: each must match a line of the compiler's output, in this order, the
first of them within the first 12 lines. `// expect-g++:` and `// expect-clang++:` count for one compiler only.
With -DROOST_FIXED g++ must compile the same program, so that it fails for the one reason that it is about.
"""
import argparse
import os
import re
import sys

import support

FIRST_LINES = 12


def expectations(text, compiler):
    """The patterns for this compiler, in order."""
    found = re.findall(r'^\s*// expect(-g\+\+|-clang\+\+)?: (.+?)\s*$', text, re.MULTILINE)
    return [pattern for only, pattern in found if only in ('', '-' + compiler)]


def mismatch(patterns, output):
    """None when the output holds the patterns in order and early enough, else what is wrong with it."""
    lines = output.split('\n')
    position = 0
    for number, pattern in enumerate(patterns):
        for i in range(position, len(lines)):
            if re.search(pattern, lines[i]):
                break
        else:
            return f'expected a line that matches: {pattern}'
        if number == 0 and i >= FIRST_LINES:
            return f'expected within the first {FIRST_LINES} lines, but in line {i + 1}: {pattern}'
        position = i + 1
    return None


def check(path, compiler):
    """None when the program behaves with this compiler, else the problem."""
    patterns = expectations(support.read(path), compiler)
    if not patterns:
        return 'no line "// expect: <regex>"'
    command = [*support.COMMANDS[compiler], *support.CXX_FLAGS, '-fsyntax-only', '-fdiagnostics-color=never', path]
    status, output = support.run(command)
    shown = '\n'.join(output.split('\n')[:40])
    if status == 0:
        return 'compiles, but must not'
    if 'internal compiler error' in output or 'PLEASE submit a bug report' in output:
        return 'the compiler crashed:\n' + shown
    problem = mismatch(patterns, output)
    if problem:
        return f'{problem}\n{shown}'
    if compiler != 'g++':
        return None
    status, output = support.run(command + ['-DROOST_FIXED'])
    if status != 0:
        return 'does not compile with -DROOST_FIXED either:\n' + '\n'.join(output.split('\n')[:40])
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('programs', nargs='+')
    options = parser.parse_args()

    # Roost headers are the only thing besides the program that the verdict depends on.
    headers = [os.path.join(support.ROOT, name) for name in support.tracked_files('.hpp')]
    name = os.path.basename(options.report or 'compile_fail').removesuffix('.xml')
    cache = support.Cache(options.build, name)
    report = support.Report(name)
    todo = [(path, compiler) for path in options.programs for compiler in support.COMPILERS]

    def work(item):
        path, compiler = item
        return None if cache.passed(f'{compiler} {path}') else check(path, compiler)

    for (path, compiler), problem in zip(todo, support.in_parallel(work, todo)):
        report.add(f'{os.path.relpath(path, support.ROOT)} with {compiler}', problem)
        if problem is None:
            cache.remember(f'{compiler} {path}', [path, __file__, *headers])
        else:
            cache.forget(f'{compiler} {path}')
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
