// The rows of bench/orm/orm_bench.cpp.
import { EntityManager } from '../orm.js';
import { Item } from './entities.js';
import { measure, report, reportBytes, Stopwatch } from './report.js';

const rowCount = 10_000;

async function memoryInUse(): Promise<number> {
  for (let i = 0; i < 4; ++i) {
    (globalThis as unknown as { gc(): void }).gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What one item takes as an object, without any manager. */
async function memoryOfBareItems(items: Item[]): Promise<number> {
  const before = await memoryInUse();
  const copies = items.map((item) => ({ ...item, name: ` ${item.name}`.slice(1), created: new Date(item.created), changed: new Date(item.changed) }));
  const used = (await memoryInUse()) - before;
  if (copies.length !== rowCount) throw new Error('the copies must live until here');
  return used / rowCount;
}

async function finds(em: EntityManager, rounds: number): Promise<void> {
  const one = (round: number) => (round % rowCount) + 1;
  await measure('find_one by key, tracked, new manager', rounds, (round) => em.fork().findOneOrFail(Item, one(round)));
  await measure('find_one by key, read-only, new manager', rounds, (round) =>
    em.fork().findOneOrFail(Item, one(round), { disableIdentityMap: true }),
  );
}

async function many(root: EntityManager): Promise<void> {
  await root.fork().find(Item, {});
  const em = root.fork();
  const before = await memoryInUse();
  let watch = new Stopwatch();
  const items = await em.find(Item, {});
  report('find 10,000 tracked, each', watch.each(rowCount));
  const managed = ((await memoryInUse()) - before) / rowCount;
  const bare = await memoryOfBareItems(items);
  reportBytes('the entity itself, with its texts', bare);
  reportBytes('memory of a managed entity over that', managed - bare);
  await em.flush();
  watch = new Stopwatch();
  for (let i = 0; i < 20; ++i) await em.flush();
  report('empty flush with 10,000 managed', watch.each(20));
  items[7].number += 1;
  watch = new Stopwatch();
  await em.flush();
  report('flush of 1 change among 10,000', watch.each(1));
  for (const item of items) item.number += 1;
  watch = new Stopwatch();
  await em.flush();
  report('flush of 10,000 changes, each', watch.each(rowCount));
  watch = new Stopwatch();
  const same = await root.fork().find(Item, {}, { disableIdentityMap: true });
  report('find 10,000 read-only, each', watch.each(same.length));
}

export async function items(root: EntityManager, rounds: number): Promise<void> {
  const em = root.fork();
  const watch = new Stopwatch();
  for (let i = 0; i < rowCount; ++i) {
    em.create(Item, { name: `name of item ${i}`, description: 'a text of some forty characters, or so', number: i } as Item);
  }
  await em.flush();
  report('insert 10,000, each', watch.each(rowCount));
  await finds(root, rounds);
  await many(root);
}
