#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Installs current geolocation databases and prints the configuration that uses them.
#
#   geoip/update.sh maxmind [FOLDER]    GeoLite2 City, Country and ASN, by geoipupdate with a free key
#                                       (MAXMIND_ACCOUNT_ID and MAXMIND_LICENSE_KEY in the environment)
#   geoip/update.sh dbip [FOLDER]       DB-IP City and ASN lite (CC BY 4.0; name db-ip.com where shown)
#   geoip/update.sh check FILE...       only checks files that are already there
#
# FOLDER: /var/lib/farmwatch unless given. Each file is checked before it replaces an older one, by
# rename, so that a running sensor never reads half a file.
set -eu

FOLDER=/var/lib/farmwatch
PROBE=8.8.8.8 # every one of these databases has a record of it
DBIP=https://download.db-ip.com/free

die()
{
    echo "update.sh: $*" >&2
    exit 1
}

usage()
{
    sed -n 's/^#   \(geoip\/update.sh.*\)/usage: \1/p' "$0" >&2
    exit 2
}

need()
{
    command -v "$1" > /dev/null || die "$1 is not installed: sudo apt-get install $2"
}

check()
{
    need mmdblookup mmdb-bin
    [ -s "$1" ] || die "$1: no such file, or empty"
    mmdblookup --file "$1" --ip "$PROBE" > /dev/null 2>&1 ||
        die "$1: not a readable MaxMind DB file with a record of $PROBE; the installed file is left alone"
}

install_file()
{
    check "$1"
    chmod 644 "$1"
    mv -f "$1" "$FOLDER/$2"
}

print_configuration()
{
    echo "geoip:"
    for pair in "$@"; do
        echo "  ${pair%%=*}: $FOLDER/${pair#*=}"
    done
}

update_maxmind()
{
    need geoipupdate geoipupdate
    [ -n "${MAXMIND_ACCOUNT_ID:-}" ] && [ -n "${MAXMIND_LICENSE_KEY:-}" ] ||
        die "set MAXMIND_ACCOUNT_ID and MAXMIND_LICENSE_KEY (free: https://www.maxmind.com/en/geolite2/signup)"
    umask 077
    cat > "$work/GeoIP.conf" << EOF
AccountID $MAXMIND_ACCOUNT_ID
LicenseKey $MAXMIND_LICENSE_KEY
EditionIDs GeoLite2-City GeoLite2-Country GeoLite2-ASN
EOF
    geoipupdate -f "$work/GeoIP.conf" -d "$work" || die "geoipupdate failed: see its message above"
    for edition in GeoLite2-City GeoLite2-Country GeoLite2-ASN; do
        install_file "$work/$edition.mmdb" "$edition.mmdb"
    done
    print_configuration country=GeoLite2-Country.mmdb city=GeoLite2-City.mmdb asn=GeoLite2-ASN.mmdb
}

update_dbip()
{
    need curl curl
    month=$(date -u +%Y-%m)
    for kind in city asn; do
        name=dbip-$kind-lite
        curl -fsSL -o "$work/$name.mmdb.gz" "$DBIP/$name-$month.mmdb.gz" ||
            die "cannot download $DBIP/$name-$month.mmdb.gz (a month's file appears on its first days)"
        gunzip "$work/$name.mmdb.gz" || die "$name: the download is damaged"
        install_file "$work/$name.mmdb" "$name.mmdb"
    done
    print_configuration city=dbip-city-lite.mmdb asn=dbip-asn-lite.mmdb
}

[ $# -ge 1 ] || usage
action=$1
shift
case $action in
check)
    [ $# -ge 1 ] || usage
    for file in "$@"; do
        check "$file"
        echo "$file: good"
    done
    ;;
maxmind | dbip)
    [ $# -le 1 ] || usage
    FOLDER=${1:-$FOLDER}
    mkdir -p "$FOLDER" || die "$FOLDER: cannot be made; run as root or give another folder"
    # Beside its destination, so that the rename stays on one file system.
    work=$(mktemp -d "$FOLDER/.update.XXXXXX") || die "$FOLDER: cannot be written to"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    "update_$action"
    ;;
*)
    usage
    ;;
esac
