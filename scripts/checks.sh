# shellcheck shell=bash
# How scripts that try the program out report what they have seen; sourced.

failures=0
ok() { echo "ok       $*"; }
failed() {
  echo "FAILED   $*"
  failures=$((failures + 1))
}

# check WHAT COMMAND…: the command must succeed; its last lines are shown if it does not.
check() {
  local what=$1 answer
  shift
  if answer=$("$@" 2>&1); then ok "$what"; else failed "$what: $(tail -n 5 <<<"$answer")"; fi
}

# expect WHAT PATTERN COMMAND…: its output, whatever its status, must have the pattern.
expect() {
  local what=$1 pattern=$2 answer
  shift 2
  answer=$("$@" 2>&1) || true
  if grep -qE -- "$pattern" <<<"$answer"; then ok "$what"; else failed "$what: $(tail -n 5 <<<"$answer")"; fi
}

# await WHAT PATTERN COMMAND…: repeats the command until it succeeds and prints the pattern, for at most five minutes, since machines may be busy.
await() {
  local what=$1 pattern=$2 answer='' end=$((SECONDS + 300))
  shift 2
  until answer=$("$@" 2>&1) && grep -qE -- "$pattern" <<<"$answer"; do
    if ((SECONDS > end)); then
      failed "$what: $(tail -n 5 <<<"$answer")"
      return
    fi
    sleep 0.5
  done
  ok "$what"
}

# end_of_checks SENTENCE: the sentence if nothing failed, otherwise how much did and status 1.
end_of_checks() {
  if [ $failures = 0 ]; then
    echo "$1"
  else
    echo "$failures checks failed."
    exit 1
  fi
}
