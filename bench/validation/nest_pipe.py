#!/usr/bin/env python3
"""Measures NestJS's ValidationPipe on the bodies of the benchmark beside this file, for comparison: `make bench`.

The packages come from npm, into build/bench. Without npm and Node 20 there is nothing to compare with, which is said.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'peers'))
import prepare  # pylint: disable=wrong-import-position

# It takes about ten seconds.
SECONDS = 300


def main():
    folder = prepare.npm('nest-pipe')
    return 0 if folder is None else prepare.bounded(['node', 'pipe.mjs'], SECONDS, cwd=folder)


if __name__ == '__main__':
    prepare.run_script(main)
