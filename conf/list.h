/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The lists that are shipped inside the program: kinds of networks by prefix and ASN, and
 * remote-control tools and VPNs by their signs.
 *
 * Each is a text file in conf/lists/ with a header that names source, licence and date; the build
 * embeds them.
 */
#ifndef CONF_LIST_H
#define CONF_LIST_H

#include "cidr.h"
#include <stddef.h>
#include <stdint.h>

/* One line of a network list: a prefix or an ASN, the kind's name ("vpn", "hosting", "tor",
 * "relay", "proxy", "dprk" ...) and, where the list says it, who. */
struct list_network {
    bool is_asn;
    struct cidr prefix;
    uint32_t asn;
    const char *kind, *source,
        *provider; /* provider NULL when not said; all live as long as the call */
};
/* Calls each for every line of every embedded list. Returns the count, or -1 when a list is damaged
 * (a build error; tested). */
int list_each_network(void (*each)(void *context, const struct list_network *n), void *context);

/* A remote-control tool, VPN, mesh or IP-KVM and its signs: one row of conf/lists/tools.tsv. */
struct list_tool {
    const char *name;       /* "AnyDesk" */
    const char *class_name; /* vpn, remote-desktop, remote-tool, ip-kvm, ssh, mesh, proxy, call */
    const char *ndpi;       /* nDPI protocol names, comma-separated; "" for none */
    const char *domains; /* suffixes on label boundaries, comma-separated; a leading "=" means the
                            exact name; "*" inside a label is a wildcard */
    const char
        *web; /* vendor's web pages that prove nothing (visited by anyone), comma-separated */
    const char *certificates; /* subject or issuer substrings */
    const char
        *ports; /* "tcp/5938,udp/21116": a sign only together with the tool's handshake or name */
    const char *source;
};
/* All rows, in file order; *count receives their number. Static storage. */
const struct list_tool *list_tools(unsigned *count);

/* Names compared as approved-tools are: without case, spaces and hyphens. */
bool list_same_tool(const char *a, const char *b);

#endif
