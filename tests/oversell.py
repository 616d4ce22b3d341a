#!/usr/bin/env python3
"""Registers many users for the same events at once, over HTTP, and looks whether a seat was sold twice.

    oversell.py [--rounds=10000] [--seconds=3600] [--env=DATABASE_URL={postgres}] build/release/bin/relationships

Each round makes an event with few seats; several clients register different users for it at the same time, asking for
one to three seats each, some of them twice. Then: no more seats are taken than there are, what was acknowledged is
stored, nothing else is, and nobody was refused whose seats would have been there. ROOST_OVERSELL_ROUNDS sets the number
of rounds as well; --seconds ends a run early.
"""
import argparse
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time

import fresh_database
import kill_flushes
import support

CLIENTS = 8
SECONDS = 120  # nothing but patience: machines under load take their time


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=SECONDS)

    def send(self, method, path, body=None):
        """(status, the answer) of a request."""
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {'Content-Type': 'application/json'} if text else {})
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None

    def made(self, path, body):
        status, answer = self.send('POST', path, body)
        if status != 201:
            raise RuntimeError(f'POST {path} answered {status}: {answer}')
        return answer['id']


def register(client, event, wishes, start, answers):
    start.wait(SECONDS)
    for user, seats in wishes:
        try:
            answers.append((user, seats, *client.send('POST', f'/events/{event}/registrations',
                                                      {'userId': user, 'seats': seats})))
        except (OSError, http.client.HTTPException) as error:
            answers.append((user, seats, 0, {'message': repr(error)}))


def faults_of(capacity, answers, stored):
    """What is wrong with the answers of one round and what the server has then."""
    taken = sum(row['seats'] for row in stored)
    if taken > capacity:
        yield f'{taken} seats of {capacity} are taken'
    acknowledged = sorted((user, seats) for user, seats, status, _ in answers if status == 201)
    if acknowledged != sorted((row['user']['id'], row['seats']) for row in stored):
        yield f'acknowledged were {acknowledged}, stored is {stored}'
    for user, seats, status, answer in answers:
        message = str((answer or {}).get('message'))
        if status == 409 and re.search('has only [0-9]+ seats left', message):
            if capacity - taken >= seats:  # seats are never given back
                yield f'user {user} was refused {seats} seats, and {capacity - taken} of {capacity} are left'
        elif status == 409 and 'is already registered' in message:
            if user not in {known for known, _ in acknowledged}:
                yield f'user {user} is not registered: {message}'
        elif status != 201:
            yield f'user {user}, {seats} seats: {status} {message}'


def play(number, clients, users, chance):
    """One round: (seats, seats sold, refusals, faults)."""
    capacity = chance.randint(1, 12)
    event = clients[0].made('/events', {'title': f'event {number}', 'startsAt': '2026-05-01T10:00:00Z',
                                        'capacity': capacity})
    start, answers, threads = threading.Barrier(len(clients)), [], []
    for client, user in zip(clients, chance.sample(users, len(clients))):
        seats = chance.randint(1, 3)
        wishes = [(user, seats)] * chance.choice((1, 1, 2))
        threads.append(threading.Thread(target=register, args=(client, event, wishes, start, answers)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    status, stored = clients[0].send('GET', f'/events/{event}/registrations')
    if status != 200:
        return capacity, 0, 0, [f'reading the registrations answered {status}']
    refused = len([1 for answer in answers if answer[2] == 409])
    return capacity, sum(row['seats'] for row in stored), refused, list(faults_of(capacity, answers, stored))


@contextlib.contextmanager
def running(program, environment):
    """The port of a server with an empty database of its own."""
    databases = fresh_database.needed(environment)
    folder = tempfile.mkdtemp(prefix='roost-oversell-')
    settings, name = fresh_database.settled(environment, databases)
    variables = dict(item.replace('{folder}', folder).split('=', 1) for item in settings)
    process = None
    try:
        process, port = kill_flushes.start(program, variables)
        yield port
    finally:
        if process is not None:
            process.kill()
            process.wait()
        if name is not None:
            databases.give_back(name)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=int(os.environ.get('ROOST_OVERSELL_ROUNDS') or 60))
    parser.add_argument('--seconds', type=float, default=float('inf'))
    parser.add_argument('--env', action='append', default=[])
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('program')
    parser.add_argument('--report')
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 30)
    print(f'seed {seed}', flush=True)
    chance = random.Random(seed)
    faults, rounds, full, seats, refusals = [], 0, 0, 0, 0
    with running(arguments.program, arguments.env) as port:
        clients = [Client(port) for _ in range(CLIENTS)]
        users = [clients[0].made('/users', {'email': f'user{number}@example.com', 'name': f'User {number}'})
                 for number in range(3 * CLIENTS)]
        deadline = time.monotonic() + arguments.seconds
        while rounds < arguments.rounds and time.monotonic() < deadline and len(faults) <= 20:
            capacity, sold, refused, wrong = play(rounds, clients, users, chance)
            full += sold == capacity
            seats += sold
            refusals += refused
            faults += [f'round {rounds}: {fault}' for fault in wrong]
            rounds += 1
    print(f'{rounds} events, {full} of them full: {seats} seats sold, {refusals} requests refused, '
          f'{len(faults)} faults')
    report = support.Report('oversell')
    report.add('no seat is sold twice and none is refused that is there',
               '\n'.join([f'seed {seed}', *faults]) if faults else None)
    report.add('there were events with more wishes than seats',
               'nobody was ever refused' if refusals == 0 else None)
    return report.finish(arguments.report)


if __name__ == '__main__':
    sys.exit(main())
