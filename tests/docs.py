#!/usr/bin/env python3
"""Compiles every C++ block of the guide and of the README, so that the text cannot rot.

    ```cpp                 a translation unit of its own
    ```cpp statements      the body of a function (a coroutine when it awaits)
    ```cpp error           must not compile; each `// error: <regex>` in it must match the compiler's output

A block whose first line is `// file: cats/cats.service.hpp` is (a part of) that file: the blocks of a chapter with
the same name are joined in their order, the files stand in one folder, and the other blocks of the chapter can
include them. Files are compiled as they stand. Before every other block comes `docs/<chapter>.prelude.hpp`, when
there is one: what the reader takes for granted. Blocks of another language are not looked at.
"""
import argparse
import collections
import os
import re
import shutil
import sys

import support

FENCE = re.compile(r'^( *)```(\S*)[ \t]*(.*?)[ \t]*$')
GXX = [*support.COMMANDS['g++'], *support.CXX_FLAGS]
MODES = ('', 'statements', 'error')
# g++ takes a block for an included file, because #line says so, and then warns of types that only it can see.
BLOCK_WARNINGS = ('-Wall', '-Wextra', '-Wno-unused', '-Wno-subobject-linkage', '-Werror')


# A translation unit: its name, the file, the folder of the chapter's files, the warnings, the header that comes first
# or None, and the errors that must come or None.
Unit = collections.namedtuple('Unit', 'title path folder flags prelude patterns')


class Block:
    def __init__(self, chapter, line, mode, text):
        self.chapter, self.line, self.mode, self.text = chapter, line, mode, text
        named = re.match(r'// file: (\S+)', text)
        self.file = named.group(1) if named else None

    def source(self):
        """The block with the place where it stands, for the compiler's messages."""
        return f'#line {self.line} "{self.chapter}"\n{self.text}\n'


def blocks_of(chapter):
    """All C++ blocks of a chapter, and complaints about fences."""
    blocks, complaints = [], []
    opened, lines = None, []
    for number, line in enumerate(support.read(os.path.join(support.ROOT, chapter)).split('\n'), 1):
        fence = FENCE.match(line)
        if fence and opened is None:
            opened, lines = (number, len(fence.group(1)), fence.group(2), fence.group(3)), []
        elif opened is not None and line.strip() == '```':
            start, _, language, mode = opened
            if language == 'cpp' and mode not in MODES:
                complaints.append(f'{chapter}:{start}: unknown kind of block: cpp {mode}')
            elif language == 'cpp':
                blocks.append(Block(chapter, start + 1, mode, '\n'.join(lines)))
            elif language in ('c++', 'C++', 'cxx', 'hpp'):
                complaints.append(f'{chapter}:{start}: write ```cpp, so that the block is compiled')
            opened = None
        elif opened is not None:
            lines.append(line[opened[1]:] if line[:opened[1]].strip() == '' else line)
    if opened is not None:
        complaints.append(f'{chapter}:{opened[0]}: the block is never closed')
    return blocks, complaints


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as stream:
        stream.write(text)


def prelude_of(chapter, folder, uses):
    """The header before each block of the chapter, or None; of one's own, to be precompiled, when several use it."""
    prelude = os.path.join(support.ROOT, re.sub(r'\.md$', '.prelude.hpp', chapter))
    if not os.path.exists(prelude):
        return None
    if uses < 3:
        return prelude
    own = os.path.join(folder, 'prelude.hpp')
    write(own, f'#include "{prelude}"\n')
    return own


def precompile(prelude):
    """When it does not compile, the blocks say so."""
    support.run([*GXX, '-I' + os.path.dirname(prelude), *BLOCK_WARNINGS, '-x', 'c++-header', prelude,
                 '-o', prelude + '.gch'])


def units_of(chapter, blocks, folder):
    """Writes what has to be compiled: the units."""
    units, files = [], {}
    for block in blocks:
        if block.file:
            files.setdefault(block.file, []).append(block)
    for name, parts in files.items():
        path = os.path.join(folder, name)
        write(path, ''.join(part.source() for part in parts))
        if name.endswith('.hpp'):
            path += '.alone.cpp'
            write(path, f'#include "{name}"\n')
        if path.endswith('.cpp'):
            units.append(Unit(f'{chapter}: {name}', path, folder, tuple(support.WARNINGS), None, None))
    rest = [block for block in blocks if not block.file]
    prelude = prelude_of(chapter, folder, len(rest))
    for block in rest:
        path = os.path.join(folder, f'line_{block.line}.cpp')
        text = block.source()
        if block.mode == 'statements':
            awaits = re.search(r'\bco_(await|return|yield)\b', block.text)
            text = f'{"roost::Task<void>" if awaits else "void"} block_{block.line}() {{\n{text}}}\n'
        write(path, text)
        patterns = tuple(re.findall(r'// error: (.+?)\s*$', block.text, re.MULTILINE))
        units.append(Unit(f'{chapter}:{block.line}', path, folder, BLOCK_WARNINGS, prelude,
                          patterns if block.mode == 'error' else None))
    return units


def check(unit):
    included = ['-include', unit.prelude] if unit.prelude else []
    status, output = support.run([*GXX, '-I' + unit.folder, *included, '-fsyntax-only', '-fdiagnostics-color=never',
                                  *unit.flags, unit.path])
    patterns = unit.patterns
    shown = '\n'.join(output.split('\n')[:25])
    if patterns is None:
        return None if status == 0 else shown
    if status == 0:
        return 'compiles, but must not'
    missing = [pattern for pattern in patterns if not re.search(pattern, output)]
    return None if not missing else f'expected: {missing}\n{shown}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('chapters', nargs='*')
    options = parser.parse_args()

    chapters = options.chapters or [name for name in support.tracked_files('.md')
                                    if name == 'README.md' or name.startswith('docs/')]
    headers = [os.path.join(support.ROOT, name) for name in support.tracked_files('.hpp')]
    cache = support.Cache(options.build, 'docs')
    report = support.Report('docs')
    units = []
    for chapter in chapters:
        folder = os.path.join(options.build, 'docs', re.sub(r'\W', '_', chapter))
        shutil.rmtree(folder, ignore_errors=True)
        blocks, complaints = blocks_of(chapter)
        report.add(f'{chapter}: {len(blocks)} blocks', '\n'.join(complaints) or None)
        units += units_of(chapter, blocks, folder)
    todo = [unit for unit in units if not cache.passed(unit.title)]
    own = {unit.prelude for unit in todo if unit.prelude and unit.prelude.startswith(unit.folder)}
    list(support.in_parallel(precompile, sorted(own)))

    # The files of a chapter include each other, so that each of them depends on the whole chapter.
    def inputs(unit):
        return [os.path.join(support.ROOT, unit.title.split(':')[0]), __file__, *headers]

    found = dict(zip(todo, support.in_parallel(check, todo)))
    for unit in units:
        problem = found.get(unit)
        report.add(unit.title, problem)
        if problem is None:
            cache.remember(unit.title, inputs(unit))
        else:
            cache.forget(unit.title)
    cache.save()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
