#!/usr/bin/env python3
"""Runs clang-tidy with .clang-tidy over the sources of the components: `make lint`.

A header is looked at through the sources that include it. A file is read again only when it, a Roost header or the
rules have changed.
"""
import argparse
import os
import re
import sys

import support


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', default=os.path.join(support.ROOT, 'build', 'debug'))
    parser.add_argument('--tests', action='store_true', help='the tests as well')
    parser.add_argument('files', nargs='*', help='only these')
    options = parser.parse_args()

    names = options.files or [name for name in support.tracked_files('.cpp')
                              if re.match(r'(roost|examples|tools)/', name) and '/compile_fail/' not in name
                              and (options.tests or not name.endswith('_test.cpp'))]
    files = [os.path.abspath(os.path.join(support.ROOT, name)) for name in names]
    inputs = [os.path.join(support.ROOT, name) for name in support.tracked_files('.hpp')]
    inputs += [os.path.join(support.ROOT, '.clang-tidy'), __file__]
    flags = support.flags_of(options.build)
    cache = support.Cache(options.build, 'tidy')
    report = support.Report('tidy')

    def work(path):
        if cache.passed(path):
            return None
        status, output = support.run(['clang-tidy', '--quiet', path, '--', *support.CXX_FLAGS, *flags(path), '-w'])
        return None if status == 0 else re.sub(r'^\d+ warnings? .*\n', '', output, flags=re.MULTILINE)

    for path, problem in zip(files, support.in_parallel(work, files)):
        report.add(os.path.relpath(path, support.ROOT), problem)
        if problem is None:
            cache.remember(path, [path, *inputs])
        else:
            cache.forget(path)
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
