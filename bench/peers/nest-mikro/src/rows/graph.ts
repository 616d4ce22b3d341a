// The rows of bench/orm/graph_bench.cpp.
import { EntityManager } from '../orm.js';
import { Author, Book, Line, Order, Tag } from './entities.js';
import { measure, report, Stopwatch } from './report.js';

const authors = 10_000;
const booksOfEach = 8;
const tags = 10_000;

async function importGraph(em: EntityManager): Promise<void> {
  const all: Tag[] = [];
  for (let i = 1; i <= tags; ++i) all.push(em.create(Tag, { name: `tag ${i}` }));
  let id = 0;
  for (let i = 1; i <= authors; ++i) {
    const author = em.create(Author, { name: `author ${i}`, email: `${i}@example.com` });
    for (let k = 0; k < booksOfEach; ++k) {
      ++id;
      const book = em.create(Book, { title: `book ${id}`, price: k, author });
      book.tags.add(all[id % tags], all[(id + 7) % tags]);
    }
  }
  await em.flush();
}

export async function graph(em: EntityManager, rounds: number): Promise<void> {
  const watch = new Stopwatch();
  await importGraph(em.fork());
  report('import of 100,000 entities, 160,000 pairs', watch.each(1));
  // Without it PostgreSQL plans for empty tables until it looks by itself.
  await em.getConnection().execute('analyze');

  const one = (round: number) => (round % authors) + 1;
  await measure('find by two conditions, order, limit', rounds, (round) =>
    em.fork().find(Book, { author: one(round), price: { $lt: 3 } }, { orderBy: { price: 'asc' }, limit: 2, disableIdentityMap: true }),
  );
  for (const readOnly of [false, true]) {
    const name = `author -> 8 books -> tags, ${readOnly ? 'read-only' : 'tracked'}`;
    await measure(name, rounds, async (round) => {
      const author = await em.fork().findOneOrFail(Author, one(round), { populate: ['books.tags'], disableIdentityMap: readOnly });
      const pairs = author.books.getItems().reduce((sum, book) => sum + book.tags.getItems().length, 0);
      if (pairs !== 2 * booksOfEach) throw new Error(`${pairs} pairs`);
    });
  }
  await measure('order with 5 lines, one transaction', rounds, async () => {
    const own = em.fork();
    const order = own.create(Order, { customer: 'customer' });
    for (let k = 0; k < 5; ++k) order.lines.add(own.create(Line, { order, product: 'product', quantity: k }));
    await own.flush();
  });
}
