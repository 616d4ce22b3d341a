"""What the repository-wide tests share: the component list, commands in parallel, caches, reports."""
import concurrent.futures
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import xml.sax.saxutils

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMPILERS = ('g++', 'clang++')
CXX_FLAGS = ['-std=c++20', '-I' + ROOT]
# g++ collects garbage a little later: cmake/RoostSettings.cmake says why.
COMMANDS = {'g++': ['g++', '--param=ggc-min-heapsize=500000'], 'clang++': ['clang++']}
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror']


def jobs():
    return int(os.environ.get('JOBS') or os.cpu_count() or 2)


def components(build):
    """The components of a configured build tree, as roost_component() recorded them."""
    with open(os.path.join(build, 'components.json'), encoding='utf-8') as stream:
        return json.load(stream)


def closure(name, all_components):
    """The component and everything that it depends on."""
    seen, queue = set(), [name]
    while queue:
        current = queue.pop()
        if current not in seen:
            seen.add(current)
            queue += all_components.get(current, {}).get('depends', [])
    return seen


def tracked_files(*suffixes):
    """The files that git knows or would add, relative to the root."""
    listing = subprocess.run(['git', 'ls-files', '-z', '-co', '--exclude-standard'], cwd=ROOT,
                             check=True, capture_output=True, text=True).stdout
    names = sorted(set(name for name in listing.split('\0') if name))
    return [name for name in names
            if (not suffixes or name.endswith(suffixes)) and os.path.isfile(os.path.join(ROOT, name))]


def run(command, **options):
    """Runs a command; returns its exit code and its output, both streams together."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace', stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout


def in_parallel(work, items):
    """Yields work(item) for every item, in their order, at most jobs() at once."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs()) as pool:
        yield from pool.map(work, items)


PORTS = []  # held until this program ends


def free_port():
    """A port on loopback that no other test takes while this one's server is still starting on it."""
    while True:
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f'\0roost-test-port-{port}')
        except OSError:
            claim.close()
            continue
        PORTS.append(claim)
        return port


def read(path):
    with open(path, encoding='utf-8', errors='replace') as stream:
        return stream.read()


def digest(*parts):
    sums = hashlib.sha256()
    for part in parts:
        sums.update(part if isinstance(part, bytes) else str(part).encode())
        sums.update(b'\0')
    return sums.hexdigest()


def file_digest(path):
    try:
        with open(path, 'rb') as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except OSError:
        return 'absent'


class Cache:
    """Remembers that a check passed for exactly these files, so that an unchanged one is not repeated."""

    def __init__(self, build, name):
        self.path = os.path.join(build, 'test-cache', name + '.json')
        try:
            self.entries = json.loads(read(self.path))
        except (OSError, ValueError):
            self.entries = {}
        self.sums = {}

    def sum_of(self, path):
        if path not in self.sums:
            self.sums[path] = file_digest(path)
        return self.sums[path]

    def passed(self, key):
        entry = self.entries.get(key)
        return bool(entry) and all(self.sum_of(path) == known for path, known in entry.items())

    def remember(self, key, paths):
        self.entries[key] = {path: self.sum_of(path) for path in paths}

    def forget(self, key):
        self.entries.pop(key, None)

    def save(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + '.new', 'w', encoding='utf-8') as stream:
            json.dump(self.entries, stream)
        os.replace(self.path + '.new', self.path)


def included_files(output):
    """The files that -H lists, in normal form."""
    found = []
    for match in re.finditer(r'^\.+ (.+)$', output, re.MULTILINE):
        found.append(os.path.normpath(match.group(1)))
    return found


class Report:
    """Counts the cases of one test program and says so in the format of GoogleTest's report."""

    def __init__(self, name):
        self.name = name
        self.cases = []

    def add(self, case, problem=None):
        """problem is None when the case passed, else the text to show."""
        self.cases.append((case, problem))
        if problem is not None:
            print(f'FAIL {case}\n' + '\n'.join('     ' + line for line in problem.rstrip().split('\n')))
            sys.stdout.flush()

    def finish(self, path=None):
        """Writes the report and returns the exit code; no case at all is a failure."""
        failed = [case for case, problem in self.cases if problem is not None]
        if path:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as stream:
                stream.write(f'<testsuites name={xml.sax.saxutils.quoteattr(self.name)} '
                             f'tests="{len(self.cases)}" failures="{len(failed)}" disabled="0" '
                             'errors="0"/>\n')
        print(f'{self.name}: {len(self.cases) - len(failed)} passed, {len(failed)} failed')
        return 1 if failed or not self.cases else 0


def flags_of(build):
    """A function from a file to the -I, -isystem and -D flags with which the build compiles it."""
    try:
        commands = json.loads(read(os.path.join(build, 'compile_commands.json')))
    except (OSError, ValueError):
        commands = []
    known = {}
    for entry in commands:
        words = entry['command'].split()
        flags = []
        for i, word in enumerate(words):
            if word.startswith(('-I', '-D')) and len(word) > 2:
                flags.append(word.replace('\\"', '"'))
            elif word == '-isystem':
                flags.append(word + words[i + 1])
        known[os.path.normpath(entry['file'])] = list(dict.fromkeys(flags))
    fallback = sorted({flag for flags in known.values() for flag in flags if flag.startswith('-isystem/usr/')})
    return lambda path: known.get(os.path.normpath(path), fallback)
