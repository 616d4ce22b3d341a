// How the rows of bench/orm are taken and printed; bench/orm/nest_mikro.py reads the lines.

/** Microseconds on the clock and of the processor time of the whole process, from its construction. */
export class Stopwatch {
  private readonly start = process.hrtime.bigint();
  private readonly processor = process.cpuUsage();

  each(count: number): { wall: number; processor: number } {
    const wall = Number(process.hrtime.bigint() - this.start) / 1000;
    const { user, system } = process.cpuUsage(this.processor);
    return { wall: wall / count, processor: (user + system) / count };
  }
}

export function report(what: string, { wall, processor }: { wall: number; processor: number }): void {
  const figure = (value: number) => value.toFixed(2).padStart(12);
  console.log(`${what.padEnd(46)} ${'mikro'.padEnd(8)} ${figure(wall)} us ${figure(processor)} us cpu`);
}

export function reportBytes(what: string, bytes: number): void {
  console.log(`${what.padEnd(46)} ${'mikro'.padEnd(8)} ${bytes.toFixed(0).padStart(12)} bytes`);
}

/** Some before, so that the code is compiled and caches are filled. */
export async function measure(what: string, rounds: number, run: (round: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < Math.max(rounds / 10, 1000); ++i) await run(i);
  const watch = new Stopwatch();
  for (let i = 0; i < rounds; ++i) await run(i);
  report(what, watch.each(rounds));
}
