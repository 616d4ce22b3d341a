#!/usr/bin/env python3
"""Sends requests that get in each other's way to the example `relationships`, at the same time, over HTTP.

    races.py [--rounds=200] [--env=DATABASE_URL={postgres}] build/release/bin/relationships

Each race has a list of answers that its requests may get; 500 is in none. What they leave behind is looked at as well.
"""
import argparse
import http.client
import sys
import threading

import oversell
import support


def at_once(clients, requests):
    """[(request, status, answer)] of requests that are sent together."""
    start, answers = threading.Barrier(len(requests)), []

    def send(client, request):
        start.wait(oversell.SECONDS)
        try:
            answers.append((request, *client.send(*request)))
        except (OSError, http.client.HTTPException) as error:
            answers.append((request, 0, {'message': repr(error)}))

    threads = [threading.Thread(target=send, args=pair) for pair in zip(clients, requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def unexpected(answers, allowed):
    """`allowed`: the statuses by the method of the request."""
    return [f'{request[0]} {request[1]} answered {status}: {answer}'
            for request, status, answer in answers if status not in allowed[request[0]]]


def new_user(client, number, profile):
    body = {'email': f'racer{number}@example.com', 'name': f'Racer {number}'}
    return client.made('/users', {**body, 'profile': {'bio': f'of {number}'}} if profile else body)


def new_event(client, number, **members):
    return client.made('/events', {'title': f'race {number}', 'startsAt': '2027-05-01T10:00:00Z', 'capacity': 50, **members})


def profiles(clients, number):
    user = new_user(clients[0], f'{number}p', number % 2 == 0)
    found = unexpected(at_once(clients, [('PUT', f'/users/{user}/profile', {'bio': str(i)}) for i in range(6)]), {'PUT': [200]})
    profile = clients[0].send('GET', f'/users/{user}?populate=profile')[1]['profile']
    if profile['bio'] not in [str(i) for i in range(6)]:
        found.append(f'user {user} ended with {profile}')
    return found


def swaps(clients, number):
    one, other = new_user(clients[0], f'{number}a', True), new_user(clients[0], f'{number}b', number % 2 == 0)
    before = [clients[0].send('GET', f'/users/{user}?populate=profile')[1]['profile'] for user in (one, other)]
    requests = [('POST', f'/users/{pair[0]}/profile/swap', {'userId': pair[1]}) for pair in [(one, other), (other, one)] * 3]
    found = unexpected(at_once(clients, requests), {'POST': [200]})
    after = [clients[0].send('GET', f'/users/{user}?populate=profile')[1]['profile'] for user in (one, other)]
    bios = [[profile and profile['bio'] for profile in both] for both in (before, after)]
    if bios[0] != bios[1]:
        found.append(f'six swaps made {bios[1]} of {bios[0]}')
    return found


def users(clients, number):
    user = new_user(clients[0], f'{number}u', number % 2 == 0)
    body = {'email': f'other{number}@example.com', 'name': 'Other'}
    requests = [('PUT', f'/users/{user}', {**body, 'profile': {'bio': str(i)}}) for i in range(3)]
    requests += [('PATCH', f'/users/{user}', {'profile': {'bio': str(i)}}) for i in range(3)]
    return unexpected(at_once(clients, requests), {'PUT': [200], 'PATCH': [200]})


def venues(clients, number):
    venue = clients[0].made('/venues', {'name': f'Venue {number}', 'city': 'Basel', 'capacity': 100})
    requests = [('POST', '/events', {'title': f'race {number}.{i}', 'startsAt': '2027-05-01T10:00:00Z', 'venueId': venue}) for i in range(4)]
    return unexpected(at_once(clients, [('DELETE', f'/venues/{venue}', None), *requests]), {'DELETE': [204, 409], 'POST': [201, 404]})


def tags(clients, number):
    name = f'tag-{number}'
    tag, event = clients[0].made('/tags', {'name': name}), new_event(clients[0], f'{number}t')
    requests = [('POST', f'/events/{event}/tags/{name}', None), ('PUT', f'/events/{event}/tags', {'tags': [name]})]
    return unexpected(at_once(clients, [('DELETE', f'/tags/{tag}', None), *requests]),
                      {'DELETE': [204, 409], 'POST': [200, 201, 409], 'PUT': [200, 409]})


def new_tags(clients, number):
    names = [f'new-{number}-{i}' for i in range(16)]
    requests = [('POST', '/events', {'title': f'tagged {number}.{i}', 'startsAt': '2027-05-01T10:00:00Z', 'tags': names[::1 - i % 2 * 2]})
                for i in range(6)]
    return unexpected(at_once(clients, requests), {'POST': [201]})


def deletions(clients, number):
    event, user = new_event(clients[0], f'{number}d'), new_user(clients[0], f'{number}d', False)
    requests = [('PATCH', f'/events/{event}', {'capacity': 60}), ('POST', f'/events/{event}/tags/late', None),
                ('POST', f'/events/{event}/registrations', {'userId': user, 'seats': 1})]
    return unexpected(at_once(clients, [('DELETE', f'/events/{event}', None), *requests]),
                      {'DELETE': [204, 404], 'PATCH': [200, 404, 409], 'POST': [200, 201, 404, 409]})


def leavers(clients, number):
    event, user = new_event(clients[0], f'{number}l'), new_user(clients[0], f'{number}l', True)
    return unexpected(at_once(clients, [('DELETE', f'/users/{user}', None),
                                        ('POST', f'/events/{event}/registrations', {'userId': user, 'seats': 1})]),
                      {'DELETE': [204, 409], 'POST': [201, 404]})


def replacements(clients, number):
    event, user = new_event(clients[0], f'{number}r'), new_user(clients[0], f'{number}r', True)
    return unexpected(at_once(clients, [('DELETE', f'/users/{user}', None),
                                        ('PUT', f'/events/{event}/registrations', {'registrations': [{'userId': user, 'seats': 1}]})]),
                      {'DELETE': [204, 409], 'PUT': [200, 404]})


def imports(clients, number):
    user, names = new_user(clients[0], f'{number}i', True), [f'imported-{number}-{i}' for i in range(8)]
    tag = clients[0].made('/tags', {'name': names[0]})
    documents = [{'events': [{'title': f'imported {number}.{i}', 'startsAt': '2027-05-01T10:00:00Z', 'tags': names[::1 - i % 2 * 2],
                              'registrations': [{'email': f'racer{number}i@example.com'}]}]} for i in range(4)]
    return unexpected(at_once(clients, [('DELETE', f'/users/{user}', None), ('DELETE', f'/tags/{tag}', None),
                                        *(('POST', '/import', document) for document in documents)]),
                      {'DELETE': [204, 409], 'POST': [201, 400, 409]})


def same_deletions(clients, number):
    client = clients[0]
    user, event = new_user(client, f'{number}s', True), new_event(client, f'{number}s', tags=[f'same-{number}'])
    venue = client.made('/venues', {'name': f'Same {number}', 'city': 'Basel', 'capacity': 100})
    registration = client.made(f'/events/{event}/registrations', {'userId': user})
    tag = client.made('/tags', {'name': f'other-{number}'})
    paths = [f'/events/{event}/tags/same-{number}', f'/events/{event}/registrations/{registration}', f'/users/{user}/profile',
             f'/users/{user}', f'/venues/{venue}', f'/tags/{tag}', f'/events/{event}']
    # Who deletes what somebody else deletes at the same time may hear that it is gone, or that it was not there.
    return [line for path in paths for line in unexpected(at_once(clients, [('DELETE', path, None)] * 4), {'DELETE': [204, 404]})]


RACES = [profiles, swaps, users, venues, tags, new_tags, deletions, leavers, replacements, imports, same_deletions]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=12)
    parser.add_argument('--env', action='append', default=[])
    parser.add_argument('program')
    parser.add_argument('--report')
    arguments = parser.parse_args()
    report = support.Report('races')
    with oversell.running(arguments.program, arguments.env) as port:
        clients = [oversell.Client(port) for _ in range(6)]
        for race in RACES:
            found = [line for number in range(arguments.rounds) for line in race(clients, number)]
            report.add(f'{race.__name__}, {arguments.rounds} times', '\n'.join(found[:20]) or None)
    return report.finish(arguments.report)


if __name__ == '__main__':
    sys.exit(main())
