/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The lists that are shipped inside the program: kinds of networks by prefix and ASN, and
 * remote-control tools and VPNs by their signs, and the services that files are carried to.
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
        *provider;    /* provider NULL when not said; all live as long as the call */
    const char *date; /* of the publication: "2025", "2025-04" or "2025-04-30" */
};
/* Calls each for every line of every embedded list. Returns the count, or -1 when a list is damaged
 * (a build error; tested). */
int list_each_network(void (*each)(void *context, const struct list_network *n), void *context);

/* The same of one text in the format of conf/lists/ (terminated by NUL): -1 at the first damaged
 * line, whose number is then in *line. */
int list_parse_networks(const char *text, void (*each)(void *context, const struct list_network *n),
    void *context, unsigned *line);

/* A remote-control tool, VPN, mesh or IP-KVM and its signs: one row of conf/lists/tools.tsv. */
struct list_tool {
    const char *name;       /* "AnyDesk" */
    const char *class_name; /* vpn, remote-desktop, remote-tool, ip-kvm, ssh, mesh, proxy, call */
    const char *ndpi;       /* nDPI protocol names, comma-separated; "" for none */
    const char
        *domains;    /* names of its machinery: a look-up or connection means the program runs */
    const char *web; /* vendor's web pages that prove nothing (visited by anyone) */
    const char *certificates; /* subject or issuer substrings; "$" behind one: at the end */
    const char
        *ports; /* "tcp/5938,udp/21116": a sign only together with the tool's handshake or name */
    const char *source;
};
/* Host name patterns (domains, web), comma-separated:
 *   net.example.com      the name and all below
 *   *.example.com        all below, the name itself being the vendor's web page
 *   =api.example.com     that name alone
 *   relay-*.example.com  "*" stands for any characters of the first label
 * The longest match decides; "=" beats the rest. Below a match, a first label that names a web page
 * (www, docs, download, support ...) makes it web. */

/* All rows, in file order; *count receives their number. Static storage. */
const struct list_tool *list_tools(unsigned *count);

/* The tool that a host name, nDPI protocol, certificate subject or port speaks for; NULL when none.
 * Names from the network may be hostile: of any bytes and length. *is_web: the name is a page of
 * the vendor, whose visit proves nothing. The first call builds an index (any thread). */
const struct list_tool *list_tool_by_domain(const char *name, bool *is_web);
const struct list_tool *list_tool_by_ndpi(const char *ndpi_name);
const struct list_tool *list_tool_by_certificate(const char *subject);
/* A port is a hint, never a sign by itself. */
const struct list_tool *list_tool_by_port(bool is_tcp, uint16_t port);
/* Compared by list_same_tool. */
const struct list_tool *list_tool_by_name(const char *name);

/* Code hosting and cloud storage: one row of conf/lists/services.tsv. */
struct list_service {
    const char *name;       /* "GitHub" */
    const char *class_name; /* code, storage */
    const char *domains;    /* each with all below; "*" stands for one label */
    const char *source;
};
const struct list_service *list_services(unsigned *count);
/* NULL when the host name, of any bytes and length, is none's. */
const struct list_service *list_service_by_domain(const char *name);

/* Names compared as approved-tools are: without case, spaces and hyphens. */
bool list_same_tool(const char *a, const char *b);

#endif
