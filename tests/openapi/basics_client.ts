// A client that was generated from the document of the example "basics" drives the example. That it
// compiles is half of the test: names and types come from the document.
import createClient from 'openapi-fetch';

import type { components, paths } from './basics_schema.js';

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });

function expect(condition: boolean, what: string, got: unknown): asserts condition {
  if (!condition) throw new Error(`${what}: ${JSON.stringify(got)}`);
}

const mia: components['schemas']['CreateCat'] = {
  name: 'Mia',
  age: 2,
  temper: 'shy',
  email: 'mia@example.com',
  bornAt: '2023-05-06T07:08:09.000Z',
  owner: { name: 'Eve', email: null },
  tags: ['grey'],
};

const created = await client.POST('/cats', { body: mia });
expect(created.response.status === 201 && created.data !== undefined, 'a cat is created', created.error);
const id: number = created.data.id;
expect(created.data.bornAt === mia.bornAt, 'the time comes back', created.data);

const page = await client.GET('/cats', { params: { query: { limit: 1, temper: 'shy' } } });
expect(page.data?.items[0]?.name === 'Mia' && page.data.total === 1, 'the list is filtered', page);

const found = await client.GET('/cats/search', { params: { query: { tags: ['grey', 'black'] } } });
expect(found.data?.some((cat) => cat.id === id) === true, 'lists are sent in a query', found);

const patched = await client.PATCH('/cats/{id}', { params: { path: { id } }, body: { age: 3 } });
expect(patched.data?.age === 3 && patched.data.name === 'Mia', 'a patch changes what it has', patched);

const refused = await client.POST('/cats', { body: { ...mia, age: 300 } });
expect(refused.error?.statusCode === 400, 'a broken rule is refused', refused);
expect(JSON.stringify(refused.error.message).includes('age'), 'and named', refused.error);

const gone = await client.DELETE('/cats/{id}', { params: { path: { id } } });
expect(gone.response.status === 204, 'a cat leaves', gone);
const missing = await client.GET('/cats/{id}', { params: { path: { id } } });
expect(missing.response.status === 404 && missing.error !== undefined, 'and is gone', missing);

// @ts-expect-error: the document knows the values of an enumeration
const unknown: components['schemas']['Temper'] = 'angry';
// @ts-expect-error: and what is required
const nameless: components['schemas']['CreateCat'] = { age: 3 };
void [unknown, nameless];
console.log('driven');
