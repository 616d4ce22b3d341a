// The rows of bench/orm with MikroORM, in the process of a Nest application without a server:
//
//   DB=sqlite SQLITE_FILE=:memory: node --expose-gc dist/rows/main.js graph|items [rounds]
//
// Every unit of work has an entity manager of its own, as every request has in Nest.
import 'reflect-metadata';
import { MikroORM } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { driverOptions, EntityManager } from '../orm.js';
import { Author, Book, Item, Line, Order, Tag } from './entities.js';
import { graph } from './graph.js';
import { items } from './items.js';

@Module({})
class RowsModule {}

const [which, rounds] = [process.argv[2], Number(process.argv[3] ?? 2_000)];
const options = { ...(await driverOptions(process.env.DB ?? 'sqlite')), entities: [Author, Book, Tag, Order, Line, Item] };
const app = await NestFactory.createApplicationContext(
  { module: RowsModule, imports: [MikroOrmModule.forRoot(options as never)] },
  { logger: ['error', 'warn'] },
);
const schema = app.get(MikroORM).getSchemaGenerator();
await schema.refreshDatabase();
await (which === 'graph' ? graph : items)(app.get(EntityManager), rounds);
// A database in memory goes with the process.
if (process.env.DB === 'pg') await schema.dropSchema();
await app.close();
