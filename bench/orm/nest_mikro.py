#!/usr/bin/env python3
"""Roost's ORM beside SQL by hand and NestJS with MikroORM, each in a process without a server: part of `make bench`.

The same graph of 100,000 entities is imported, read and written by all three, on SQLite in memory and on a private PostgreSQL.
Roost and MikroORM take turns; a ratio is the median over the rounds of the run. Processor time (of the process, not of the
database server) depends least on what else the machine does. Without npm and Node 20 MikroORM is left out, which is said.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'peers'))
import prepare  # pylint: disable=wrong-import-position

PROGRAMS = os.path.join(prepare.ROOT, 'build', 'release', 'bench')
ROW = re.compile(r'^(?P<what>.{46}) (?P<who>\S+) +(?P<first>[-\d.]+) (?:us +(?P<processor>[-\d.]+) us cpu|bytes)$')
# A process that hangs must not hold up the others; each takes less than a minute.
SECONDS = 600


def run(command, environment, folder=None):
    """The rows that a program prints: {(what, who): (wall, processor)}; bytes are both."""
    done = subprocess.run(command, env={**os.environ, **environment}, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    rows = {}
    for line in done.stdout.splitlines():
        match = ROW.match(line)
        if match is None:
            print(line)
            continue
        wall = float(match['first'])
        rows[match['what'].strip(), match['who']] = (wall, float(match['processor'] or wall))
    if done.returncode != 0 or not rows:
        raise RuntimeError(f'{" ".join(command)} ended with {done.returncode}: {done.stderr[-2000:]}')
    return rows


def rounds_of(ours, theirs, count):
    """Both `count` times, changing who is first; a list of rows for each round. `theirs` may be None."""
    result = []
    for index in range(count):
        commands = [command for command in (ours, theirs) if command is not None]
        rows = {}
        for command in commands if index % 2 == 0 else reversed(commands):
            rows.update(run(*command))
        result.append(rows)
    return result


def median(rounds, what, who, column):
    return statistics.median(rows[what, who][column] for rows in rounds)


def ratio(rounds, what, one, other, column):
    """How many times as much as `other` takes `one`: the median of the rounds."""
    if (what, one) not in rounds[0] or (what, other) not in rounds[0]:
        return '-'
    return f'{statistics.median(rows[what, one][column] / max(rows[what, other][column], 1e-9) for rows in rounds):.2f}'


def table(title, rounds):
    print(f'\n### {title}: microseconds of processor time (bytes of memory), medians of {len(rounds)} rounds')
    print('| what | roost | by hand | MikroORM | by hand / roost | on the clock | MikroORM / roost | on the clock |')
    print('|---|---|---|---|---|---|---|---|')
    for what in dict.fromkeys(what for what, who in rounds[0] if who == 'roost'):
        figures = [f'{median(rounds, what, who, 1):,.1f}' if (what, who) in rounds[0] else '-' for who in ('roost', 'by-hand', 'mikro')]
        ratios = [ratio(rounds, what, who, 'roost', column) for who in ('by-hand', 'mikro') for column in (1, 0)]
        print(f'| {what} | {" | ".join(figures + ratios)} |', flush=True)


def measure(title, program, which, database, options, peer):
    """One table; `database`: the environment of Roost's program and of MikroORM's."""
    repeats = [str(options.repeat)]
    ours = ([os.path.join(PROGRAMS, program), *repeats], database[0])
    theirs = None
    if peer is not None:
        command = ['node', '--expose-gc', 'dist/rows/main.js', which, *repeats]
        theirs = (command, {'NODE_ENV': 'production', **database[1]}, peer)
    rounds = rounds_of(ours, theirs, options.rounds)
    table(title, rounds)
    return [{f'{what}|{who}': figures for (what, who), figures in rows.items()} for rows in rounds]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--repeat', type=int, default=2000, help='how often a process does what takes microseconds')
    parser.add_argument('--only', choices=['sqlite', 'postgresql'], help='only this database')
    parser.add_argument('--without-nest', action='store_true', help='leave out the peer from npm')
    options = parser.parse_args()
    if not os.path.exists(os.path.join(PROGRAMS, 'roost_orm_graph_bench')):
        print('build/release/bench/roost_orm_graph_bench is not there: make bench builds it', file=sys.stderr)
        return 1
    os.makedirs(prepare.WORK, exist_ok=True)
    peer = None if options.without_nest else prepare.nest_mikro()
    results = {}
    if options.only != 'postgresql':
        memory = ({'DATABASE_URL': 'sqlite::memory:'}, {'DB': 'sqlite', 'SQLITE_FILE': ':memory:'})
        results['graph, sqlite'] = measure('graphs, SQLite in memory', 'roost_orm_graph_bench', 'graph', memory, options, peer)
        results['items, sqlite'] = measure('10,000 entities, SQLite in memory', 'roost_orm_bench', 'items', memory, options, peer)
    if options.only != 'sqlite':
        with prepare.Postgres() as server:
            database = ({'DATABASE_URL': server.url('rows')}, {'DB': 'pg', 'PGPORT': server.port, 'PGDATABASE': 'rows'})
            results['graph, postgresql'] = measure('graphs, PostgreSQL', 'roost_orm_graph_bench', 'graph', database, options, peer)
    with open(os.path.join(prepare.WORK, 'orm.json'), 'w', encoding='utf-8') as stream:
        json.dump(results, stream, indent=1)
    return 0


if __name__ == '__main__':
    prepare.run_script(main)
