#!/usr/bin/env python3
"""What a server program costs in memory: idle connections, and requests in the long run.

    bench/http/footprint.py build/release/bin/probe [--idle=10000] [--requests=1000000]

Opens idle connections (each has had one answer) and says what they add to the resident memory; then sends requests
with wrk and says what the memory is after a tenth of them and after all. Exits with 1 when 10,000 idle connections
would cost 100 MB or more, or when the memory grew by more than 5 % (or 1 MB, a page cache's breath) after the first
tenth.
"""
import argparse
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

REQUEST = b'GET %s HTTP/1.1\r\nHost: a\r\n\r\n'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def resident(pid):
    """Kilobytes."""
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return int(re.search(r'VmRSS:\s+(\d+)', status.read()).group(1))


def connect(port, path):
    client = socket.create_connection(('127.0.0.1', port), 30)
    client.sendall(REQUEST % path.encode())
    answer = client.recv(65536)
    if not answer.startswith(b'HTTP/1.1 200'):
        raise RuntimeError(f'unexpected answer: {answer[:200]!r}')
    return client


def idle(pid, port, path, count):
    before = resident(pid)
    clients = []
    try:
        for i in range(count):
            clients.append(connect(port, path))
            if i == 9:
                before = resident(pid)  # what the first requests of all allocate for good
        time.sleep(1)
        after = resident(pid)
    finally:
        for client in clients:
            client.close()
    cost = (after - before) * 1024 / count
    print(f'{count} idle connections: {before / 1024:.1f} -> {after / 1024:.1f} MB, {cost:.0f} bytes each')
    return cost * 10_000 < 100e6


def load(port, path, requests):
    """wrk counts seconds, not requests: it runs until so many are done."""
    done = 0
    while done < requests:
        result = subprocess.run(['wrk', '-t1', '-c64', '-d2s', '--timeout', '60s', f'http://127.0.0.1:{port}{path}'],
                                capture_output=True, text=True, timeout=120, check=True)
        if 'Non-2xx' in result.stdout or 'Socket errors' in result.stdout:
            raise RuntimeError(result.stdout)
        done += int(re.search(r'(\d+) requests in', result.stdout).group(1))
    return done


def long_run(pid, port, path, requests):
    first = load(port, path, requests // 10)
    early = resident(pid)
    rest = load(port, path, requests - first)
    late = resident(pid)
    print(f'{path}: {early / 1024:.2f} MB after {first:,} requests, {late / 1024:.2f} MB after {first + rest:,}: '
          f'{100 * (late - early) / early:+.1f} %')
    return late - early <= max(early * 0.05, 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--idle', type=int, default=10_000)
    parser.add_argument('--requests', type=int, default=1_000_000)
    parser.add_argument('--path', default='/health')
    parser.add_argument('program')
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = free_port()
    server = subprocess.Popen([options.program], stdout=subprocess.DEVNULL,
                              env={**os.environ, 'HOST': '127.0.0.1', 'PORT': str(port), 'LOG_ACCESS': 'off'})
    try:
        for _ in range(1000):
            try:
                connect(port, options.path).close()
                break
            except OSError:
                time.sleep(0.01)
        print(f'at rest: {resident(server.pid) / 1024:.1f} MB')
        holds = idle(server.pid, port, options.path, options.idle)
        holds = long_run(server.pid, port, options.path, options.requests) and holds
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    return 0 if holds else 1


if __name__ == '__main__':
    sys.exit(main())
