#!/usr/bin/env python3
"""Builds the servers that Roost is compared with, and compares: the last part of `make bench`.

Everything it makes is under build/bench: limit servers (hand-written, without a framework), servers on libraries
of Debian, a NestJS + MikroORM application from npm, and a private PostgreSQL with the tables of the comparison. A
peer that cannot be built here is left out, and said so. The figures to trust are the ratios of one run.
"""
import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'peers'))
import prepare  # pylint: disable=wrong-import-position

WORK = prepare.WORK
DRIVER = os.path.join(HERE, 'driver')

# which servers, which endpoints; the first server is what the ratios are taken against
PLAIN = (['limit_http', 'roost', 'h2o', 'nginx', 'restinio', 'nest_plain'], 'plaintext,plaintext-pipe,json')
POSTGRESQL = (['limit_pg', 'roost_pg', 'nest_pg'], 'cats,db,db-read-only,queries,updates,fortunes,authors,orders')
SQLITE = (['limit_sqlite', 'roost_sqlite', 'nest_sqlite'], 'db,db-read-only,queries,updates,fortunes,authors,orders')


def build(folder):
    """make in a folder of peers; returns whether it succeeded."""
    status = subprocess.run(['make', '-s', '-C', os.path.join(HERE, 'peers', folder), 'OUT=' + WORK, '-k']).returncode
    if status != 0:
        print(f'not everything in bench/peers/{folder} could be built here')
    return status == 0


def seed_sqlite():
    path = os.path.join(WORK, 'bench.db')
    for suffix in ('', '-wal', '-shm'):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    for name in ('schema', 'seed'):
        with open(os.path.join(DRIVER, 'sql', name + '.sqlite.sql'), encoding='utf-8') as script:
            subprocess.run(['sqlite3', path], stdin=script, check=True, stdout=subprocess.DEVNULL)


def compare(part, servers, endpoints, options, port='0'):
    """Runs the driver on those servers that are there: the table of each endpoint, then start and idle memory."""
    missing = {'limit_http': 'limit_http', 'limit_pg': 'limit_server', 'limit_sqlite': 'limit_server', 'h2o': 'h2o_ref', 'restinio': 'restinio_ref'}
    there = [name for name in servers
             if (name not in missing or os.path.exists(os.path.join(WORK, missing[name])))
             and (name != 'nginx' or shutil.which('nginx')) and (not name.startswith('nest_') or options.nest)]
    environment = {**os.environ, 'BENCH_PEERS': WORK, 'PGPORT': port}
    driver = [sys.executable, os.path.join(DRIVER, 'bench.py')]
    endpoints = options.endpoints or endpoints
    # Two seconds of warming up, and one of waiting for a calm machine before each round.
    expected = len(there) * len(endpoints.split(',')) * (2 + options.rounds * (options.seconds + 1))
    print(f'--- {part}: {", ".join(there)}; about {expected / 60:.0f} minutes', flush=True)
    status = prepare.bounded([*driver, 'run', *there, '-e', endpoints, '-r', str(options.rounds), '-s', str(options.seconds),
                              '-o', os.path.join(WORK, part + '.json')], 2 * expected + 120, env=environment, cwd=WORK)
    return status | prepare.bounded([*driver, 'startup', *there, '-r', str(options.rounds)], 300, env=environment, cwd=WORK)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=int, default=3)
    parser.add_argument('--endpoints', help='only these')
    parser.add_argument('--only', choices=['plain', 'postgresql', 'sqlite'], help='only this part')
    parser.add_argument('--without-nest', action='store_true', help='leave out the peer from npm')
    options = parser.parse_args()
    if not os.path.exists(os.path.join(prepare.ROOT, 'build', 'release', 'bin', 'bench_server')):
        print('build/release/bin/bench_server is not there: make bench builds it', file=sys.stderr)
        return 1
    os.makedirs(os.path.join(WORK, 'nginx'), exist_ok=True)
    build('limit')
    build('refs')
    options.nest = not options.without_nest and prepare.nest_mikro() is not None
    status = 0
    if options.only in (None, 'plain'):
        status |= compare('plain', *PLAIN, options)
    if options.only in (None, 'postgresql'):
        with prepare.Postgres() as server:
            status |= compare('postgresql', *POSTGRESQL, options, server.port)
    if options.only in (None, 'sqlite'):
        seed_sqlite()
        status |= compare('sqlite', *SQLITE, options)
    return status


if __name__ == '__main__':
    prepare.run_script(main)
