// A client that was generated from the document of the example "relationships" drives the example.
import createClient from 'openapi-fetch';

import type { components, paths } from './relationships_schema.js';

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });

function expect(condition: boolean, what: string, got: unknown): asserts condition {
  if (!condition) throw new Error(`${what}: ${JSON.stringify(got)}`);
}

const venue = await client.POST('/venues', { body: { name: 'Town hall', city: 'Bern', capacity: 120 } });
expect(venue.data !== undefined, 'a venue is created', venue.error);

const user = await client.POST('/users', {
  body: { email: 'ann@example.com', name: 'Ann', profile: { bio: 'Likes chess', socials: {} } },
});
expect(user.data !== undefined, 'a user is created', user.error);

const event = await client.POST('/events', {
  body: {
    title: 'Chess night',
    startsAt: '2031-02-03T18:00:00.000Z',
    capacity: 10,
    status: 'published',
    venueId: venue.data.id,
    tags: ['chess', 'night'],
  },
});
expect(event.data !== undefined && event.data.version === 1, 'an event is created', event.error);
const id: number = event.data.id;

const registered = await client.POST('/events/{id}/registrations', {
  params: { path: { id } },
  body: { userId: user.data.id, seats: 2 },
});
expect(registered.response.status === 201, 'Ann is registered', registered.error);

const shown = await client.GET('/events/{id}', {
  params: { path: { id }, query: { populate: ['venue', 'tags', 'registrations.user'] } },
});
expect(shown.data !== undefined, 'the event is shown', shown.error);
const place = shown.data.venue;
expect(typeof place === 'object' && place !== null && place.city === 'Bern', 'with its venue', place);
const names = shown.data.tags?.map((tag) => (typeof tag === 'object' ? tag.name : tag)) ?? [];
expect(names.includes('chess') && names.length === 2, 'its tags', shown.data.tags);
const first = shown.data.registrations?.[0];
expect(typeof first === 'object' && first.seats === 2, 'and who is registered', first);

const list = await client.GET('/events', { params: { query: { city: 'Bern', sort: ['-startsAt'], limit: 5 } } });
expect(list.data?.total === 1, 'events are found through their venue', list);

const twice = await client.POST('/events/{id}/registrations', {
  params: { path: { id } },
  body: { userId: user.data.id, seats: 1 },
});
expect(twice.response.status === 409 && twice.error !== undefined, 'nobody registers twice', twice);
expect(typeof twice.error.message === 'string', 'and is told so', twice.error);

const gone = await client.DELETE('/events/{id}', { params: { path: { id } } });
expect(gone.response.status === 204, 'the event is cancelled', gone);

// @ts-expect-error: the document knows the values of an enumeration
const unknown: components['schemas']['EventStatus'] = 'postponed';
void unknown;
console.log('driven');
