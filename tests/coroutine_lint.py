#!/usr/bin/env python3
"""Finds the shapes of co_await that g++ 12.2 compiles wrongly without a word, with clang-query.

    coroutine_lint.py --build build/debug [FILE...]     without files: everything in the tree that awaits
    coroutine_lint.py --self-test                       the samples in tests/lint_samples must be flagged as they say

The rules report more than the compiler breaks: what they flag is easy to write differently, and the border of the
fault is not known. A source is read once; the headers of a folder are read together. What nearly every file includes of
the standard library, and GoogleTest, comes precompiled.
"""
import argparse
import os
import re
import sys
import threading

import support

# await: any co_await, also in a template. here: not inside the body of a lambda that is itself an operand of a
# co_await, because that body is a function of its own. Such a body is looked at by the second form of each rule.
WORDS = {
    'await': 'expr(anyOf(coawaitExpr(), dependentCoawaitExpr()))',
    # Through the canonical type, because a matcher of declarations stops at a typedef such as std::string.
    'class': 'hasType(qualType(hasCanonicalType(recordType())))',
    'lock': 'varDecl(hasType(qualType(hasCanonicalType(recordType(hasDeclaration(cxxRecordDecl(hasAnyName('
            '"::std::lock_guard", "::std::unique_lock", "::std::scoped_lock", "::std::shared_lock"))))))))',
}
WORDS['here'] = f'unless(hasAncestor(lambdaExpr(hasAncestor({WORDS["await"]}))))'

LAMBDA = ('lambdaExpr(<here>, hasDescendant(fieldDecl(unless(anyOf(hasType(referenceType()),'
          ' hasType(qualType(hasCanonicalType(pointerType()))), hasType(qualType(hasCanonicalType(builtinType()))),'
          ' hasType(qualType(hasCanonicalType(enumType()))))))))')
BRACES = ('initListExpr(<here>, hasType(qualType(hasCanonicalType(recordType(hasDeclaration(cxxRecordDecl('
          'has(fieldDecl(<class>)))))))))')
LIST = 'cxxStdInitializerListExpr(<here>)'
CHOICE = 'conditionalOperator(<here>, <class>)'

IN_AWAIT = 'expr(<await>, hasDescendant(expr({}).bind("{}")))'
IN_LAMBDA_IN_AWAIT = ('lambdaExpr(hasAncestor(<await>), forEachDescendant(expr(<await>,'
                      ' hasDescendant(expr({}).bind("{}")))))')

RULES = {
    'await-in-condition': (
        'a co_await in the condition of if, while, do, for or switch: await into a local variable first',
        ['{}(hasCondition(expr(anyOf(<await>, hasDescendant(<await>))).bind("await-in-condition")))'
         .format(kind) for kind in ('ifStmt', 'whileStmt', 'doStmt', 'forStmt', 'switchStmt')]),
    'capturing-lambda': (
        'a lambda that captures by value in the same statement as a co_await: name the lambda in a statement before it',
        [LAMBDA]),
    'aggregate-temporary': (
        'a braced aggregate in the same statement as a co_await: name it in a statement before, or give it a constructor',
        [BRACES]),
    'initializer-list': (
        'a braced list in the same statement as a co_await: name the container in a statement before it',
        [LIST]),
    'conditional-operator': (
        'a ?: of class type in the same statement as a co_await: choose in a statement before it',
        [CHOICE]),
    'await-in-conditional': (
        'a co_await inside a ?: of class type: use if and else',
        ['conditionalOperator(hasDescendant(<await>), <class>)'
         '.bind("await-in-conditional")']),
    'await-in-braces': (
        'a co_await inside braces: await into a local variable first',
        ['initListExpr(hasDescendant(expr(<await>, <here>))).bind("await-in-braces")']),
    'await-under-lock': (
        'a co_await while a standard lock is held: close the scope of the lock first, or use Synchronized<T>',
        ['compoundStmt(has(declStmt(hasDescendant(<lock>))),'
         ' forEachDescendant(expr(<await>, <here>).bind("await-under-lock")))']),
}
TWO_FORMS = ('capturing-lambda', 'aggregate-temporary', 'initializer-list', 'conditional-operator')
AWAITS = re.compile(r'\bco_await\b')


def query(paths):
    """The rules as a clang-query script that looks at these files of a translation unit, in one walk over its tree."""
    place = 'isExpansionInMainFile()'
    if paths[0].endswith('.hpp'):
        place = 'isExpansionInFileMatching("({})$")'.format('|'.join(re.sub(r'[^\w/]', '.', path) for path in paths))
    shapes = []
    for name, (_, matchers) in RULES.items():
        for matcher in matchers:
            forms = [matcher]
            if name in TWO_FORMS:
                nested = matcher.replace('<here>', 'anything()')
                forms = [IN_AWAIT.format(matcher, name), IN_LAMBDA_IN_AWAIT.format(nested, name)]
            for form in forms:
                for word, meaning in WORDS.items():
                    form = form.replace(f'<{word}>', meaning)
                shapes.append(form)
    return f'set output diag\nset bind-root false\nmatch stmt({place}, eachOf({", ".join(shapes)}))\n'


