#!/usr/bin/env python3
"""Attacks a server program as the internet does: smuggling through nginx and HAProxy, and slow clients.

    faults.py build/release/bin/probe build/release/tests/probe/hostile_requests

Behind each proxy every hostile request (those below, and the table that the second program prints) is followed by good
ones on connections of their own: each must get its own answer, else a request was cut in two somewhere. Without a
proxy the table's answers must be those that it names as well. slowhttptest opens hundreds of connections that send or read as
slowly as they can, and meanwhile good clients must not notice.
"""
import argparse
import concurrent.futures
import contextlib
import functools
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import support

GOOD = b'GET /probe/query?smuggled=yes HTTP/1.1\r\nHost: a\r\n\r\n'


def post(fields, body=b''):
    return b'POST /probe/echo HTTP/1.1\r\nHost: a\r\n' + fields + b'\r\n' + body


# Each is sent on one connection, with a good request behind it.
SMUGGLING = {
    'both lengths': post(b'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\nX'),
    'both, the other way round': post(b'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', b'5c\r\n' + GOOD + b'0\r\n\r\n'),
    'two lengths': post(b'Content-Length: 0\r\nContent-Length: 44\r\n', GOOD),
    'two lengths in one': post(b'Content-Length: 0, 44\r\n', GOOD),
    'a length with a sign': post(b'Content-Length: +0\r\n', GOOD),
    'a length in hex': post(b'Content-Length: 0x2c\r\n', GOOD),
    'a length with a blank': post(b'Content-Length: 0 44\r\n', GOOD),
    'a huge length': post(b'Content-Length: 18446744073709551616\r\n', GOOD),
    'space before the colon': post(b'Content-Length : 44\r\n', GOOD),
    'tab in the name': post(b'Transfer-Encoding\t: chunked\r\n', b'0\r\n\r\n'),
    'unknown coding': post(b'Transfer-Encoding: xchunked\r\n', b'0\r\n\r\n'),
    'chunked twice': post(b'Transfer-Encoding: chunked, chunked\r\n', b'0\r\n\r\n'),
    'chunked then identity': post(b'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', b'0\r\n\r\n'),
    'chunked in quotes': post(b'Transfer-Encoding: "chunked"\r\n', b'0\r\n\r\n'),
    'vertical tab in the coding': post(b'Transfer-Encoding: \x0bchunked\r\n', b'0\r\n\r\n'),
    'folded coding': post(b'Transfer-Encoding:\r\n chunked\r\n', b'0\r\n\r\n'),
    'bare line feeds': b'POST /probe/echo HTTP/1.1\nHost: a\nContent-Length: 0\n\n',
    'bare carriage return': post(b'X: a\rContent-Length: 44\r\n', GOOD),
    'NUL in a value': post(b'X: a\x00b\r\n'),
    'bad chunk size': post(b'Transfer-Encoding: chunked\r\n', b'0x2\r\n{}\r\n0\r\n\r\n'),
    'negative chunk size': post(b'Transfer-Encoding: chunked\r\n', b'-1\r\n{}\r\n0\r\n\r\n'),
    'chunk size overflow': post(b'Transfer-Encoding: chunked\r\n', b'10000000000000002\r\n{}\r\n0\r\n\r\n'),
    'chunk extension with a line feed': post(b'Transfer-Encoding: chunked\r\n', b'2;\n{}\r\n0\r\n\r\n'),
    'chunk too short': post(b'Transfer-Encoding: chunked\r\n', b'1\r\n{}\r\n0\r\n\r\n'),
    'length in a trailer': post(b'Transfer-Encoding: chunked\r\n', b'0\r\nContent-Length: 44\r\n\r\n'),
    'two hosts': b'GET /probe/query HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'a target with a space': b'GET /probe/query HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET with a body': b'GET /probe/query HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\n' + GOOD,
    'HEAD with a body': b'HEAD /probe/query HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\n' + GOOD,
    'upgrade with a body': post(b'Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n'),
    'expectation never met': post(b'Expect: 100-continue\r\nContent-Length: 44\r\n'),
    'half a request': b'POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":',
    'half a head': b'GET /probe/query HTTP/1.1\r\nHos',
}


def wait_for(port, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f'nothing listens on port {port}')


