#include "users/users.module.hpp"

#include "users/users.controller.hpp"
#include "users/users.service.hpp"

roost::ModuleDef UsersModule::define() {
  return roost::module<UsersModule>(roost::controllers<UsersController>(),
                                    roost::providers<UsersService>());
}
