#!/usr/bin/env python3
"""Finds the shapes of co_await that g++ 12.2 compiles wrongly without a word, with clang-query.

    coroutine_lint.py --build build/debug [FILE...]     without files: everything in the tree that awaits
    coroutine_lint.py --self-test                       the samples in tests/lint_samples must be flagged as they say

The rules report more than the compiler breaks: what they flag is easy to write differently, and the border of the
fault is not known. A file is read once for its own content and that of the Roost headers.
"""
import argparse
import os
import re
import sys

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


def query(path):
    """The rules as a clang-query script that looks at one file of a translation unit, in one walk over its tree."""
    place = 'isExpansionInMainFile()'
    if path.endswith('.hpp'):
        place = 'isExpansionInFileMatching("{}$")'.format(re.sub(r'[^\w/]', '.', path))
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


def findings(path, folder, flags):
    """The (line, rule) pairs that are flagged in a file, and the parse errors."""
    own = os.path.join(folder, support.digest(path)[:16])
    with open(own + '.query', 'w', encoding='utf-8') as stream:
        stream.write(query(path))
    unit = path
    if path.endswith('.hpp'):  # through an include, because #pragma once has no effect in a main file
        unit = own + '.cpp'
        with open(unit, 'w', encoding='utf-8') as stream:
            stream.write(f'#include "{path}"\n')
    _, output = support.run(['clang-query', '-f', own + '.query', unit, '--', *support.CXX_FLAGS, *flags, '-w'])
    errors = [line for line in output.split('\n') if re.search(r'\berror: |Error while processing|Error parsing', line)]
    flagged = set()
    for match in re.finditer(r'^(.+?):(\d+):\d+: note: "([\w-]+)" binds here', output, re.MULTILINE):
        if os.path.normpath(match.group(1)) == os.path.normpath(path):
            flagged.add((int(match.group(2)), match.group(3)))
    return sorted(flagged), errors


def describe(path, flagged, errors):
    lines = [f'{os.path.relpath(path, support.ROOT)}:{line}: {rule}: {RULES[rule][0]}' for line, rule in flagged]
    return '\n'.join(errors[:10] + lines) or None


def self_test(scratch, report):
    """Each sample says behind its lines what must be flagged: `// flagged: <rule>`."""
    folder = os.path.join(support.ROOT, 'tests', 'lint_samples')
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name != 'task.hpp']
    seen = set()
    for path, (flagged, errors) in zip(paths, support.in_parallel(lambda path: findings(path, scratch, []), paths)):
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

    def work(path):
        return None if cache.passed(path) else describe(path, *findings(path, scratch, flags(path)))

    for path, problem in zip(files, support.in_parallel(work, files)):
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
