# The answers of the first start: one `key = value` a line. Sourced by the programs beside it; nothing in them is ever run.
# shellcheck shell=bash

# shellcheck disable=SC2034 # of those that source this
# Where they are kept, and where a file may bring them.
KEPT=/var/lib/sluice-image/answers BOOT=/boot/efi/sluice

# key, pattern of its value, what to ask, what is assumed.
QUESTIONS=(
  'hostname|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|Name of this machine|sluice'
  'interface|[A-Za-z0-9_.*-]{1,15}|Network interface for management|'
  'address|dhcp|([0-9a-fA-F:.]+/[0-9]{1,3})|Its address with the length of its prefix, or dhcp|dhcp'
  'gateway|([0-9a-fA-F:.]+)?|Gateway, empty for none or by DHCP|'
  'dns|([0-9a-fA-F:. ]+)?|Name servers, empty for none or by DHCP|'
  'ntp|([A-Za-z0-9.: -]+)?|Time servers, empty for those of DHCP|'
  'ssh_key|(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( [^|]*)?|Public SSH key of the administrator (user admin)|'
  'encrypt|yes|no|Encrypt the data partition|no'
)

key_of() { printf '%s' "${1%%|*}"; }
asked_of() { local rest=${1%|*}; printf '%s' "${rest##*|}"; }
assumed_of() { printf '%s' "${1##*|}"; }
pattern_of() { local rest=${1#*|}; rest=${rest%|*}; printf '%s' "${rest%|*}"; }

# The value of a key in a file; fails where there is none.
answer() { # FILE KEY
  local line
  line=$(grep -E -m 1 "^[[:space:]]*$2[[:space:]]*=" "$1") || return
  line=${line#*=}
  line=${line%$'\r'}
  line="${line#"${line%%[![:space:]]*}"}"
  printf '%s' "${line%"${line##*[![:space:]]}"}"
}

# Says what is wrong with a file of answers, and fails if anything is.
check_answers() { # FILE
  local question key value wrong=0 line number=0 keys=' '
  for question in "${QUESTIONS[@]}"; do
    key=$(key_of "$question")
    keys+="$key "
    value=$(answer "$1" "$key") || value=$(assumed_of "$question")
    if ! [[ $value =~ ^($(pattern_of "$question"))$ ]]; then
      printf '%s: %s is "%s"; wanted: %s\n' "$1" "$key" "$value" "$(asked_of "$question")" >&2
      wrong=1
    fi
  done
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    key=${line%%=*}
    key=${key//[[:space:]]/}
    if [[ $line != *=* || $keys != *" $key "* ]]; then
      printf '%s:%d: "%s" is no answer; there are%s\n' "$1" "$number" "${line:0:60}" "${keys% }" >&2
      wrong=1
    fi
  done <"$1"
  return "$wrong"
}
