"""Empty PostgreSQL databases on the server that ROOST_TEST_POSTGRES names: a URL, or @ and a file with one."""
import atexit
import os
import subprocess
import sys
import threading
import urllib.parse
import uuid

import support


class FreshDatabases:
    """Those that were made are dropped when the program ends. Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.made, self.free = [], []
        url = os.environ.get('ROOST_TEST_POSTGRES', '')
        self.url = support.read(url[1:]).strip() if url.startswith('@') else url
        if not self.url:
            sys.exit('{postgres} needs a server: set ROOST_TEST_POSTGRES to its URL, or run the test with ctest')
        atexit.register(self._drop)

    def create(self):
        """(name, URL): of a new one, or of one that was given back and emptied, which is quicker."""
        with self.lock:
            name = self.free.pop() if self.free else None
        if name is None:
            name = 'contract_' + uuid.uuid4().hex
            self._execute(self.url, f'create database {name}')
            self.made.append(name)
            return name, self._url_of(name)
        self._execute(self._url_of(name), 'drop schema public cascade; create schema public')
        return name, self._url_of(name)

    def give_back(self, name):
        with self.lock:
            self.free.append(name)

    def _drop(self):
        for name in self.made:
            self._execute(self.url, f'drop database if exists {name} with (force)')

    def _url_of(self, name):
        return urllib.parse.urlunsplit(urllib.parse.urlsplit(self.url)._replace(path='/' + name))

    def _execute(self, url, statements):
        quietly = {**os.environ, 'PGOPTIONS': '-c client_min_messages=warning'}
        subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', statements], check=True,
                       stdin=subprocess.DEVNULL, timeout=60, env=quietly)


def needed(settings):
    """The server of the databases for which NAME={postgres} asks, or None."""
    return FreshDatabases() if any(setting.endswith('={postgres}') for setting in settings) else None


def settled(settings, databases):
    """The settings with the URL of an empty database, and its name to be given back."""
    if databases is None:
        return settings, None
    name, url = databases.create()
    return [setting.replace('={postgres}', '=' + url) for setting in settings], name