@contextlib.contextmanager
def running(command, port, **settings):
    process = subprocess.Popen(command, env={**os.environ, **settings},
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(port)
        yield process
        if process.poll() is not None:
            raise RuntimeError(f'{command[0]} ended by itself with {process.returncode}')
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            raise RuntimeError(f'{command[0]} does not stop')


def nginx(folder, backend):
    port = support.free_port()
    conf = os.path.join(folder, 'nginx.conf')
    with open(conf, 'w', encoding='utf-8') as out:
        out.write(f'''daemon off; pid {folder}/nginx.pid; error_log stderr crit; worker_processes 1;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream app {{ server 127.0.0.1:{backend}; keepalive 4; }}
  server {{ listen 127.0.0.1:{port}; client_header_timeout 2s; client_body_timeout 2s;
    location / {{ proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_request_buffering off; }} }} }}
''')
    return ['nginx', '-c', conf, '-p', folder], port


def haproxy(folder, backend):
    port = support.free_port()
    conf = os.path.join(folder, 'haproxy.cfg')
    with open(conf, 'w', encoding='utf-8') as out:
        out.write(f'''defaults
  mode http
  timeout connect 2s
  timeout client 3s
  timeout server 3s
  http-reuse always
listen app
  bind 127.0.0.1:{port}
  server one 127.0.0.1:{backend}
''')
    return ['haproxy', '-db', '-f', conf], port


def ask(port, marker, timeout=10):
    """A good request; None when its answer is its own."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        connection.request('GET', f'/probe/query?marker={marker}', headers={'X-Request-Id': f'id-{marker}'})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            return f'status {answer.status}'
        if answer.getheader('X-Request-Id') != f'id-{marker}' or json.loads(body) != {'marker': marker}:
            return f'the answer of somebody else: {answer.getheader("X-Request-Id")} {body[:80]!r}'
        return None
    except (OSError, http.client.HTTPException, ValueError) as error:
        return repr(error)
    finally:
        connection.close()


def attack(port, bytes_sent, patience):
    """What came back, and whether the connection was closed then."""
    received = b''
    with socket.create_connection(('127.0.0.1', port), 5) as client:
        client.settimeout(patience)
        try:
            client.sendall(bytes_sent + GOOD)
            while piece := client.recv(65536):
                received += piece
        except TimeoutError:
            return received, False
        except OSError:
            pass
    return received, True


def requests_of(options):
    """The bytes of each hostile request by its name, and the status that the program's table names for its own."""
    printed = subprocess.run([options.requests], check=True, capture_output=True, text=True, timeout=60).stdout
    rows = [line.split('\t') for line in printed.splitlines()]
    table = {name: (bytes.fromhex(sent), int(status)) for name, status, sent in rows}
    return table | {what: (sent, 200) for what, sent in SMUGGLING.items()}


def smuggling(name, port, report, requests, told=False):
    for number, (what, (request, status)) in enumerate(requests.items()):
        refused = told and status != 200
        answer, closed = attack(port, request, 20 if refused else 0.2)
        found = [problem for problem in (ask(port, f'{number}-{i}') for i in range(3)) if problem]
        # What is accepted depends on the application behind it, what is refused does not.
        if refused and f'HTTP/1.1 {status} '.encode() not in answer:
            found.append(f'no {status}: {answer[:200]!r}')
        if refused and not closed:
            found.append('the connection was not closed')
        report.add(f'{name}: {what}', '\n'.join(found) or None)


def slow(name, options, port, folder, report):
    """Good clients while slowhttptest does its worst."""
    command = ['slowhttptest', '-u', f'http://127.0.0.1:{port}/probe/echo', '-c', '300', '-r', '300', '-l', '6',
               '-o', os.path.join(folder, 'slow')] + options
    attacker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asked = failed = 0
    longest = 0.0
    try:
        end = time.monotonic() + 6
        while time.monotonic() < end:
            began = time.monotonic()
            asked += 1
            if ask(port, f'{name.replace(" ", "-")}-{asked}', timeout=5):
                failed += 1
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.005)
    finally:
        attacker.terminate()
        attacker.wait()
    print(f'slowhttptest, {name}: {asked} good requests, {failed} failed, the longest took {longest * 1000:.0f} ms')
    report.add(f'slowhttptest: {name}', f'{failed} of {asked} good requests failed' if failed else None)


@contextlib.contextmanager
def probe(options):
    """The port of a server of one's own."""
    port = support.free_port()
    with running([options.program], port, PORT=str(port)):
        yield port


def direct(options, report):
    with probe(options) as port:
        smuggling('direct', port, report, requests_of(options), told=True)


def behind(name, make, options, report):
    with tempfile.TemporaryDirectory() as folder, probe(options) as backend:
        command, port = make(folder, backend)
        with running(command, port):
            smuggling(name, port, report, requests_of(options))


def slow_clients(options, report):
    with tempfile.TemporaryDirectory() as folder, probe(options) as port:
        for name, mode in (('slow heads', ['-H', '-i', '1']), ('slow bodies', ['-B', '-i', '1']),
                           ('slow readers', ['-X', '-w', '10', '-y', '20', '-n', '1', '-z', '16', '-k', '3']),
                           ('ranges', ['-R', '-a', '5', '-b', '3000'])):
            slow(name, mode, port, folder, report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report', default='')
    parser.add_argument('program')
    parser.add_argument('requests', help='the program that prints the hostile requests')
    options = parser.parse_args()
    missing = [tool for tool in ('nginx', 'haproxy', 'slowhttptest') if not shutil.which(tool)]
    if missing:
        sys.exit(f'not installed: {", ".join(missing)}')
    report = support.Report('faults')
    # Side by side, because each of them mostly waits.
    parts = [direct, functools.partial(behind, 'nginx', nginx), functools.partial(behind, 'HAProxy', haproxy), slow_clients]
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        for part in [pool.submit(part, options, report) for part in parts]:
            part.result()
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
