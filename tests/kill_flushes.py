#!/usr/bin/env python3
"""Kills a server in the middle of its flushes and looks at what is left.

    kill_flushes.py [--rounds=200] [--env=DATABASE_URL={postgres}] build/release/bin/database

Each round starts the server on the same database, sends units of work of three rows from several clients, kills the
process with SIGKILL at a random moment, starts it again and reads everything: every unit that was acknowledged is
there as a whole, and no unit is there in part.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import fresh_database
import support

CLIENTS = 8
ROUNDS_A_DATABASE = 10  # so that reading everything stays quick
START_SECONDS = 90  # nothing but patience: machines under load take their time


def start(program, variables):
    port = support.free_port()
    process = subprocess.Popen([program], env={**os.environ, **variables, 'PORT': str(port), 'HOST': '127.0.0.1'},
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError('the server ended: ' + process.stderr.read().decode(errors='replace'))
        try:
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
            connection.request('GET', '/health')
            if connection.getresponse().status == 200:
                return process, port
        except OSError:
            time.sleep(0.01)
    process.kill()
    raise RuntimeError('the server did not answer in time')


def unit(number):
    return [{'title': f'unit {number} row {row}', 'startsAt': '2026-05-01T10:00:00Z'} for row in range(3)]


def client(port, numbers, acknowledged, lock, stop):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    while not stop.is_set():
        with lock:
            number = next(numbers)
        try:
            connection.request('POST', '/events/bulk', json.dumps(unit(number)), {'Content-Type': 'application/json'})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return  # the kill
        if answer.status == 201:
            with lock:
                acknowledged.add(number)


def stored(port):
    rows = {}
    page = 1
    while True:
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
        connection.request('GET', f'/events?limit=100&page={page}')
        items = json.loads(connection.getresponse().read())['items']
        if not items:
            return rows
        for item in items:
            rows.setdefault(int(item['title'].split()[1]), []).append(item['title'])
        page += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=8)
    parser.add_argument('--env', action='append', default=[])
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('program')
    parser.add_argument('--report')
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 30)
    print(f'seed {seed}', flush=True)
    chance = random.Random(seed)
    databases = fresh_database.needed(arguments.env)
    numbers = iter(range(1 << 30))
    acknowledged, lost, halved, units = set(), 0, 0, 0
    process, folder, name = None, None, None
    try:
        for number in range(arguments.rounds):
            if number % ROUNDS_A_DATABASE == 0:
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                if name is not None:
                    databases.give_back(name)
                folder = tempfile.mkdtemp(prefix='roost-kill-')
                settings, name = fresh_database.settled(arguments.env, databases)
                variables = dict(item.replace('{folder}', folder).split('=', 1) for item in settings)
                acknowledged = set()
            process, port = start(arguments.program, variables)
            lock, stop = threading.Lock(), threading.Event()
            threads = [threading.Thread(target=client, args=(port, numbers, acknowledged, lock, stop))
                       for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.05, 0.4))
            process.send_signal(signal.SIGKILL)
            process.wait()
            stop.set()
            for thread in threads:
                thread.join()
            process, port = start(arguments.program, variables)
            rows = stored(port)
            units += len(rows)
            lost += len([unit for unit in acknowledged if unit not in rows])
            halved += len([unit for unit, titles in rows.items() if len(titles) != 3])
            acknowledged = set(rows)
            process.terminate()
            process.wait()
    finally:
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if name is not None:
            databases.give_back(name)
    print(f'{arguments.rounds} kills: {units} units seen, {lost} acknowledged lost, {halved} in part')
    report = support.Report('kill_flushes')
    report.add('nothing acknowledged is lost', f'{lost} units of {units}, seed {seed}' if lost else None)
    report.add('no unit is there in part', f'{halved} units of {units}, seed {seed}' if halved else None)
    report.add('there was something to kill', 'no unit was ever stored' if units == 0 else None)
    return report.finish(arguments.report)


if __name__ == '__main__':
    sys.exit(main())
