#!/usr/bin/env python3
"""Finds the shapes of co_await that g++ 12.2 compiles wrongly without a word, with clang-query.

    coroutine_lint.py --build build/debug [FILE...]     without files: everything in the tree that awaits
    coroutine_lint.py --self-test                       the samples in tests/lint_samples must be flagged as they say

The rules report more than the compiler breaks: what they flag is easy to write differently, and the border of the
fault is not known. Most of the time goes into headers. So sources that define different names are read as one, joined
to one file (to two when that does not compile), the headers of a folder are read together, and what nearly every file
includes of the standard library, and GoogleTest, comes precompiled.
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

# How long sources joined to one may become, in lines: a few seconds for clang-query.
JOINED_LINES = 4000
TEST_CASE = re.compile(r'(?:TYPED_)?TEST(?:_F|_P)?\((\w+), *(\w+)')
MACRO = re.compile(r'# *define +(\w+)')
DIRECTIVE = re.compile(r'^using namespace\b', re.MULTILINE)
ALIAS = re.compile(r'using (\w+) =')
DEFINITION = re.compile(r'(?!using\b|namespace\b|static_assert\b)(?:\[\[.*?\]\] *)?'
                        r'(?!\W)[^({=;]*?(?<!:)\b(\w+) *(?:[({=;\[]|final\b|: |$)')


def query(paths):
    """The rules as a clang-query script that looks at these files of a translation unit: at what awaits, because it is
    slow to find out of each statement in all headers which file it is from, and what shape it has."""
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
    return ('set output diag\nset bind-root false\n'
            f'match decl(anyOf(functionDecl(), fieldDecl(), varDecl(hasGlobalStorage())), {place},'
            f' hasDescendant({WORDS["await"]}), forEachDescendant(stmt(eachOf({", ".join(shapes)}))))\n')


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
    """The lines and rules that are flagged, by file, and the parse errors; of several files, that they are read as one."""
    own = os.path.join(folder, support.digest(*paths)[:16])
    with open(own + '.query', 'w', encoding='utf-8') as stream:
        stream.write(query(paths))
    unit = paths[0]
    if unit.endswith('.hpp') or len(paths) > 1:
        unit = own + '.cpp'
        with open(unit, 'w', encoding='utf-8') as stream:
            stream.write(''.join(map(part_of_unit, paths)))
        flags = [*(f'-iquote{name}' for name in dict.fromkeys(map(os.path.dirname, paths))), *flags]
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


def part_of_unit(path):
    """A header comes through an include, because #pragma once has no effect in a main file; a source as its text, which
    lies in the main file whatever #line says: whether a node does is quicker to find out than which file it lies in."""
    return f'#include "{path}"\n' if path.endswith('.hpp') else f'#line 1 "{path}"\n{support.read(path)}\n'


def defined_names(text):
    """The names that a source defines outside of classes and functions, guessed by its layout; rather too many."""
    names = set()
    for line in text.split('\n'):
        if case := TEST_CASE.match(line):
            names.add('_'.join(case.groups()))
        elif definition := MACRO.match(line) or ALIAS.match(line) or DEFINITION.match(line):
            names.add(definition[1])
    return names


def types(names):
    return {name for name in names if name[0].isupper()}


class Joint:
    """Sources that are read as one: no two define the same name, and none a type whose name another one uses, perhaps
    for something else."""

    def __init__(self, alike):
        self.alike = alike
        self.defined, self.used = set(), set()
        self.lines = 0
        self.paths = []

    def takes(self, alike, defined, used, lines):
        clash = (self.defined & defined) | types(self.defined & used) | types(defined & self.used)
        return self.alike == alike and not clash and self.lines + lines <= JOINED_LINES

    def add(self, path, defined, used, lines):
        self.paths.append(path)
        self.defined |= defined
        self.used |= used
        self.lines += lines


def units_of(files, flags):
    """What is read together: sources of a component with the same macros; the headers of a folder."""
    folders, joints = {}, []
    for path in files:
        if path.endswith('.hpp'):
            folders.setdefault(os.path.dirname(path), []).append(path)
            continue
        text = support.read(path)
        component = '/'.join(os.path.relpath(path, support.ROOT).split('/')[:2])
        own = path if DIRECTIVE.search(text) else None
        alike = (own, component, *(flag for flag in flags(path) if flag.startswith('-D')))
        source = (alike, defined_names(text), set(re.findall(r'\w+', text)), text.count('\n'))
        joint = next((joint for joint in joints if joint.takes(*source)), None)
        if joint is None:
            joint = Joint(alike)
            joints.append(joint)
        joint.add(path, *source[1:])
    joints.sort(key=lambda joint: -joint.lines)  # the longest first, so that all processors end at the same time
    return [joint.paths for joint in joints] + list(folders.values())


def problems_of(paths, folder, flags, precompiled):
    """(path, None or what to show) of each file."""
    own = list(dict.fromkeys(flag for path in paths for flag in flags(path)))
    flagged, errors = findings(paths, folder, [*precompiled.flags(own), *own])
    if errors and len(paths) > 1 and paths[0].endswith('.cpp'):
        half = len(paths) // 2
        return [problem for part in (paths[:half], paths[half:])
                for problem in problems_of(part, folder, flags, precompiled)]
    return [(path, describe(path, flagged[path], errors)) for path in paths]


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
        return problems_of(paths, scratch, flags, precompiled)

    for path in filter(cache.passed, files):
        report.add(os.path.relpath(path, support.ROOT))
    for problems in support.in_parallel(work, units_of([path for path in files if not cache.passed(path)], flags)):
        for path, problem in problems:
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
