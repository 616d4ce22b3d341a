#!/usr/bin/env python3
"""Runs fuzz targets of the preset "fuzz" for long, one after the other.

    cmake --preset fuzz && ninja -C build/fuzz fuzzers
    tests/fuzz.py --seconds=600 build/fuzz/fuzz/*

Each begins with what was found before (<build>/corpus/<target>) and with the words of its dictionary, if it has one.
Ends with 1 when a target found something; the input that did is left beside the corpus.
"""
import argparse
import os
import re
import subprocess
import sys

import support


def dictionary_of(name):
    """roost_http_query_fuzz has roost/http/fuzz/query.dict, roost_postgres_messages_fuzz has roost/sql/postgres/fuzz/messages.dict."""
    match = re.match(r'roost_(\w+?)_(\w+)_fuzz$', name)
    if not match:
        return None
    paths = [os.path.join(support.ROOT, folder, match.group(1), 'fuzz', f'{match.group(2)}.dict') for folder in ('roost', 'roost/sql')]
    return next((path for path in paths if os.path.exists(path)), None)


def run(program, seconds):
    name = os.path.basename(program)
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(program))), 'corpus', name)
    os.makedirs(folder, exist_ok=True)
    command = [os.path.abspath(program), f'-max_total_time={seconds}', '-timeout=120', '-rss_limit_mb=4096', '-max_len=4096',
               f'-artifact_prefix={folder}-']
    if dictionary_of(name):
        command.append(f'-dict={dictionary_of(name)}')
    done = subprocess.run(command + [folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    last = re.findall(r'^Done (\d+) runs in (\d+) second', done.stdout, re.M)
    if done.returncode == 0 and last:
        print(f'{name}: {last[-1][0]} inputs in {last[-1][1]} s, nothing found', flush=True)
        return True
    print(f'{name}: FOUND SOMETHING (exit code {done.returncode})\n{done.stdout[-6000:]}', flush=True)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=int, default=600)
    parser.add_argument('programs', nargs='+')
    options = parser.parse_args()
    return 0 if all([run(program, options.seconds) for program in options.programs]) else 1


if __name__ == '__main__':
    sys.exit(main())
