"""Which files use a name of the standard library without including it: precompiled headers hide that from compilers.

Only the headers that are precompiled are looked for (cmake/RoostComponent.cmake). A file may get them through the Roost
headers that it includes, and from headers of the standard library that are bound to bring them along.
"""
import os
import re

import support

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
NOT_CODE = re.compile(r'//.*|"(\\.|[^"\\\n])*"')

# The names that say that a header is needed; of functions that <cstdio> has as well, none.
FUNCTIONS = ('sort', 'stable_sort', 'any_of', 'all_of', 'none_of', 'find', 'find_if', 'find_if_not', 'copy', 'copy_n', 'copy_if',
             'min', 'max', 'clamp', 'equal', 'lower_bound', 'upper_bound', 'binary_search', 'remove_if', 'reverse', 'rotate',
             'transform', 'fill', 'fill_n', 'count', 'count_if', 'unique', 'search', 'max_element', 'min_element', 'minmax',
             'partition', 'stable_partition', 'generate', 'is_sorted', 'for_each', 'lexicographical_compare', 'mismatch',
             'replace', 'adjacent_find', 'push_heap', 'pop_heap', 'make_heap', 'merge', 'set_difference', 'nth_element',
             'swap_ranges', 'move_backward', 'copy_backward', 'equal_range', 'includes')
NAMES = {
    'algorithm': FUNCTIONS,
    'chrono': ('chrono',),
    'coroutine': ('coroutine_handle', 'suspend_always', 'suspend_never', 'coroutine_traits', 'noop_coroutine'),
    'exception': ('exception_ptr', 'current_exception', 'rethrow_exception', 'uncaught_exceptions', 'make_exception_ptr'),
    'functional': ('function', 'bind_front', 'invoke', 'hash', 'reference_wrapper', 'ref', 'cref', 'equal_to', 'less', 'greater'),
    'map': ('map', 'multimap'),
    'memory': ('unique_ptr', 'shared_ptr', 'weak_ptr', 'make_unique', 'make_shared', 'enable_shared_from_this', 'addressof',
               'destroy_at', 'construct_at', 'allocator'),
    'mutex': ('mutex', 'lock_guard', 'unique_lock', 'scoped_lock', 'once_flag', 'call_once', 'recursive_mutex'),
    'optional': ('optional', 'nullopt'),
    'span': ('span',),
    'string': ('string', 'to_string'),
    'string_view': ('string_view',),
    'unordered_map': ('unordered_map', 'unordered_multimap'),
    'utility': ('move', 'forward', 'exchange', 'pair', 'swap', 'in_place', 'index_sequence', 'make_index_sequence', 'as_const',
                'declval', 'make_pair', 'piecewise_construct'),
    'variant': ('variant', 'visit', 'holds_alternative', 'get_if', 'monostate'),
    'vector': ('vector',),
}
PATTERNS = {header: re.compile(r'\bstd::(' + '|'.join(names) + r')\b' + (r'\(' if header == 'algorithm' else ''))
            for header, names in NAMES.items()}
# What brings a header along in every implementation that we know.
BRINGS = {
    'algorithm': {'regex'},
    'chrono': {'condition_variable', 'future', 'mutex', 'thread'},
    'exception': {'coroutine', 'future', 'memory', 'new', 'optional', 'stdexcept', 'string', 'variant'},
    'functional': {'map', 'memory', 'optional', 'string', 'string_view', 'unordered_map', 'variant'},
    'memory': {'memory_resource'},
    'mutex': {'condition_variable', 'future', 'shared_mutex'},
    'string_view': {'charconv', 'filesystem', 'string'},
    'utility': {'algorithm', 'array', 'concepts', 'deque', 'functional', 'map', 'memory', 'optional', 'queue', 'set', 'span',
                'string', 'string_view', 'thread', 'tuple', 'type_traits', 'unordered_map', 'variant', 'vector'},
}


class Includes:
    """The includes of all files of the tree, and what each file reaches through those of Roost."""

    def __init__(self, files):
        self.texts = {name: support.read(os.path.join(support.ROOT, name)) for name in files}
        self.ours, self.others = {}, {}
        for name, text in self.texts.items():
            self.ours[name], self.others[name] = set(), set()
            for target in INCLUDE.findall(text):
                known = self.find(name, target)
                (self.ours if known else self.others)[name].add(known or target)

    def find(self, name, target):
        folders = ['', os.path.dirname(name)]
        if name.startswith('examples/'):
            folders.append('/'.join(name.split('/')[:2]))
        for folder in folders:
            path = os.path.normpath(os.path.join(folder, target))
            if path in self.texts:
                return path
        return None

    def reached(self, name):
        seen, queue, found = {name}, [name], set()
        while queue:
            current = queue.pop()
            found |= self.others[current]
            queue += self.ours[current] - seen
            seen |= self.ours[current]
        return found


def complaints():
    """One line for each file and header that is missing."""
    files = [name for name in support.tracked_files('.hpp', '.cpp')
             if name.startswith(('roost/', 'examples/')) and '/compile_fail/' not in name]
    includes = Includes(files)
    problems = []
    for name in files:
        code = NOT_CODE.sub('', includes.texts[name])
        reached = includes.reached(name)
        for header, pattern in PATTERNS.items():
            used = pattern.search(code)
            if used and header not in reached and not BRINGS.get(header, set()) & reached:
                problems.append(f'{name} says {used.group().rstrip("(")} and does not include <{header}>')
    return problems
