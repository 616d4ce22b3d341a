#!/usr/bin/env python3
"""Replays recorded HTTP scenarios against a server program over real sockets.

    replay_contract.py build/release/bin/basics tests/contracts/cats/public

Every scenario gets a fresh process with an empty store, on a free port given in PORT; afterwards SIGTERM must end
the process with exit code 0, so that leaks and drains that hang are failures as well. Scenarios run in parallel.

A step of a scenario is {request: {method, path, headers?, body? | raw?}, response: {status, headers?, body? | text?}},
or {parallel: [requests], responses: {"$unordered": [...]}} for requests sent at the same time. In an expected body
{"$match": "iso-date" | "int" | "string" | "any"} stands for any value of the kind ("same": label binds it), and
{"$unordered": [...]} for a list in any order. {"$repeat": [text, count]} in a request is that text repeated.

With --described, every answer must also be one that the program's own OpenAPI document (`program --openapi`) describes.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import described_answers
import fresh_database
import support

ISO_DATE = re.compile(r'\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z')
KINDS = {
    'iso-date': lambda value: isinstance(value, str) and ISO_DATE.fullmatch(value) is not None,
    'int': lambda value: isinstance(value, int) and not isinstance(value, bool),
    'string': lambda value: isinstance(value, str),
    'any': lambda value: True,
}
START_SECONDS = 20
STOP_SECONDS = 15


class Failure(Exception):
    """What went wrong in a scenario, as lines."""


class NotStarted(Failure):
    """The process ended before it answered: perhaps somebody else took the port."""


# ---- the server -----------------------------------------------------------------------------------

def environment_for(settings, folder):
    environment = dict(os.environ)
    for setting in settings:
        name, _, value = setting.partition('=')
        environment[name] = value.replace('{folder}', folder)
    return environment


class Server:
    """One process of the program, ready when /health answers."""

    def __init__(self, command, settings, databases):
        self.databases = databases
        settings, self.database = fresh_database.settled(settings, databases)
        self.port = support.free_port()
        self.folder = tempfile.TemporaryDirectory(prefix='roost-contract-')
        self.log = tempfile.TemporaryFile()
        environment = {**environment_for(settings, self.folder.name), 'HOST': '127.0.0.1', 'PORT': str(self.port)}
        self.process = subprocess.Popen(command, env=environment, cwd=self.folder.name, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)

    def wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise NotStarted(f'the server ended with exit code {self.process.returncode} before it was ready')
            try:
                if exchange(self.port, {'method': 'GET', 'path': '/health'}, 5)[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.003)
        raise Failure(f'GET /health did not answer 200 within {START_SECONDS} s')

    def stop(self):
        """Ends the process; a problem with that is a Failure."""
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f'the server was still there {STOP_SECONDS} s after SIGTERM') from None
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        if status != 0:
            raise Failure(f'the server ended with exit code {status} after SIGTERM')

    def output(self):
        self.log.seek(0)
        return self.log.read().decode('utf-8', 'replace')

    def close(self):
        self.log.close()
        self.folder.cleanup()
        if self.database:
            self.databases.give_back(self.database)


# ---- requests ---------------------------------------------------------------------------------------

def expanded(value):
    if isinstance(value, dict):
        if set(value) == {'$repeat'}:
            text, count = value['$repeat']
            return text * count
        return {key: expanded(item) for key, item in value.items()}
    return [expanded(item) for item in value] if isinstance(value, list) else value


def expanded_body(request):
    return {'body': expanded(request['body'])} if 'body' in request else {}


def exchange(port, request, timeout=30):
    """Sends one request on its own connection: (status, headers in lower case, body)."""
    headers, data = {'Accept': 'application/json', 'Connection': 'close'}, None
    if 'raw' in request:
        data = expanded(request['raw']).encode()
    elif 'body' in request:
        data = json.dumps(expanded(request['body']), ensure_ascii=False).encode()
        headers['Content-Type'] = 'application/json'
    elif request['method'] in ('POST', 'PUT', 'PATCH'):
        data = b''
    headers.update(request.get('headers', {}))
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        connection.request(request['method'], request['path'], body=data, headers=headers)
        response = connection.getresponse()
        body = response.read()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, body
    finally:
        connection.close()


def exchange_together(port, requests):
    """Sends all at once; the responses in the form in which they are recorded."""
    results = [None] * len(requests)
    start = threading.Barrier(len(requests))

    def send(i):
        start.wait()
        try:
            status, _, body = exchange(port, requests[i])
            results[i] = {'status': status, **({'body': json.loads(body)} if body else {})}
        except (OSError, ValueError, http.client.HTTPException) as error:
            results[i] = {'error': repr(error)}
    threads = [threading.Thread(target=send, args=(i,)) for i in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# ---- comparison -------------------------------------------------------------------------------------

def shown(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 300 else text[:297] + '...'


def differences(expected, actual, path, labels):
    """Every difference as a line; labels holds the values that "same" has bound, and is added to."""
    if isinstance(expected, dict) and '$match' in expected:
        return kind_differences(expected, actual, path, labels)
    if isinstance(expected, dict) and '$unordered' in expected:
        return unordered_differences(expected['$unordered'], actual, path, labels)
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        for key in [*expected, *(key for key in actual if key not in expected)]:
            if key not in actual:
                found.append(f'{path}.{key}: expected {shown(expected[key])}, got nothing')
            elif key not in expected:
                found.append(f'{path}.{key}: expected nothing, got {shown(actual[key])}')
            else:
                found += differences(expected[key], actual[key], f'{path}.{key}', labels)
        return found
    if isinstance(expected, list) and isinstance(actual, list):
        found = [line for i, (one, other) in enumerate(zip(expected, actual))
                 for line in differences(one, other, f'{path}[{i}]', labels)]
        if len(expected) != len(actual):
            found.append(f'{path}: expected {len(expected)} items, got {len(actual)}')
        return found
    # 1 and 1.0 are the same JSON number; true and 1 are not.
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (expected, actual))
    if expected == actual and (numbers or type(expected) is type(actual)):
        return []
    return [f'{path}: expected {shown(expected)}, got {shown(actual)}']


def kind_differences(matcher, actual, path, labels):
    if not KINDS[matcher['$match']](actual):
        return [f'{path}: expected {matcher["$match"]}, got {shown(actual)}']
    label = matcher.get('same')
    if label is not None and labels.setdefault(label, actual) != actual:
        return [f'{path}: expected {shown(labels[label])} as before ({label}), got {shown(actual)}']
    return []


def unordered_differences(expected, actual, path, labels):
    if not isinstance(actual, list):
        return [f'{path}: expected a list in any order, got {shown(actual)}']
    left, found = list(actual), []
    for item in expected:
        for i, candidate in enumerate(left):
            trial = dict(labels)
            if not differences(item, candidate, path, trial):
                labels.update(trial)
                del left[i]
                break
        else:
            found.append(f'{path}[*]: expected {shown(item)} in any order, got nothing like it')
    return found + [f'{path}[*]: expected nothing, got {shown(item)}' for item in left]


def normal(name, value):
    if name == 'content-type' and value is not None:
        return re.sub(r'\s*;\s*', '; ', value.strip().lower())
    return value


def response_differences(expected, status, headers, body, labels):
    found = [] if status == expected['status'] else [f'status: expected {expected["status"]}, got {status}']
    for name, value in expected.get('headers', {}).items():
        if normal(name, headers.get(name)) != normal(name, value):
            found.append(f'header {name}: expected {value!r}, got {headers.get(name)!r}')
    if 'text' in expected:
        if body.decode('utf-8', 'replace') != expected['text']:
            found.append(f'body: expected {expected["text"]!r}, got {body[:300]!r}')
    elif 'body' not in expected:
        if body:
            found.append(f'body: expected none, got {body[:300]!r}')
    else:
        try:
            found += differences(expected['body'], json.loads(body), '$', labels)
        except ValueError:
            found.append(f'body: expected JSON, got {body[:300]!r}')
    return found


# ---- scenarios --------------------------------------------------------------------------------------

def play(scenario, port, document):
    """Raises Failure at the first step that answers differently, or as the document does not say."""
    labels = {}
    for number, step in enumerate(scenario['steps'], 1):
        request = step['parallel'][0] if 'parallel' in step else step['request']
        try:
            if 'parallel' in step:
                found = differences(step['responses'], exchange_together(port, step['parallel']), '$', labels)
            else:
                answer = exchange(port, request)
                found = response_differences(step['response'], *answer, labels) if 'response' in step else []
                if document is not None and not found:
                    found = document.problems({**request, **expanded_body(request)}, *answer)
        except (OSError, http.client.HTTPException) as error:
            found = [f'no response: {error!r}']
        if found:
            sent = f'\nsent: {shown(request.get("body", request.get("raw")))}' if {'body', 'raw'} & set(request) else ''
            raise Failure(f'step {number} of {len(scenario["steps"])}: {request["method"]} {request["path"]}{sent}\n' +
                          '\n'.join('- ' + line for line in found[:12]))


def replay(path, options):
    """(name, None or the problem) of one scenario in a process of its own."""
    scenario = json.loads(support.read(path))
    for _ in range(2):
        try:
            return scenario['name'], attempt(scenario, options, last=False)
        except NotStarted:
            continue
    return scenario['name'], attempt(scenario, options, last=True)


def attempt(scenario, options, last):
    """None or the problem; raises NotStarted unless this is the last attempt."""
    server = Server([os.path.abspath(options.server)], options.env, options.databases)
    problem = None
    try:
        server.wait_until_ready()
        play(scenario, server.port, options.document)
    except NotStarted as failure:
        if not last:
            server.close()
            raise
        problem = str(failure)
    except Failure as failure:
        problem = str(failure)
    try:
        server.stop()
    except Failure as failure:
        problem = f'{problem}\n{failure}' if problem else str(failure)
    if problem:
        tail = server.output().strip().split('\n')[-25:]
        problem += '\nlast lines of the server:\n' + '\n'.join('  ' + line for line in tail)
    server.close()
    return problem


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report')
    parser.add_argument('--only', default='', help='only scenarios whose file name contains this')
    parser.add_argument('--env', action='append', default=[], metavar='NAME=VALUE',
                        help='for the server; {folder} stands for an empty folder of its own, {postgres} for the '
                             'URL of an empty database')
    parser.add_argument('--described', action='store_true', help='compare answers with the OpenAPI document as well')
    parser.add_argument('server', help='the program to start')
    parser.add_argument('folders', nargs='+', help='folders of recorded scenarios')
    options = parser.parse_args()

    paths = [os.path.join(folder, name) for folder in options.folders for name in sorted(os.listdir(folder))
             if name.endswith('.json') and options.only in name]
    options.document = None
    options.databases = fresh_database.needed(options.env)
    if options.described:
        printed = subprocess.run([os.path.abspath(options.server), '--openapi'], check=True, capture_output=True,
                                 text=True, timeout=60, env=environment_for(options.env, '/nonexistent'))
        options.document = described_answers.Document(printed.stdout)
    report = support.Report(os.path.basename(options.report or 'contract').removesuffix('.xml'))
    with concurrent.futures.ThreadPoolExecutor(max_workers=support.jobs()) as pool:
        for name, problem in pool.map(lambda path: replay(path, options), paths):
            report.add(name, problem)
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
