#!/usr/bin/env python3
"""Installs a built tree into an empty folder, and builds and runs a small project against it."""
import argparse
import os
import sys
import tempfile

import support

EXPECTED = 'Greeter: thrown on purpose'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the built tree')
    parser.add_argument('--compiler', default='g++')
    options = parser.parse_args()

    report = support.Report('install')
    with tempfile.TemporaryDirectory(prefix='roost-install-') as folder:
        prefix, build = os.path.join(folder, 'prefix'), os.path.join(folder, 'build')
        steps = [
            ('install', ['cmake', '--install', options.build, '--prefix', prefix]),
            ('find_package(Roost)', ['cmake', '-S', os.path.join(support.ROOT, 'tests', 'install'), '-B', build,
                                     '-G', 'Ninja', '-DCMAKE_PREFIX_PATH=' + prefix, '-DCMAKE_BUILD_TYPE=Release',
                                     '-DCMAKE_CXX_COMPILER=' + options.compiler]),
            ('build against the installed tree', ['cmake', '--build', build]),
            ('run', [os.path.join(build, 'hello')]),
        ]
        for title, command in steps:
            status, output = support.run(command)
            problem = None if status == 0 else f'exit code {status}\n{output}'
            if title == 'run' and status == 0 and output.strip() != EXPECTED:
                problem = f'expected {EXPECTED!r}, got {output!r}'
            report.add(title, problem)
            if problem is not None:
                break
        else:
            leaks = [os.path.relpath(os.path.join(where, name), prefix)
                     for where, _, names in os.walk(prefix) for name in names
                     if name.endswith('.cmake') and support.ROOT in support.read(os.path.join(where, name))]
            report.add('no path of the build in the package files', '\n'.join(leaks) or None)
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