class Precompiled:
    """The shared headers, once for each set of macros: clang refuses them to a file that defines others."""

    HEADERS = ('algorithm', 'chrono', 'coroutine', 'exception', 'functional', 'map', 'memory', 'mutex', 'optional', 'span',
               'string', 'string_view', 'unordered_map', 'utility', 'variant', 'vector')

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.made = {}

    def flags(self, flags):
        """What makes a file with these flags use them; nothing where they cannot be made."""
        macros = tuple(flag for flag in flags if flag.startswith('-D'))
        with self.lock:
            if macros not in self.made:
                self.made[macros] = self.make(macros)
        return self.made[macros]

    def make(self, macros):
        names = self.HEADERS + (('gtest/gtest.h',) if any('GTEST' in macro for macro in macros) else ())
        own = os.path.join(self.folder, support.digest(*macros)[:16])
        with open(own + '.hpp', 'w', encoding='utf-8') as stream:
            stream.write(''.join(f'#include <{name}>\n' for name in names))
        status, _ = support.run(['clang++', *support.CXX_FLAGS, *macros, '-w', '-x', 'c++-header', own + '.hpp',
                                 '-o', own + '.pch'])
        return ['-include-pch', own + '.pch'] if status == 0 else []


def findings(paths, folder, flags):
    """The lines and rules that are flagged, by file, and the parse errors; several files only when they are headers."""
    own = os.path.join(folder, support.digest(*paths)[:16])
    with open(own + '.query', 'w', encoding='utf-8') as stream:
        stream.write(query(paths))
    unit = paths[0]
    if unit.endswith('.hpp'):  # through an include, because #pragma once has no effect in a main file
        unit = own + '.cpp'
        with open(unit, 'w', encoding='utf-8') as stream:
            stream.write(''.join(f'#include "{path}"\n' for path in paths))
    _, output = support.run(['clang-query', '-f', own + '.query', unit, '--', *support.CXX_FLAGS, *flags, '-w'])
    errors = [line for line in output.split('\n') if re.search(r'\berror: |Error while processing|Error parsing', line)]
    flagged = {path: set() for path in paths}
    for match in re.finditer(r'^(.+?):(\d+):\d+: note: "([\w-]+)" binds here', output, re.MULTILINE):
        path = os.path.normpath(match.group(1))
        if path in flagged:
            flagged[path].add((int(match.group(2)), match.group(3)))
    return flagged, errors


def describe(path, flagged, errors):
    lines = [f'{os.path.relpath(path, support.ROOT)}:{line}: {rule}: {RULES[rule][0]}' for line, rule in sorted(flagged)]
    return '\n'.join(errors[:10] + lines) or None


def units_of(files):
    """What is read together: each source alone, the headers of a folder in one unit."""
    folders = {}
    for path in files:
        folders.setdefault(os.path.dirname(path) if path.endswith('.hpp') else path, []).append(path)
    return list(folders.values())


def self_test(scratch, report):
    """Each sample says behind its lines what must be flagged: `// flagged: <rule>`."""
    folder = os.path.join(support.ROOT, 'tests', 'lint_samples')
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name != 'task.hpp']
    seen = set()
    precompiled = Precompiled(scratch).flags([])
    for path, (found, errors) in zip(paths, support.in_parallel(lambda path: findings([path], scratch, precompiled), paths)):
        flagged = sorted(found[path])
        lines = support.read(path).split('\n')
        expected = sorted((number, rule) for number, line in enumerate(lines, 1)
                          for rule in re.findall(r'// flagged: ([\w-]+)', line))
        seen |= {rule for _, rule in expected}
        problem = None if flagged == expected and not errors else (
            '\n'.join(errors) + f'\nexpected {expected}\nflagged  {flagged}')
        report.add(os.path.relpath(path, support.ROOT), problem)
    for rule in RULES:
        report.add(f'rule {rule} has a sample', None if rule in seen else 'no line of the samples expects it')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report')
    parser.add_argument('--build', default=os.path.join(support.ROOT, 'build', 'debug'))
    parser.add_argument('--self-test', action='store_true')
    parser.add_argument('files', nargs='*')
    options = parser.parse_args()

    scratch = os.path.join(options.build, 'test-cache', 'lint')
    os.makedirs(scratch, exist_ok=True)
    report = support.Report('coroutine-lint')
    if options.self_test:
        self_test(scratch, report)
        return report.finish(options.report)

    files = [os.path.abspath(file) for file in options.files] or [
        os.path.join(support.ROOT, name) for name in support.tracked_files('.cpp', '.hpp')
        if not re.search(r'(^|/)(lint_samples|compile_fail)/', name)]
    headers = [os.path.join(support.ROOT, name) for name in support.tracked_files('.hpp')]
    files = [file for file in files if AWAITS.search(support.read(file))]
    cache = support.Cache(options.build, 'coroutine-lint')
    flags = support.flags_of(options.build)

    precompiled = Precompiled(scratch)

    def work(paths):
        if all(cache.passed(path) for path in paths):
            return [None for _ in paths]
        own = flags(paths[0])
        flagged, errors = findings(paths, scratch, [*precompiled.flags(own), *own])
        return [describe(path, flagged[path], errors) for path in paths]

    units = units_of(files)
    for paths, problems in zip(units, support.in_parallel(work, units)):
        for path, problem in zip(paths, problems):
            report.add(os.path.relpath(path, support.ROOT), problem)
            if problem is None:
                cache.remember(path, [path, __file__, *headers])
            else:
                cache.forget(path)
    cache.save()
    if not files:
        report.add('nothing in the tree awaits')
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
