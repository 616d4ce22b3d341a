#!/usr/bin/env python3
"""Runs every benchmark of the release build, then prints the table of compile times: `make bench`."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = os.path.join(ROOT, 'build', 'release', 'bench')


def main():
    status = 0
    for name in sorted(os.listdir(PROGRAMS)) if os.path.isdir(PROGRAMS) else []:
        path = os.path.join(PROGRAMS, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            print(f'--- {name}', flush=True)
            status |= subprocess.run([path], cwd=ROOT).returncode
    status |= subprocess.run([sys.executable, os.path.join(ROOT, 'bench', 'compile_time.py')], cwd=ROOT).returncode
    return 1 if status else 0


if __name__ == '__main__':
    sys.exit(main())
