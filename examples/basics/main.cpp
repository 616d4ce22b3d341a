// Example "basics": a backend for cats that keeps them in memory.
#include "app.module.hpp"
#include <roost/roost.hpp>

int main() { return roost::create<AppModule>().listen(); }
