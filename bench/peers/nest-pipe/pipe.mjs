// The bodies of bench/validation through JSON.parse and NestJS's ValidationPipe, without a server around them.
import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { Type } from 'class-transformer';
import * as rules from 'class-validator';

const describe = (target, name, ...decorators) => decorators.forEach((decorate) => decorate(target.prototype, name));

class Owner {}
describe(Owner, 'name', rules.IsString(), rules.IsNotEmpty());
describe(Owner, 'email', rules.IsOptional(), rules.IsEmail());

class CreateCat {}
describe(CreateCat, 'name', rules.IsString(), rules.Length(2, 20));
describe(CreateCat, 'age', rules.IsInt(), rules.Min(0), rules.Max(30));
describe(CreateCat, 'temper', rules.IsIn(['calm', 'wild', 'shy']));
describe(CreateCat, 'email', rules.IsEmail());
describe(CreateCat, 'bornAt', Type(() => Date), rules.IsDate());
describe(CreateCat, 'owner', Type(() => Owner), rules.IsObject(), rules.ValidateNested());
describe(CreateCat, 'tags', rules.IsArray(), rules.ArrayMaxSize(3), rules.IsString({ each: true }),
  rules.MaxLength(10, { each: true }));
describe(CreateCat, 'website', rules.IsUrl());
describe(CreateCat, 'chip', rules.IsUUID('4'));
describe(CreateCat, 'price', rules.IsNumber({ maxDecimalPlaces: 2 }), rules.IsPositive());

const good = '{"name":"Mia","age":2,"temper":"shy","email":"mia@example.com","bornAt":"2022-02-03T00:00:00.000Z",' +
  '"owner":{"name":"Eve","email":"eve@example.com"},"tags":["a","b"],' +
  '"website":"https://example.com/cats/mia","chip":"ebe9ef96-9a84-4a2c-912f-20c2e6fffe72","price":12.5}';
const bad = '{"name":"M","age":"2","temper":"sad","email":"mia","bornAt":"soon","owner":{"name":""},' +
  '"tags":[1,2,3,4],"website":"x","chip":"1","price":-1.005}';

const pipe = new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true });
const metadata = { type: 'body', metatype: CreateCat };
const accept = async () => pipe.transform(JSON.parse(good), metadata);
const refuse = async () => pipe.transform(JSON.parse(bad), metadata).then(
  () => Promise.reject(new Error('taken')), (error) => error.getResponse().message);

async function measure(name, iterations, operation) {
  for (let i = 0; i < iterations; ++i) await operation();
  let best = Infinity;
  for (let round = 0; round < 30; ++round) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < iterations; ++i) await operation();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / iterations);
  }
  console.log(`${name.padEnd(58)} ${best.toFixed(0).padStart(9)} ns`);
}

const cat = await accept();
if (!(cat instanceof CreateCat) || !(cat.bornAt instanceof Date) || (await refuse()).length < 10) {
  throw new Error('the bodies do not give what they should');
}
await measure('NestJS: JSON.parse alone', 2000, async () => JSON.parse(good));
await measure('NestJS: parse and validate', 500, accept);
await measure('NestJS: parse and refuse a body with ten faults', 300, refuse);
