"""Empty PostgreSQL databases on the server that ROOST_TEST_POSTGRES names: a URL, or @ and a file with one."""
import os
import subprocess
import sys
import urllib.parse
import uuid

import support


class FreshDatabases:
    def __init__(self):
        url = os.environ.get('ROOST_TEST_POSTGRES', '')
        self.url = support.read(url[1:]).strip() if url.startswith('@') else url
        if not self.url:
            sys.exit('{postgres} needs a server: set ROOST_TEST_POSTGRES to its URL, or run the test with ctest')

    def create(self):
        """(name, URL) of a new one."""
        name = 'contract_' + uuid.uuid4().hex
        self._execute(f'create database {name}')
        return name, urllib.parse.urlunsplit(urllib.parse.urlsplit(self.url)._replace(path='/' + name))

    def drop(self, name):
        self._execute(f'drop database {name} with (force)')

    def _execute(self, statement):
        subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', self.url, '-c', statement], check=True,
                       stdin=subprocess.DEVNULL, timeout=60)


def needed(settings):
    """The server of the databases for which NAME={postgres} asks, or None."""
    return FreshDatabases() if any(setting.endswith('={postgres}') for setting in settings) else None


def settled(settings, databases):
    """The settings with the URL of a new database, and its name to be dropped."""
    if databases is None:
        return settings, None
    name, url = databases.create()
    return [setting.replace('={postgres}', '=' + url) for setting in settings], name
