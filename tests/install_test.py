#!/usr/bin/env python3
"""Installs a built tree into an empty folder, builds a small application against it and asks it for an answer."""
import argparse
import os
import sys
import tempfile

import replay_contract
import support

REQUEST = {'method': 'GET', 'path': '/hello?name=Ann'}
ANSWER = (200, b'{"message":"Hello, Ann!"}')


def ask(program):
    """None when the application starts, answers and ends as it should, else the problem."""
    server = replay_contract.Server([program], [], None)
    problems = []
    try:
        server.wait_until_ready()
        status, _, body = replay_contract.exchange(server.port, REQUEST)
        if (status, body) != ANSWER:
            problems.append(f'expected {ANSWER}, got {(status, body)}')
    except (replay_contract.Failure, OSError) as failure:
        problems.append(str(failure))
    try:
        server.stop()
    except replay_contract.Failure as failure:
        problems.append(str(failure))
    if problems:
        problems.append(server.output())
    server.close()
    return '\n'.join(problems) or None


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
        ]
        for title, command in steps:
            status, output = support.run(command)
            report.add(title, None if status == 0 else f'exit code {status}\n{output}')
            if status != 0:
                break
        else:
            report.add('the application answers', ask(os.path.join(build, 'hello')))
            leaks = [os.path.relpath(os.path.join(where, name), prefix)
                     for where, _, names in os.walk(prefix) for name in names
                     if name.endswith('.cmake') and support.ROOT in support.read(os.path.join(where, name))]
            report.add('no path of the build in the package files', '\n'.join(leaks) or None)
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
