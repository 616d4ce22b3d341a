#!/usr/bin/env python3
"""Builds and runs the tests: `run.py complete` is `make test`, `run.py quick` is `make check`.

Ends with a line "N passed, N failed", which counts the cases inside each test program. Exit status 0 only
when everything was built, something ran and nothing failed.
"""
import os
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JOBS = os.environ.get('JOBS') or str(os.cpu_count() or 2)
# One more than processors, because some tests mostly wait: for timers, for PostgreSQL, for slow clients.
TESTS_AT_ONCE = str(int(JOBS) + 1)

# preset, targets to build, which ctest entries to run
COMPLETE = [
    ('debug', ['all'], []),
    ('release', ['libraries', 'examples', 'servers'], ['-L', 'release']),
    ('tsan', ['concurrency_tests'], ['-L', 'concurrency']),
]
QUICK = [
    ('debug', ['all'], ['-LE', 'slow|postgres|concurrency']),
]


def run(title, command, **options):
    """Runs a step of the run; returns whether it succeeded."""
    start = time.monotonic()
    print(f'--- {title}', flush=True)
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, **options).returncode
    print(f'--- {title}: {"done" if status == 0 else "FAILED"} in {time.monotonic() - start:.0f} s', flush=True)
    return status == 0


def cases_of(build, name, passed):
    """(passed, failed, skipped) of one ctest entry: its own report if it wrote one, else the entry itself."""
    try:
        root = xml.etree.ElementTree.parse(os.path.join(build, 'reports', name + '.xml')).getroot()
        total, skipped = int(root.get('tests', 0)), int(root.get('disabled', 0))
        failed = int(root.get('failures', 0)) + int(root.get('errors', 0))
        skipped += len(root.findall('.//skipped'))
    except (OSError, ValueError, xml.etree.ElementTree.ParseError):
        return (1, 0, 0) if passed else (0, 1, 0)
    if not passed and failed == 0:
        failed = 1  # crashed, timed out, or a sanitizer spoke up after the last case
    return max(total - failed - skipped, 0), failed, skipped


def count(build, junit):
    """Sums the cases of all ctest entries in the report of one ctest run."""
    sums, broken = [0, 0, 0], []
    try:
        entries = xml.etree.ElementTree.parse(junit).getroot().findall('testcase')
    except (OSError, xml.etree.ElementTree.ParseError):
        entries = []
    for entry in entries:
        status = entry.get('status')
        if status in ('notrun', 'disabled'):
            if entry.find('skipped') is not None and 'SKIP' in (entry.find('skipped').get('message') or ''):
                sums[2] += 1
                continue
        cases = cases_of(build, entry.get('name'), status == 'run')
        sums = [before + more for before, more in zip(sums, cases)]
        if cases[1]:
            broken.append(f'{entry.get("name")} ({cases[1]} failed)')
    return sums, broken


def stage(preset, targets, selection):
    """Configures, builds and tests one preset; returns (passed, failed, names of what failed)."""
    build = os.path.join(ROOT, 'build', preset)
    reports = os.path.join(build, 'reports')
    if not run(f'{preset}: configure', ['cmake', '--preset', preset, '--log-level=WARNING', '-DROOST_STRICT=ON'],
               stdout=subprocess.DEVNULL):  # what went wrong comes on the other stream
        return 0, 1, [f'{preset}: configure']
    if not run(f'{preset}: build', ['cmake', '--build', build, '-j', JOBS, '--target', *targets]):
        return 0, 1, [f'{preset}: build']
    os.makedirs(reports, exist_ok=True)
    for name in os.listdir(reports):
        os.remove(os.path.join(reports, name))
    junit = os.path.join(reports, 'ctest.xml')
    succeeded = run(f'{preset}: test', ['ctest', '--test-dir', build, '-j', TESTS_AT_ONCE, '--output-on-failure', '--no-tests=ignore',
                                        '--output-junit', junit, *selection])
    (passed, failed, skipped), broken = count(build, junit)
    if not succeeded and failed == 0:
        failed, broken = 1, ['ctest itself']
    print(f'=== {preset}: {passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''), flush=True)
    return passed, failed, [f'{preset}: {name}' for name in broken]


def main():
    if sys.argv[1:] not in (['complete'], ['quick']):
        sys.exit(__doc__)
    start = time.monotonic()
    passed, failed, broken = 0, 0, []
    for preset, targets, selection in COMPLETE if sys.argv[1] == 'complete' else QUICK:
        results = stage(preset, targets, selection)
        passed, failed, broken = passed + results[0], failed + results[1], broken + results[2]
    print(f'took {time.monotonic() - start:.0f} s')
    for name in broken:
        print(f'FAILED {name}')
    print(f'{passed} passed, {failed} failed', flush=True)
    return 1 if failed or passed == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
