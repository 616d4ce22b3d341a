// What is in a ModuleDef. Read by the container and by rooms that keep something with modules;
// users' files do not need it.
#pragma once

#include <roost/di/module_def.hpp>

#include <memory>
#include <vector>

namespace roost::di {

/// A provider of one module: its shape, and the value or factory given for it, if any.
struct ProviderRecord {
  const ProviderShape* shape = nullptr;
  SharedObject state;
};

/// A controller of one module. `attachment` is whatever the component that lists controllers keeps
/// for it (the web component: its route table) and must live as long as the program.
struct ControllerRecord {
  const ProviderShape* shape = nullptr;
  const void* attachment = nullptr;
};

/// Something that another room keeps with a module: guards of its controllers, middleware … The
/// room that put it there knows the type of `value`.
struct ModuleAttachment {
  TypeId kind;
  std::shared_ptr<const void> value;
};

/// The contents of a ModuleDef. Order matters in every list.
struct ModuleData {
  TypeId type;
  bool is_global = false;
  std::vector<ModuleImport> imports;
  std::vector<ModuleExport> exports;
  std::vector<ProviderRecord> providers;
  std::vector<ControllerRecord> controllers;
  /// The module class itself when it has a constructor to call or hooks; else null.
  const ProviderShape* module_class = nullptr;
  std::vector<ModuleAttachment> attached;
};

}  // namespace roost::di
