// Conversion of flat texts by type: path parameters, query strings, headers, cookies, forms.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <span>
#include <string_view>
#include <utility>

namespace roost::json {

/// Converts one decoded text into `out`, a constructed object of the described type. True when it
/// has the form of the type; otherwise adds issues (an empty path is the value itself).
///
/// - integers: `^-?[0-9]+$` (`01` is 1). A number with a fraction gives not_an_integer with a
///   number as raw value, one that does not fit gives out_of_range, all else wrong_type with the
///   string as raw value.
/// - floating: `1` `-1.5` `+1.5` `.5` `5.` `1e3`; no hexadecimal, white space, Infinity or NaN.
/// - bool: exactly `true` or `false`. Enumerators by their exact names. Timestamp, Uuid and other
///   text types by their own form. Strings as they are; wrong UTF-8 is invalid_text.
/// - sequences: split at commas, `a,b` (one level; an empty text is one empty element).
/// - optional types: as what they hold. Variants: the first alternative that fits.
/// - objects and maps have no flat form: wrong_type.
bool read_text(const reflect::TypeDescriptor& type, std::string_view text, void* out,
               Issues& issues);

/// A name and its decoded value.
using FormEntry = std::pair<std::string_view, std::string_view>;

/// Fills `object`, a constructed object of the described class, from names and values as `read`
/// does from members: missing, unknown and faulty ones are issues, paths start with the name.
/// A name may be repeated for a sequence (`tags=a&tags=b`, also with commas inside); for anything
/// else that is wrong_type with an array as raw value. Of `options` only `unknown_members` counts.
bool read_form(const reflect::TypeDescriptor& type, std::span<const FormEntry> entries,
               void* object, const ReadOptions& options, Issues& issues);

}  // namespace roost::json
