#!/bin/bash
# The house rule of lengths: no source file of more than 1,000 lines, and no C++ function of more than 120, from its
# opening to its closing brace, unless a comment right above it says "More than 120 lines, because ...".
#
#   lengths.sh FOLDER...    every file that breaks the rule, a line each; exit 1 if there is one
#   lengths.sh --self-test  whether the check sees what it should
#
# Functions are found by the layout that clang-format gives: a brace that opens a block stands on a line of its own,
# and the one that closes it has the same indentation.
set -euo pipefail
export LC_ALL=C

largest_file=1000
largest_function=120

# long_functions FILE...: those that are too long, as "FILE:LINE: ...".
long_functions()
{
  awk -v largest="$largest_function" '
    function indentation(text) { match(text, /^ */); return RLENGTH }
    FNR == 1 { inside = 0; type = 0; space = 0; reason = 0; name = "" }
    inside {
      if (substr($0, 1, indent + 1) == blanks "}") {
        inside = 0
        lines = FNR - start + 1
        if (lines > largest && !reason)
          printf "%s:%d: %s has %d lines; at most %d, or the reason beside it\n", FILENAME, start, name, lines, largest
        type = space = reason = 0
        name = ""
      }
      next
    }
    # What follows may belong to a function: its comment, its template parameters, its name and its parameters.
    /^ *(\/\/|\/\*|\*)/ { reason = reason || /More than 120 lines, because ./; next }
    /^ *\{$/ {
      if (!type && !space) {
        inside = 1
        start = FNR
        indent = indentation($0)
        blanks = sprintf("%" indent "s", "")
      } else {
        type = space = reason = 0
        name = ""
      }
      next
    }
    # Initialisers of a constructor may end in a brace.
    /^ *[:,] / { next }
    /^ *$/ || /[;{}]$/ || /^ *}/ || /^ *#/ || /^ *(public|protected|private):$/ {
      type = space = reason = 0
      name = ""
      next
    }
    /^ *(class|struct|union|enum)( |$)/ { type = 1 }
    /^ *(inline )?namespace( |$)/ || /^extern "C"/ { space = 1 }
    name == "" && match($0, /[A-Za-z_~][A-Za-z0-9_:<>, ~]*\(/) { name = substr($0, RSTART, RLENGTH) "...)" }
  ' "$@"
}

# check FOLDER...
check()
{
  local file lines wrong=0 number=0
  local sources=()
  while IFS= read -r file; do
    number=$((number + 1))
    lines=$(wc -l < "$file")
    if [ "$lines" -gt "$largest_file" ]; then
      echo "$file: $lines lines; at most $largest_file"
      wrong=1
    fi
    case $file in
      *.h | *.hxx | *.cxx) sources+=("$file") ;;
    esac
  done < <(find "$@" -type f -regextype posix-extended -regex '.*(\.(h|hxx|cxx|py|sh|cmake|wrap)|/CMakeLists\.txt)' | sort)
  if [ ${#sources[@]} = 0 ]; then
    echo "lengths.sh: no source in $*" >&2
    return 1
  fi
  local found
  found=$(long_functions "${sources[@]}")
  if [ -n "$found" ]; then
    echo "$found"
    wrong=1
  fi
  echo "$number files looked at"
  return "$wrong"
}

# body INDENTATION LINES: a block with loops, a lambda and a local type, of so many lines.
body()
{
  local pad i
  pad=$(printf '%*s' "$1" '')
  echo "${pad}{"
  echo "${pad}  struct Local"
  echo "${pad}  {"
  echo "${pad}    int x;"
  echo "${pad}  };"
  echo "${pad}  for (int i = 0; i < 3; ++i)"
  echo "${pad}  {"
  echo "${pad}    const auto f = [&](int j) {"
  echo "${pad}      g(j);"
  echo "${pad}    };"
  echo "${pad}  }"
  for ((i = 12; i < $2; ++i)); do
    echo "${pad}  h($i);"
  done
  echo "${pad}}"
}

self_test()
{
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  {
    printf '%s\n' 'namespace itk' '{' 'namespace' '{' '' 'enum class Kind' '{' '  One' '};' ''
    printf '%s\n' 'int' 'FreeLong(int a)'
    body 0 121
    printf '%s\n' '' 'int' 'FreeShort(int a)'
    body 0 120
    printf '%s\n' '' 'template <typename T>' 'auto' 'Made<T>::TemplateLong(const T & a,' '  int b) const -> T'
    body 0 130
    printf '%s\n' '' 'Made::ConstructorLong(int a)' '  : m_A(a)' '  , m_B{ a }'
    body 0 125
    # A type may be long; its functions may not.
    printf '%s\n' '' '/** A type. */' 'class Big : public Small' '{' 'public:'
    printf '  int m_X%s;\n' {1..130}
    printf '%s\n' '  int' '  MemberLong()'
    body 2 140
    printf '%s\n' '  struct Nested' '  {' '    void' '    NestedLong() const'
    body 4 150
    printf '%s\n' '  };' '  int' '  MemberShort()'
    body 2 20
    printf '%s\n' '};' '' '/** Does it all.' ' * More than 120 lines, because a table would be longer. */' 'void' 'ReasonLong()'
    body 0 300
    printf '%s\n' '' 'void' 'AfterReasonLong()'
    body 0 122
    printf '%s\n' '' '} // namespace' '} // namespace itk' '' 'TEST(Big, IsLong)'
    body 0 123
  } > "$folder/sample.cxx"
  local expected='AfterReasonLong 122
ConstructorLong 125
FreeLong 121
MemberLong 140
NestedLong 150
TEST 123
TemplateLong 130'
  local found
  found=$(long_functions "$folder/sample.cxx" |
    sed -E 's/^[^ ]* (.*[:> ])?([A-Za-z]+)\(\.\.\.\) has ([0-9]+) .*/\2 \3/' | sort)
  if [ "$found" != "$expected" ]; then
    printf 'lengths.sh finds\n%s\ninstead of\n%s\n' "$found" "$expected" >&2
    return 1
  fi
  if check "$folder" > /dev/null; then
    echo 'lengths.sh takes a file with long functions' >&2
    return 1
  fi
  rm "$folder/sample.cxx"
  seq 1000 > "$folder/sample.h"
  check "$folder" > /dev/null
  seq 1001 > "$folder/sample.h"
  if check "$folder" > /dev/null; then
    echo 'lengths.sh takes a file of 1,001 lines' >&2
    return 1
  fi
  echo 'The check sees what it should.'
}

if [ "${1:-}" = --self-test ]; then
  self_test
else
  check "$@"
fi
