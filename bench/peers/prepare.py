"""Prepares what Roost is compared with: applications from npm, and a private PostgreSQL. All of it is under build/bench.

Nothing here is needed to measure Roost alone: what cannot be had on this machine is left out, and said so.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.dirname(HERE)
ROOT = os.path.dirname(BENCH)
WORK = os.path.join(ROOT, 'build', 'bench')
SQL = os.path.join(BENCH, 'driver', 'sql')
# npm waits for a registry that does not answer; nothing here takes longer than this when it does.
NPM_SECONDS = 600


def bounded(command, seconds, **options):
    """Runs a command; its exit status, or 1 when it had to be ended after that many seconds."""
    sys.stdout.flush()
    with subprocess.Popen(command, **options) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f'{" ".join(command)} was ended: it took more than {seconds:.0f} seconds', flush=True)
            end(process)
            return 1
        except BaseException:  # we are ended ourselves
            end(process)
            raise


def end(process):
    process.terminate()  # the driver stops its servers then
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


def run_script(main):
    """Runs the main function of a script, so that what it started ends with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())


def newest(folder):
    """When a file below the folder was changed last; 0 when there is no such folder."""
    return max((os.path.getmtime(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names), default=0)


def run_in(folder, *command):
    try:
        return subprocess.run(command, cwd=folder, timeout=NPM_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def npm(name):
    """Copies a folder of bench/peers to build/bench and gets its packages; the copy, or None when that failed."""
    source, folder = os.path.join(HERE, name), os.path.join(WORK, name)
    installed = os.path.join(folder, 'node_modules', '.package-lock.json')
    wanted = os.path.join(source, 'package.json')
    shutil.copytree(source, folder, dirs_exist_ok=True)
    if not os.path.exists(installed) or os.path.getmtime(installed) < os.path.getmtime(wanted):
        if not run_in(folder, 'npm', 'install', '--no-audit', '--no-fund', '--silent', '--prefer-offline'):
            print(f'the packages of bench/peers/{name} could not be had here (they need npm, Node 20 and a registry)', flush=True)
            return None
    return folder


def nest_mikro():
    """NestJS with MikroORM, built; its folder, or None."""
    folder = npm('nest-mikro')
    if folder is None:
        return None
    if newest(os.path.join(folder, 'dist')) < newest(os.path.join(HERE, 'nest-mikro')) and not run_in(folder, 'npx', 'tsc', '-p', '.'):
        print('the peer on NestJS could not be built here', flush=True)
        return None
    return folder


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return str(listener.getsockname()[1])


class Postgres:
    """A private server of PostgreSQL with an empty database `rows` and the seeded one `bench`; ends with the run."""

    def __init__(self):
        self.folder = os.path.join(WORK, 'pg')
        self.data = os.path.join(self.folder, 'data')
        self.port = free_port()
        versions = '/usr/lib/postgresql'
        self.programs = os.path.join(versions, sorted(os.listdir(versions))[-1], 'bin')
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam('postgres') if os.getuid() == 0 else None

    def url(self, database):
        return f'postgres://bench@127.0.0.1:{self.port}/{database}?sslmode=disable'

    def as_user(self, *command):
        owner = {} if self.user is None else {'user': self.user.pw_uid, 'group': self.user.pw_gid, 'extra_groups': []}
        subprocess.run([os.path.join(self.programs, command[0]), *command[1:]], check=True, cwd='/', stdout=subprocess.DEVNULL, **owner)

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, 'sock'))
        if self.user is not None:
            for folder in (self.folder, os.path.join(self.folder, 'sock')):
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.as_user('initdb', '-D', self.data, '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '-U', 'postgres')
        with open(os.path.join(SQL, 'bench.conf'), encoding='utf-8') as template:
            settings = template.read().replace('@PGDIR@', self.folder).replace('@PORT@', self.port)
        with open(os.path.join(self.data, 'postgresql.conf'), 'a', encoding='utf-8') as conf:
            conf.write(settings)
        self.as_user('pg_ctl', '-D', self.data, '-l', os.path.join(self.folder, 'log'), '-w', 'start')
        self.psql('postgres', 'postgres', '-c', 'CREATE ROLE bench LOGIN', '-c', 'CREATE DATABASE bench OWNER bench',
                  '-c', 'CREATE DATABASE rows OWNER bench')
        self.psql('bench', 'bench', '-f', os.path.join(SQL, 'schema.pg.sql'), '-f', os.path.join(SQL, 'seed.pg.sql'))
        return self

    def psql(self, user, database, *arguments):
        subprocess.run(['psql', '-qh', '127.0.0.1', '-p', self.port, '-U', user, '-v', 'ON_ERROR_STOP=1', *arguments, database], check=True,
                       stdout=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.as_user('pg_ctl', '-D', self.data, '-m', 'fast', '-w', 'stop')
