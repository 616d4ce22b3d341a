// The entities of bench/orm: the same tables, columns and relations.
import { Collection, Entity, ManyToMany, ManyToOne, OneToMany, PrimaryKey, Property, type Rel } from '../orm.js';

@Entity({ tableName: 'tags' })
export class Tag {
  @PrimaryKey()
  id!: number;

  @Property({ type: 'text' })
  name!: string;
}

@Entity({ tableName: 'authors' })
export class Author {
  @PrimaryKey()
  id!: number;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  email!: string;

  @OneToMany(() => Book, (book) => book.author)
  books = new Collection<Book>(this);
}

@Entity({ tableName: 'books' })
export class Book {
  @PrimaryKey()
  id!: number;

  @Property({ type: 'text' })
  title!: string;

  @Property({ type: 'integer' })
  price!: number;

  @ManyToOne(() => Author, { index: true })
  author!: Rel<Author>;

  @ManyToMany(() => Tag)
  tags = new Collection<Tag>(this);
}

@Entity({ tableName: 'orders' })
export class Order {
  @PrimaryKey()
  id!: number;

  @Property({ type: 'text' })
  customer!: string;

  @OneToMany(() => Line, (line) => line.order)
  lines = new Collection<Line>(this);
}

@Entity({ tableName: 'lines' })
export class Line {
  @PrimaryKey()
  id!: number;

  @ManyToOne(() => Order)
  order!: Rel<Order>;

  @Property({ type: 'text' })
  product!: string;

  @Property({ type: 'integer' })
  quantity!: number;
}

@Entity({ tableName: 'items' })
export class Item {
  @PrimaryKey()
  id!: number;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  description!: string;

  @Property({ type: 'integer' })
  number = 0;

  @Property({ type: 'integer' })
  capacity = 0;

  @Property({ type: 'double' })
  price = 0;

  @Property({ type: 'boolean' })
  active = false;

  @Property()
  created: Date = new Date(0);

  @Property()
  changed: Date = new Date(0);
}
