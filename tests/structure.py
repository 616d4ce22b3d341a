#!/usr/bin/env python3
"""Checks the shape of the tree: which component includes which, and what no committed file may say."""
import argparse
import os
import re
import sys

import includes
import support

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# Traces of one machine: its folders, its private network, where its packages come from.
TRACES = {
    'a folder of one machine': re.compile(r'(?<![\w.~])/(work|farm|home/\w+|root)/'),
    'the host name of a package registry': re.compile(
        r'\b(deb\.debian\.org|snapshot\.debian\.org|(files\.)?python' r'hosted\.org|pypi\.org|registry\.npmjs\.org|'
        r'registry\.yarnpkg\.com|static\.crates\.io|index\.crates\.io|proxy\.golang\.org|registry-1\.docker\.io|'
        r'ghcr\.io|quay\.io|deb\.nodesource\.com|nexus\.|artifactory\.)'),
    'an address in a private network': re.compile(
        r'\b(https?|postgres(ql)?)://[^\s/]*\b(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+)'),
    'a marker of unfinished work': re.compile(r'\b(TODO|FIX' r'ME)\b'),
}
EXEMPT = {'tests/structure.py'}
BINARY = ('.png', '.jpg', '.ico', '.gz', '.br', '.bin', '.pem')


def component_of(path, components):
    """The component whose folder holds the path, the innermost one."""
    best = None
    for name, component in components.items():
        if path.startswith(component['folder'] + '/') and (
                best is None or len(component['folder']) > len(components[best]['folder'])):
            best = name
    return best


def check_arrows(name, components, files):
    """A component includes itself and what it depends on, always as <roost/...>."""
    problems = []
    allowed = support.closure(name, components)
    in_tests = set(allowed)
    test_lists = ('tests', 'concurrency_tests', 'postgres_tests', 'postgres_concurrency_tests')
    helpers = list(components[name].get('test_link', []))
    if components[name]['postgres_tests'] or components[name]['postgres_concurrency_tests']:
        helpers.append('Roost::postgres_testing')
    for target in helpers:
        in_tests |= support.closure(target.removeprefix('Roost::'), components)
    # The umbrella belongs to whoever depends on all that is in it.
    for reach in (allowed, in_tests):
        if set(components.get('roost', {}).get('depends', ['?'])) <= reach:
            reach.add('roost')
    tests = {f'{components[name]["folder"]}/{test}'
             for key in test_lists for test in components[name][key]}
    for path in files:
        if component_of(path, components) != name:
            continue
        for bracket, target in INCLUDE.findall(support.read(os.path.join(support.ROOT, path))):
            if bracket == '"' and target.endswith('.hpp'):
                problems.append(f'{path} includes "{target}": write it as <roost/...>')
            other = component_of(target, components) if target.startswith('roost/') else None
            if other and other not in (in_tests if path in tests else allowed):
                problems.append(f'{path} includes <{target}>, but {name} does not depend on {other}')
            if target.startswith('roost/') and not os.path.exists(os.path.join(support.ROOT, target)):
                problems.append(f'{path} includes <{target}>, which does not exist')
    return problems


def check_listed(name, components, files):
    """Every source file is named in the CMakeLists.txt of the component or of its own folder, private headers aside."""
    folder = components[name]['folder']

    def named(path, place):
        lists = os.path.join(support.ROOT, place, 'CMakeLists.txt')
        return os.path.exists(lists) and os.path.relpath(path, place) in re.split(r'[\s()"]+', support.read(lists))

    problems = []
    for path in files:
        inner = path[len(folder) + 1:]
        private = path.endswith('_impl.hpp') or (
            path.endswith('.hpp') and inner.startswith(('detail/', 'compile_fail/', 'conformance/', 'fuzz/', 'bench/')))
        if component_of(path, components) == name and not private and not (
                named(path, folder) or named(path, os.path.dirname(path))):
            problems.append(f'{path} is not named in {folder}/CMakeLists.txt')
    return problems


def check_traces():
    problems = []
    for path in support.tracked_files():
        if path in EXEMPT or path.endswith(BINARY):
            continue
        for number, line in enumerate(support.read(os.path.join(support.ROOT, path)).split('\n'), 1):
            for what, pattern in TRACES.items():
                if pattern.search(line):
                    problems.append(f'{path}:{number}: {what}: {line.strip()[:120]}')
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    options = parser.parse_args()

    components = support.components(options.build)
    files = [name for name in support.tracked_files('.hpp', '.cpp') if name.startswith('roost/')]
    report = support.Report('structure')
    for name in components:
        report.add(f'arrows of {name}', '\n'.join(check_arrows(name, components, files)) or None)
        report.add(f'files of {name}', '\n'.join(check_listed(name, components, files)) or None)
    report.add('includes', '\n'.join(includes.complaints()) or None)
    report.add('traces of one machine', '\n'.join(check_traces()) or None)
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
