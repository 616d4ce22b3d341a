#!/usr/bin/env python3
"""Compiles every public header alone and checks what it pulls in; clang reads those of a component together.

What a header lacks shows with one compiler as with the other, because both use the same standard library; what clang
alone refuses shows wherever the header stands. A public header may include the standard library and other public Roost headers. Anything heavy or third-party
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


def compile_with(compiler, headers, *flags):
    """Reads the headers one after the other; (exit code, output)."""
    included = [flag for header in headers for flag in ('-include', header)]
    return support.run([*support.COMMANDS[compiler], *support.CXX_FLAGS, *support.WARNINGS,
                        '-fdiagnostics-color=never', *flags, '-fsyntax-only', *included, '-x', 'c++', '/dev/null'])


def check_alone(header, public):
    """Returns (problem or None, files under roost/ that the verdict depends on)."""
    status, output = compile_with('g++', [header], '-H')
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


def check_together(headers):
    """Returns (problem or None, files under roost/ that the verdict depends on)."""
    status, output = compile_with('clang++', headers, '-H')
    if status != 0:
        errors = [line for line in output.split('\n') if not re.match(r'\.+ ', line)]
        return 'do not compile:\n' + '\n'.join(errors[:30]), []
    return None, [name for name in support.included_files(output) if name.startswith(support.ROOT + os.sep)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('--only', default='', help='only headers whose path contains this')
    options = parser.parse_args()

    components = support.components(options.build).values()
    public = {os.path.join(support.ROOT, component['folder'], header)
              for component in components for header in component['headers']}
    cache = support.Cache(options.build, 'headers')
    report = support.Report('headers')
    todo = [(f'{os.path.relpath(header, support.ROOT)} alone', [header], lambda header=header: check_alone(header, public))
            for header in sorted(public) if options.only in header]
    for component in components:
        headers = sorted(os.path.join(support.ROOT, component['folder'], header) for header in component['headers'])
        if headers and any(options.only in header for header in headers):
            todo.append((f'{component["folder"]} with clang', headers,
                         lambda headers=headers: check_together(headers)))

    def work(item):
        return (None, None) if cache.passed(item[0]) else item[2]()

    for (title, headers, _), (problem, used) in zip(todo, support.in_parallel(work, todo)):
        report.add(title, problem)
        if problem is not None:
            cache.forget(title)
        elif used is not None:
            manifest = os.path.join(options.build, 'components.json')
            cache.remember(title, sorted({*headers, manifest, __file__, *used}))
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
