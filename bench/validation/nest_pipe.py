#!/usr/bin/env python3
"""Measures NestJS's ValidationPipe on the bodies of the benchmark beside this file, for comparison: `make bench`.

The packages come from npm, into build/bench. Without npm and Node 20 there is nothing to compare with, which is said.
"""
import os
import shutil
import subprocess
import sys

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(os.path.dirname(BENCH), 'build', 'bench', 'nest-pipe')


def main():
    if shutil.which('npm') is None:
        print("npm is not there: nothing to compare the validation with")
        return 0
    shutil.copytree(os.path.join(BENCH, 'peers', 'nest-pipe'), FOLDER, dirs_exist_ok=True)
    installed = subprocess.run(['npm', 'install', '--no-audit', '--no-fund', '--silent', '--prefer-offline'], cwd=FOLDER)
    if installed.returncode != 0:
        print('the peer on NestJS could not be installed here')
        return 0
    return subprocess.run(['node', 'pipe.mjs'], cwd=FOLDER).returncode


if __name__ == '__main__':
    sys.exit(main())
