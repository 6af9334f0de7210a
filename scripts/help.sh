# Sourced by the other scripts, first of all: --help shows the lines at the head of the script, and does nothing else.
for argument in "$@"; do
  case "$argument" in
    --help | -h) sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "scripts/$(basename "$0")"; exit 0 ;;
  esac
done
