#!/usr/bin/env python3
"""Builds the servers that Roost is compared with, and compares: `make bench` runs this last.

Everything it makes is under build/bench: limit servers (hand-written, without a framework), servers on libraries
of Debian, a NestJS + MikroORM application from npm, and a private PostgreSQL with the tables of the comparison. A
peer that cannot be built here is left out, and said so. The figures to trust are the ratios of one run.
"""
import argparse
import os
import pwd
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, 'build', 'bench')
DRIVER = os.path.join(HERE, 'driver')
PORT = '55442'

# which servers, which endpoints; the first server is what the ratios are taken against
PLAIN = (['limit_http', 'roost', 'h2o', 'nginx', 'restinio'], 'plaintext,plaintext-pipe,json')
POSTGRESQL = (['limit_pg', 'roost_pg', 'nest_pg'], 'cats,db,db-read-only,queries,updates,fortunes,authors,orders')
SQLITE = (['limit_sqlite', 'roost_sqlite', 'nest_sqlite'], 'db,db-read-only,queries,updates,fortunes,authors,orders')


def build(folder):
    """make in a folder of peers; returns whether it succeeded."""
    status = subprocess.run(['make', '-s', '-C', os.path.join(HERE, 'peers', folder), 'OUT=' + WORK, '-k']).returncode
    if status != 0:
        print(f'not everything in bench/peers/{folder} could be built here')
    return status == 0


def build_nest():
    """npm install and tsc, once; returns whether the application is there."""
    folder = os.path.join(WORK, 'nest')
    if os.path.exists(os.path.join(folder, 'dist', 'main.js')):
        return True
    shutil.copytree(os.path.join(HERE, 'peers', 'nest-mikro'), folder, dirs_exist_ok=True)
    for command in (['npm', 'install', '--no-audit', '--no-fund', '--silent'], ['npx', 'tsc', '-p', '.']):
        if subprocess.run(command, cwd=folder).returncode != 0:
            print('the peer on NestJS could not be built here (it needs npm and Node 20)')
            return False
    return True


class Postgres:
    """A private server of PostgreSQL, seeded; ends with the run."""

    def __init__(self):
        self.folder = os.path.join(WORK, 'pg')
        versions = '/usr/lib/postgresql'
        self.programs = os.path.join(versions, sorted(os.listdir(versions))[-1], 'bin')
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam('postgres') if os.getuid() == 0 else None

    def as_user(self, *command):
        owner = {} if self.user is None else {'user': self.user.pw_uid, 'group': self.user.pw_gid, 'extra_groups': []}
        subprocess.run([os.path.join(self.programs, command[0]), *command[1:]], check=True, cwd='/', stdout=subprocess.DEVNULL, **owner)

    def __enter__(self):
        self.data = os.path.join(self.folder, 'data')
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, 'sock'))
        if self.user is not None:
            for folder in (self.folder, os.path.join(self.folder, 'sock')):
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.as_user('initdb', '-D', self.data, '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '-U', 'postgres')
        with open(os.path.join(DRIVER, 'sql', 'bench.conf'), encoding='utf-8') as template:
            settings = template.read().replace('@PGDIR@', self.folder)
        with open(os.path.join(self.data, 'postgresql.conf'), 'a', encoding='utf-8') as conf:
            conf.write(settings)
        self.as_user('pg_ctl', '-D', self.data, '-l', os.path.join(self.folder, 'log'), '-w', 'start')
        self.psql('postgres', 'postgres', '-c', 'CREATE ROLE bench LOGIN', '-c', 'CREATE DATABASE bench OWNER bench')
        self.psql('bench', 'bench', '-f', os.path.join(DRIVER, 'sql', 'schema.pg.sql'), '-f', os.path.join(DRIVER, 'sql', 'seed.pg.sql'))
        return self

    @staticmethod
    def psql(user, database, *arguments):
        subprocess.run(['psql', '-qh', '127.0.0.1', '-p', PORT, '-U', user, '-v', 'ON_ERROR_STOP=1', *arguments, database], check=True,
                       stdout=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.as_user('pg_ctl', '-D', self.data, '-m', 'fast', '-w', 'stop')


def seed_sqlite():
    path = os.path.join(WORK, 'bench.db')
    for suffix in ('', '-wal', '-shm'):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    for name in ('schema', 'seed'):
        with open(os.path.join(DRIVER, 'sql', name + '.sqlite.sql'), encoding='utf-8') as script:
            subprocess.run(['sqlite3', path], stdin=script, check=True, stdout=subprocess.DEVNULL)


def compare(servers, endpoints, options):
    """Runs the driver on those servers that are there."""
    missing = {'limit_http': 'limit_http', 'limit_pg': 'limit_server', 'limit_sqlite': 'limit_server', 'h2o': 'h2o_ref', 'restinio': 'restinio_ref'}
    there = [name for name in servers
             if (name not in missing or os.path.exists(os.path.join(WORK, missing[name])))
             and (name != 'nginx' or shutil.which('nginx')) and (not name.startswith('nest_') or options.nest)]
    environment = {**os.environ, 'BENCH_PEERS': WORK, 'PGPORT': PORT}
    command = [sys.executable, os.path.join(DRIVER, 'bench.py'), 'run', *there, '-e', options.endpoints or endpoints, '-r', str(options.rounds),
               '-s', str(options.seconds), '-o', os.path.join(WORK, there[1] + '.json')]
    return subprocess.run(command, env=environment, cwd=WORK).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=3)
    parser.add_argument('--endpoints', help='only these')
    parser.add_argument('--only', choices=['plain', 'postgresql', 'sqlite'], help='only this part')
    parser.add_argument('--without-nest', action='store_true', help='leave out the peer from npm')
    options = parser.parse_args()
    if not os.path.exists(os.path.join(ROOT, 'build', 'release', 'bin', 'bench_server')):
        print('build/release/bin/bench_server is not there: make bench builds it', file=sys.stderr)
        return 1
    os.makedirs(os.path.join(WORK, 'nginx'), exist_ok=True)
    build('limit')
    build('refs')
    options.nest = not options.without_nest and options.only != 'plain' and build_nest()
    status = 0
    if options.only in (None, 'plain'):
        status |= compare(*PLAIN, options)
    if options.only in (None, 'postgresql'):
        with Postgres():
            status |= compare(*POSTGRESQL, options)
    if options.only in (None, 'sqlite'):
        seed_sqlite()
        status |= compare(*SQLITE, options)
    return status


if __name__ == '__main__':
    sys.exit(main())
