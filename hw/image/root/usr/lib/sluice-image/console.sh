# Where someone is asked: the serial line or the screen, whichever answers first. Sourced by the programs beside it.
# shellcheck shell=bash

# shellcheck disable=SC2034 # of those that source this
# Sets `tty` to the console from which a line came.
find_console() { # TEXT
  local console
  tty=''
  until [[ -n $tty ]]; do
    for console in /dev/ttyS0 /dev/tty1; do
      [[ -c $console ]] || continue
      { printf '\r\n%s Press Enter to answer some questions here. \r\n' "$1" >"$console"; } 2>/dev/null || continue
      if IFS= read -r -t 5 _ <"$console" 2>/dev/null; then
        tty=$console
        break
      fi
    done
  done
}
