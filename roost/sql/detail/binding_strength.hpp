// How tightly the operators of SQL bind: for the renderer.
#pragma once

namespace roost::db::detail::binds {

// Operands that bind less tightly than their operator asks for stand in parentheses.
inline constexpr int binds_any = 1;
inline constexpr int binds_all = 2;
inline constexpr int binds_comparison = 4;
inline constexpr int binds_concatenation = 5;
inline constexpr int binds_sum = 6;
inline constexpr int binds_product = 7;
inline constexpr int binds_most = 9;

}  // namespace roost::db::detail::binds
