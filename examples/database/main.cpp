// Example "database": events in one table, on SQLite or PostgreSQL.
#include "app.module.hpp"
#include <roost/roost.hpp>

int main() { return roost::create<AppModule>().listen(); }
