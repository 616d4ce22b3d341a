#!/usr/bin/env python3
"""Compiles every public header alone, with both compilers, and checks what it pulls in.

A public header may include the standard library and other public Roost headers. Anything heavy or third-party
that reaches a user's compiler through it is reported together with the chain of includes.
"""
import argparse
import os
import re
import sys

import support

FORBIDDEN = re.compile(
    r'/(boost|openssl|spdlog|fmt|postgresql|unicode|re2|brotli)/'
    r'|/(simdjson|libpq-fe|sqlite3|zlib)\.h(pp)?$'
    r'|/c\+\+/\d+(\.\d+)*/(regex|iostream|filesystem)$')

# What the umbrella header, which every file of an application reads, must not cost: <memory> alone, with the streams
# behind it, is a fifth of a second.
UMBRELLA = os.path.join(support.ROOT, 'roost', 'roost.hpp')
DEAR = re.compile(r'/c\+\+/\d+(\.\d+)*/(memory|functional|iterator|ostream|chrono|map|unordered_map|mutex|atomic|thread)$')


def include_chain(output, wanted):
    """How the compiler came to the file, outermost first."""
    chain = []
    for match in re.finditer(r'^(\.+) (.+)$', output, re.MULTILINE):
        depth = len(match.group(1))
        del chain[depth - 1:]
        chain.append(match.group(2))
        if os.path.normpath(match.group(2)) == wanted:
            return ' -> '.join(os.path.relpath(name, support.ROOT) if name.startswith(support.ROOT) else name
                               for name in chain)
    return wanted


def check(header, compiler, public):
    """Returns (problem or None, files under roost/ that the verdict depends on)."""
    status, output = support.run([compiler, *support.CXX_FLAGS, *support.WARNINGS, '-fdiagnostics-color=never', '-H',
                                  '-fsyntax-only', '-include', header, '-x', 'c++', '/dev/null'])
    if status != 0:
        errors = [line for line in output.split('\n') if not re.match(r'\.+ ', line)]
        return 'does not compile alone:\n' + '\n'.join(errors[:30]), []
    included = support.included_files(output)
    problems = [f'pulls in {include_chain(output, name)}' for name in sorted(set(included))
                if FORBIDDEN.search(name) or (header == UMBRELLA and DEAR.search(name))]
    ours = [name for name in included if name.startswith(support.ROOT + os.sep)]
    problems += [f'includes {include_chain(output, name)}, which is no component\'s public header (list it in HEADERS)'
                 for name in sorted(set(ours)) if name != header and name not in public]
    return ('\n'.join(problems) or None), ours


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('--only', default='', help='only headers whose path contains this')
    options = parser.parse_args()

    public = {os.path.join(support.ROOT, component['folder'], header)
              for component in support.components(options.build).values() for header in component['headers']}
    cache = support.Cache(options.build, 'headers')
    report = support.Report('headers')
    todo = [(header, compiler) for header in sorted(public) if options.only in header for compiler in support.COMPILERS]

    def work(item):
        header, compiler = item
        if cache.passed(f'{compiler} {header}'):
            return None, None
        return check(header, compiler, public)

    for (header, compiler), (problem, used) in zip(todo, support.in_parallel(work, todo)):
        report.add(f'{os.path.relpath(header, support.ROOT)} alone with {compiler}', problem)
        if problem is not None:
            cache.forget(f'{compiler} {header}')
        elif used is not None:
            manifest = os.path.join(options.build, 'components.json')
            cache.remember(f'{compiler} {header}', sorted({header, manifest, __file__, *used}))
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
