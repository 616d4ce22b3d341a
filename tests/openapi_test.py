#!/usr/bin/env python3
"""Tests the OpenAPI documents of the examples with tools from npm.

Each document passes two validators, as JSON and as YAML; a TypeScript client that is generated from it compiles and
drives the program; Chromium opens the docs page, sends a request and sees its answer. The screenshot of that page is
left in <build>/openapi; with --screenshot it is written there.
"""
import argparse
import fcntl
import hashlib
import html
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import replay_contract
import support

SOURCES = os.path.join(support.ROOT, 'tests', 'openapi')


def prepare(folder):
    """The npm packages of the lock file, and our scripts beside them; for one test at a time."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'lock'), 'w', encoding='utf-8') as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        install(folder)


def install(folder):
    lock = os.path.join(SOURCES, 'package-lock.json')
    wanted = hashlib.sha256(support.read(lock).encode()).hexdigest()
    stamp = os.path.join(folder, 'installed')
    for name in sorted(os.listdir(SOURCES)):
        shutil.copy(os.path.join(SOURCES, name), folder)
    if os.path.exists(stamp) and support.read(stamp) == wanted:
        return
    command = ['npm', 'ci', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    status, output = support.run(command, cwd=folder, timeout=400)
    if status != 0:
        sys.exit(f'{" ".join(command)} failed:\n{output}')
    with open(stamp, 'w', encoding='utf-8') as stream:
        stream.write(wanted)


class Running:
    """The program, serving on a free port; `with Running(…) as base`."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix='roost-openapi-')
        self.port = support.free_port()
        environment = {**os.environ, 'HOST': '127.0.0.1', 'PORT': str(self.port), 'LOG_LEVEL': 'error',
                       'DATABASE_URL': f'sqlite:{self.folder.name}/test.db'}
        self.process = subprocess.Popen([os.path.abspath(program)], env=environment, cwd=self.folder.name,
                                        stdin=subprocess.DEVNULL)

    def __enter__(self):
        deadline = time.monotonic() + replay_contract.START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if replay_contract.exchange(self.port, {'method': 'GET', 'path': '/health'}, 5)[0] == 200:
                    return f'http://127.0.0.1:{self.port}'
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
        self.__exit__()
        raise replay_contract.Failure('the program did not become ready')

    def __exit__(self, *_):
        self.process.terminate()
        try:
            status = self.process.wait(replay_contract.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.folder.cleanup()
        if status != 0:
            raise replay_contract.Failure(f'the program ended with exit code {status}')


def documents(program, folder):
    """Writes the document in both forms; returns the files."""
    files = []
    for form in ('json', 'yaml'):
        path = os.path.join(folder, f'{os.path.basename(program)}.{form}')
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run([os.path.abspath(program), f'--openapi={form}'], capture_output=True, text=True, timeout=60,
                                  cwd=empty)
        if done.returncode != 0 or done.stderr:
            raise replay_contract.Failure(f'--openapi={form} ended with {done.returncode}: {done.stderr}')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(done.stdout)
        files.append(path)
    return files


def tool(folder, *command):
    status, output = support.run(list(command), cwd=folder, timeout=300)
    if status != 0:
        raise replay_contract.Failure(f'{" ".join(command)} ended with {status}:\n{output[-4000:]}')


def drive(program, folder):
    """Compiles and runs the client that was generated from the program's document."""
    name = os.path.basename(program)
    tool(folder, 'node', 'node_modules/openapi-typescript/bin/cli.js', f'{name}.json', '-o', f'{name}_schema.d.ts')
    with open(os.path.join(folder, f'tsconfig.{name}.json'), 'w', encoding='utf-8') as stream:
        json.dump({'extends': './tsconfig.json', 'include': [f'{name}_client.ts']}, stream)
    tool(folder, 'node', 'node_modules/typescript/bin/tsc', '-p', f'tsconfig.{name}.json')
    with Running(program) as base:
        tool(folder, 'node', f'out/{name}_client.js', base)


def look(program, folder, screenshot):
    with Running(program) as base:
        tool(folder, 'node', 'docs_page.mjs', base, shutil.which('chromium') or 'chromium', screenshot)


def follow_landing_page(program):
    """The page at / links to the docs page, and its three commands work as they stand."""
    with Running(program) as base:
        page = urllib.request.urlopen(base + '/', timeout=30).read().decode()
        if 'href="docs"' not in page:
            raise replay_contract.Failure(f'no link to the docs page: {page}')
        commands = re.search(r'<pre id="commands">\n(.*?)\n</pre>', page, re.DOTALL).group(1).split('\n')
        if len(commands) != 3 or not all(command.startswith('curl ') for command in commands):
            raise replay_contract.Failure(f'three curl lines were expected: {commands}')
        for command in commands:
            status, output = support.run(['bash', '-c', html.unescape(command) + " -f -w ' %{http_code}'"], timeout=60)
            if status != 0 or not re.search(r' 20[01]$', output):
                raise replay_contract.Failure(f'{command}\nended with {status}: {output}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('--screenshot', help='where the picture of the docs page goes')
    parser.add_argument('programs', nargs='+')
    options = parser.parse_args()

    folder = os.path.join(os.path.abspath(options.build), 'openapi')
    prepare(folder)
    report = support.Report('openapi_documents')

    def check(name, work):
        try:
            work()
            report.add(name, None)
        except (replay_contract.Failure, OSError, subprocess.SubprocessError) as failure:
            report.add(name, str(failure))

    for program in options.programs:
        name = os.path.basename(program)
        check(f'{name}: valid', lambda: tool(folder, 'node', 'validate.mjs', *documents(program, folder)))
        if os.path.exists(os.path.join(SOURCES, f'{name}_client.ts')):
            check(f'{name}: driven by a generated client', lambda: drive(program, folder))
        if name == 'relationships':
            check(f'{name}: landing page', lambda: follow_landing_page(program))
        if name == 'basics':
            picture = os.path.abspath(options.screenshot or os.path.join(folder, 'docs-page.png'))
            check(f'{name}: docs page in Chromium', lambda: look(program, folder, picture))
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
