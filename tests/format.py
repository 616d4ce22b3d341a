#!/usr/bin/env python3
"""Checks that every C++ file is formatted as .clang-format says (`make format` repairs it)."""
import argparse
import os
import sys

import support


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    options = parser.parse_args()

    rules = os.path.join(support.ROOT, '.clang-format')
    cache = support.Cache(options.build, 'format')
    report = support.Report('format')
    files = [os.path.join(support.ROOT, name) for name in support.tracked_files('.cpp', '.hpp')]

    def work(path):
        if cache.passed(path):
            return 0, ''
        return support.run(['clang-format', '--dry-run', '-Werror', '--ferror-limit=3', path])

    for path, (status, output) in zip(files, support.in_parallel(work, files)):
        report.add(os.path.relpath(path, support.ROOT), None if status == 0 else output)
        if status == 0:
            cache.remember(path, [path, rules])
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
