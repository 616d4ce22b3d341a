// The probe: an application that shows every mapping between HTTP and a handler.
#include "probe_controller.hpp"
#include <roost/roost.hpp>

int main() {
  return roost::create<probe::ProbeModule>(roost::ApplicationOptions().access_log(false)).listen();
}
