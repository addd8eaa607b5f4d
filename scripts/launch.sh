# shellcheck shell=sh
# The part that all launchers of the program share; sourced, with these variables set:
#   java     the program java
#   path     the class path
#   main     the class that is run
#   archive  the archive of the classes that most commands need; it may be missing
#   quick    no, if the command is a long one whatever its words are
# shellcheck disable=SC2154
# Commands end within a second: they start quickest with the first compiler alone and with their classes from an
# archive; one that is missing or of another build is left aside without a word. A worker runs for weeks and needs the
# second compiler, whose digests are several times faster.
for argument in "$@"; do
  case $argument in run) quick=no ;; esac
done
set -- -cp "$path" "$main" "$@"
if [ "$quick" = yes ]; then
  set -- -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "-XX:SharedArchiveFile=$archive" -Xlog:disable "$@"
fi
