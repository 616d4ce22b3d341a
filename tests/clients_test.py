#!/usr/bin/env python3
"""Real clients against a real server: curl, wrk, and Chromium with an upload form, events and another origin.

    clients_test.py --build build/debug build/debug/bin/clients
"""
import argparse
import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import openapi_test
import replay_contract
import support

SOURCES = os.path.join(support.ROOT, 'tests', 'clients')


@contextlib.contextmanager
def running(program, output=subprocess.DEVNULL, **settings):
    """The process and where it listens."""
    port = support.free_port()
    scheme = 'https' if 'TLS_CERTIFICATE' in settings else 'http'
    process = subprocess.Popen([os.path.abspath(program)], stdin=subprocess.DEVNULL, stdout=output,
                               env={**os.environ, 'HOST': '127.0.0.1', 'PORT': str(port), 'LOG_LEVEL': 'warn', **settings})
    try:
        deadline = time.monotonic() + replay_contract.START_SECONDS
        while True:
            try:
                socket.create_connection(('127.0.0.1', port), 5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise replay_contract.Failure('the server did not start') from None
                time.sleep(0.01)
        yield process, f'{scheme}://127.0.0.1:{port}'
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(replay_contract.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
    if status != 0:
        raise replay_contract.Failure(f'the server ended with exit code {status}')


@contextlib.contextmanager
def serving(program, **settings):
    with running(program, **settings) as (_, base):
        yield base


def require(holds, *what):
    if not holds:
        raise replay_contract.Failure(' '.join(map(str, what)))


def curl(*arguments, data=None):
    """Exit code, standard output, standard error."""
    done = subprocess.run(['curl', '-sS', '--max-time', '120', *arguments], input=data, capture_output=True, timeout=150)
    return done.returncode, done.stdout, done.stderr.decode(errors='replace')


def fetched(*arguments, data=None):
    status, out, err = curl('-f', *arguments, data=data)
    require(status == 0, 'curl', arguments, 'ended with', status, err)
    return out


def curl_methods(base, folder):
    require(fetched(base + '/text') == b'Hello, world!', 'GET')
    head = fetched('-I', base + '/text').decode()
    require('HTTP/1.1 200' in head and 'Content-Length: 13' in head, head)
    echo = fetched('-H', 'Content-Type: application/json', '-d', '{"text":"\u017elu\u0165"}', base + '/echo')
    require(json.loads(echo) == {'text': 'žluť'}, echo)
    # A body of unknown length goes in chunks, a large one waits for 100 Continue.
    large = json.dumps({'text': 'x' * 1_500_000}).encode()
    for extra in (['-H', 'Transfer-Encoding: chunked'], ['-H', 'Expect: 100-continue'], ['--http1.0']):
        answer = fetched('-H', 'Content-Type: application/json', '-X', 'PUT', *extra, '--data-binary', '@-', base + '/echo', data=large)
        require(json.loads(answer) == json.loads(large), 'a large body', extra, len(answer))
    status, _, err = curl('-f', '-H', 'Content-Type: application/json', '--data-binary', '@-', base + '/echo', data=b'"' + b'x' * 3_000_000)
    require(status == 22 and '413' in err, 'a body over the limit', status, err)
    # Two requests on one connection.
    out = fetched('-w', '%{num_connects} ', base + '/text', base + '/text').decode()
    require(out == 'Hello, world!1 Hello, world!0 ', out)
    require(fetched('--http1.0', base + '/text') == b'Hello, world!', 'HTTP/1.0')
    status, _, err = curl('-f', base + '/nowhere')
    require(status == 22 and '404' in err, err)


def curl_files(base, folder):
    for coding in ('gzip', 'br'):
        out = fetched('-H', f'Accept-Encoding: {coding}', '--compressed', '-D', '-', base + '/large')
        require(f'Content-Encoding: {coding}'.encode() in out and out.endswith(b'\r\n' + b'l' * 200_000), out[:400])
    require(gzip.decompress(fetched('-H', 'Accept-Encoding: gzip', base + '/large')) == b'l' * 200_000, 'gzip')
    require(fetched('-r', '2-4', base + '/digits.bin') == b'234', 'a range')
    require(fetched('-r', '-3', base + '/digits.bin') == b'789', 'the last three')
    status, _, err = curl('-f', '-r', '20-', base + '/digits.bin')
    require(status == 22 and '416' in err, 'beyond the end', status, err)
    tag = re.search(r'ETag: (\S+)', fetched('-I', base + '/digits.bin').decode()).group(1)
    out = fetched('-w', '%{http_code}', '-H', f'If-None-Match: {tag}', base + '/digits.bin')
    require(out == b'304', 'a conditional request', out)
    for hidden in ('/../digits.bin', '/%2e%2e/etc/passwd', '/.hidden'):
        status, _, err = curl('-f', '--path-as-is', base + hidden)
        require(status == 22, 'out of the folder', hidden)


def curl_cookies(base, folder):
    jar = os.path.join(folder, 'jar')
    fetched('-c', jar, '-X', 'POST', base + '/session')
    require('#HttpOnly_127.0.0.1' in support.read(jar), support.read(jar))
    require(fetched('-b', jar, base + '/session').decode() == 'Žofie; 7', 'the session')
    forged = support.read(jar).replace('Zofie', 'Adam').replace('%C5%BDofie', 'Adam')
    with open(jar + '2', 'w', encoding='utf-8') as out:
        out.write(forged)
    require(fetched('-b', jar + '2', base + '/session') == b'nobody', 'a forged cookie')
    fetched('-b', jar, '-c', jar, '-X', 'DELETE', base + '/session')
    require(fetched('-b', jar, base + '/session') == b'nobody', 'after logging out')


def curl_uploads(base, folder):
    path = os.path.join(folder, 'nápis "1".txt')
    with open(path, 'wb') as out:
        out.write(b'content of the file, longer than twenty bytes')
    quoted = path.replace('"', '\\"')
    answer = json.loads(fetched('--form-string', 'note=dvě; slova', '-F', f'file=@"{quoted}";type=text/plain', base + '/upload'))
    # A quote in a name is sent as %22, as HTML has it, and not taken for one here: nobody could tell it from "%22".
    require(answer == {'note': 'dvě; slova', 'name': 'nápis %221%22.txt', 'type': 'text/plain', 'size': 45,
                       'begin': 'content of the file,'}, answer)
    status, _, err = curl('-f', '-F', 'note=x', base + '/upload')
    require(status == 22 and '400' in err, err)


def curl_large_bodies(base, folder):
    path = os.path.join(folder, 'large.bin')
    content = bytes(i * 7 % 251 for i in range(1 << 16)) * 320
    with open(path, 'wb') as out:
        out.write(content)
    total = 0
    for byte in content[:1 << 16]:
        total = (total * 31 + byte) & 0xffffffff
    factor = pow(31, 1 << 16, 1 << 32)
    whole = 0
    for _ in range(320):
        whole = (whole * factor + total) & 0xffffffff
    expected = f'{len(content)} {whole}'
    # With a length and Expect: 100-continue, then in chunks, then over one connection with a request behind it.
    require(fetched('-T', path, base + '/measured').decode() == expected, 'a length')
    require(fetched('-T', '-', base + '/measured', data=content).decode() == expected, 'chunks')
    require(fetched('-T', path, base + '/measured', '--next', base + '/text').decode() == expected + 'Hello, world!',
            'one connection')
    answer = json.loads(fetched('-F', f'file=@{path}', base + '/stored'))
    require(answer['size'] == len(content) and answer['name'] == 'large.bin', answer)
    require(not os.path.exists(answer['note']), 'a file is left behind', answer)
    status, _, err = curl('-f', '-T', '-', base + '/measured', data=content * 4)
    require(status == 22 and '413' in err, 'beyond the limit', status, err)


def curl_events(base, folder):
    out = fetched('-N', base + '/events?last=1').decode()
    require(out == '\nid: 1\nretry: 1\ndata: line one of ž\ndata: line two\n\n', repr(out))


def slow_reader(base, folder):
    """Who does not read makes the producer wait; who reads on lets it go on; who leaves ends it."""
    port = int(base.rsplit(':', 1)[1])

    def made():
        return int(urllib.request.urlopen(base + '/flooded', timeout=60).read())

    def at_rest():
        before = made()
        for _ in range(200):
            time.sleep(0.25)
            now = made()
            if now == before:
                return now
            before = now
        raise replay_contract.Failure('the producer never waits')

    client = socket.create_connection(('127.0.0.1', port), 60)
    try:
        client.sendall(b'GET /flood HTTP/1.1\r\nHost: a\r\n\r\n')
        first = at_rest()
        require(0 < first < 64 * 1024 * 1024, 'made ahead of the client:', first)
        left = first + 8 * 1024 * 1024
        while left > 0:
            taken = client.recv(1 << 20)
            require(taken, 'the stream ended')
            left -= len(taken)
        second = at_rest()
        require(second > first, 'the producer does not go on', first, second)
    finally:
        client.close()
    at_rest()


def make_certificate(certificate, key):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
                   check=True, capture_output=True, timeout=60)


def renew(process, base, certificate, key, folder, log):
    """SIGHUP: new connections see the new certificate, open ones go on, broken files change nothing."""
    def hang_up(expected):
        with open(log, encoding='utf-8') as written:
            written.seek(0, os.SEEK_END)
            process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 60
            lines = ''
            while expected not in lines:
                require(time.monotonic() < deadline, 'no such line in the log:', expected, lines)
                time.sleep(0.02)
                lines += written.read()

    former, latter = os.path.join(folder, 'former.pem'), os.path.join(folder, 'latter.pem')
    shutil.copy(certificate, former)
    address = urllib.parse.urlsplit(base)
    early = http.client.HTTPSConnection(address.hostname, address.port, timeout=60, context=ssl.create_default_context(cafile=former))
    early.request('GET', '/text')
    require(early.getresponse().read() == b'Hello, world!', 'before SIGHUP')
    connection = early.sock
    make_certificate(latter, key)
    shutil.copy(latter, certificate)
    hang_up('certificate read again')
    require(fetched('--cacert', latter, base + '/text') == b'Hello, world!', 'the new certificate')
    require(curl('--cacert', former, base + '/text')[0] == 60, 'the former certificate is still there')
    with open(certificate, 'w', encoding='ascii') as broken:
        broken.write('nonsense')
    hang_up('the former certificate stays')
    shutil.copy(former, certificate)  # with the key of the other
    hang_up('the former certificate stays')
    require(fetched('--cacert', latter, base + '/text') == b'Hello, world!', 'the certificate before the broken ones')
    early.request('GET', '/text')
    require(early.getresponse().read() == b'Hello, world!' and early.sock is connection, 'an open connection after SIGHUP')
    early.close()


def tls(program, folder):
    certificate, key, log = (os.path.join(folder, name) for name in ('cert.pem', 'key.pem', 'tls.log'))
    make_certificate(certificate, key)
    settings = {'TLS_CERTIFICATE': certificate, 'TLS_KEY': key, 'LOG_LEVEL': 'info', 'LOG_ACCESS': 'off'}
    with open(log, 'wb') as output, running(program, output, **settings) as (process, base):
        require(fetched('--cacert', certificate, base + '/text') == b'Hello, world!', 'TLS')
        require(fetched('--cacert', certificate, '--tls-max', '1.2', base + '/large') == b'l' * 200_000, 'TLS 1.2')
        status, _, _ = curl(base + '/text')
        require(status == 60, 'a certificate that nobody signed', status)
        status, _, _ = curl(base.replace('https', 'http') + '/text')
        require(status != 0, 'plain text to a TLS port')
        renew(process, base, certificate, key, folder, log)


def wrk(base, folder):
    done = subprocess.run(['wrk', '-t2', '-c64', '-d3s', '--timeout', '100s', base + '/text'], capture_output=True, text=True, timeout=240)
    count = re.search(r'(\d+) requests in', done.stdout)
    require(done.returncode == 0 and count and int(count.group(1)) > 0, done.stdout, done.stderr)
    require('Socket errors' not in done.stdout and 'Non-2xx' not in done.stdout, done.stdout)
    # The server counted as many, but for those that the end of the run cut off.
    page = urllib.request.urlopen(base + '/metrics', timeout=60).read().decode()
    counted = sum(int(number) for number in re.findall(r'^http_requests_total\{method="GET",route="/text",.*\} (\d+)$', page, re.M))
    require(int(count.group(1)) <= counted, count.group(1), 'requests, but', counted, 'were counted')


def chromium(base, other, folder, node_folder):
    shutil.copy(os.path.join(SOURCES, 'browser.mjs'), node_folder)
    status, output = support.run(['node', 'browser.mjs', base, other, shutil.which('chromium') or 'chromium', folder],
                                 cwd=node_folder, timeout=300)
    require(status == 0, output[-4000:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--report')
    parser.add_argument('--build', required=True, help='the configured build tree')
    parser.add_argument('program')
    options = parser.parse_args()
    missing = [tool for tool in ('curl', 'wrk', 'openssl', 'node', 'chromium') if not shutil.which(tool)]
    if missing:
        sys.exit(f'not installed: {", ".join(missing)}')
    node_folder = os.path.join(os.path.abspath(options.build), 'openapi')
    openapi_test.prepare(node_folder)
    report = support.Report('clients')

    def check(name, work, *arguments):
        try:
            work(*arguments)
            report.add(name)
        except (replay_contract.Failure, OSError, ValueError, subprocess.SubprocessError, http.client.HTTPException) as failure:
            report.add(name, repr(failure) if not str(failure) else str(failure))

    with tempfile.TemporaryDirectory() as folder:
        files = os.path.join(folder, 'files')
        os.makedirs(files)
        for name in ('digits.bin', '.hidden'):
            with open(os.path.join(files, name), 'w', encoding='utf-8') as out:
                out.write('0123456789')

        def all_on_one_server():
            with serving(options.program, FILES=files) as base:
                for work in (curl_methods, curl_files, curl_cookies, curl_uploads, curl_large_bodies, curl_events, slow_reader, wrk):
                    check(work.__name__.replace('_', ' '), work, base, folder)

        def in_the_browser():
            with serving(options.program) as base, serving(options.program, ALLOWED_ORIGIN=base) as other:
                chromium(base, other, folder, node_folder)

        check('one server for all', all_on_one_server)
        check('curl, TLS', tls, options.program, folder)
        check('Chromium', in_the_browser)
    return report.finish(options.report)


if __name__ == '__main__':
    sys.exit(main())
