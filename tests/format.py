#!/usr/bin/env python3
"""Checks that every C++ file is formatted as .clang-format says (`make format` repairs it)."""
import argparse
import os
import sys

import support


FILES_AT_ONCE = 25


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    options = parser.parse_args()

    rules = os.path.join(support.ROOT, '.clang-format')
    cache = support.Cache(options.build, 'format')
    report = support.Report('format')
    files = [os.path.join(support.ROOT, name) for name in support.tracked_files('.cpp', '.hpp')]

    def check(*paths):
        return support.run(['clang-format', '--dry-run', '-Werror', '--ferror-limit=3', *paths])

    # Starting the program takes longer than reading a file. A group in which something is wrong is read one by one.
    todo = [path for path in files if not cache.passed(path)]
    groups = [todo[start:start + FILES_AT_ONCE] for start in range(0, len(todo), FILES_AT_ONCE)]
    wrong = [path for group, (status, _) in zip(groups, support.in_parallel(lambda group: check(*group), groups))
             if status != 0 for path in group]
    found = dict(zip(wrong, support.in_parallel(check, wrong)))
    for path in files:
        status, output = found.get(path, (0, ''))
        report.add(os.path.relpath(path, support.ROOT), None if status == 0 else output)
        if status == 0:
            cache.remember(path, [path, rules])
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
