# Sourced by the other scripts, first of all once they stand in the repository's root. --help shows the lines at the
# head of the script, and does nothing else. Names of files are the caller's: told from where the caller stands.
callers=()
option=
for argument in "$@"; do
  case "$argument" in
    --help | -h) sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "scripts/$(basename "$0")"; exit 0 ;;
  esac
  whole="$argument"
  case "$argument" in /* | -* | '') ;; *) whole="$OLDPWD/$argument" ;; esac
  case "$option" in
    --state | --file | --out | --json | --consortium | --chaincode | --request | --signatures | --admission | --msp \
      | --cert | --ca | --key | --tls-ca | --go-client | --go-chaincode) argument="$whole" ;;
    --institution) if [ -f "$whole" ]; then argument="$whole"; fi ;; # Or it is the name of one.
  esac
  callers+=("$argument")
  option="$argument"
done
set -- ${callers[@]+"${callers[@]}"}
