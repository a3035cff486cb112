/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The assembler includes the files as they are; paths count from the repository's root, where make
 * runs. Embedded files have a section of their own, so that their pages can be given back once they
 * were read.
 */
#include "embedded.h"

#if __SIZEOF_SIZE_T__ == 8
#define SIZE_WORD ".quad"
#else
#define SIZE_WORD ".long"
#endif

#define EMBED(symbol, path)                                                                        \
    __asm__(".section embedded_files, \"a\", @progbits\n"                                          \
            ".global " #symbol "\n"                                                                \
            ".global " #symbol "_size\n"                                                           \
            ".balign 16\n" #symbol ":\n"                                                           \
            ".incbin \"" path "\"\n" #symbol "_end:\n"                                             \
            ".byte 0\n"                                                                            \
            ".balign 8\n" #symbol "_size:\n" SIZE_WORD " " #symbol "_end - " #symbol "\n"          \
            ".previous\n");                                                                        \
    extern const char symbol[]

EMBED(conf_dprk_yaml, "conf/indicators/dprk.yaml");
EMBED(conf_tools_tsv, "conf/lists/tools.tsv");
EMBED(conf_services_tsv, "conf/lists/services.tsv");
EMBED(conf_networks_tor, "conf/lists/networks-tor.txt");
EMBED(conf_networks_relay, "conf/lists/networks-relay.txt");
EMBED(conf_networks_vpn, "conf/lists/networks-vpn.txt");
EMBED(conf_networks_proxy, "conf/lists/networks-proxy.txt");
EMBED(conf_networks_hosting, "conf/lists/networks-hosting.txt");
EMBED(conf_networks_dprk, "conf/lists/networks-dprk.txt");
EMBED(conf_asn_vpn, "conf/lists/asn-vpn.txt");
EMBED(conf_asn_education, "conf/lists/asn-education.txt");
EMBED(conf_asn_lines, "conf/lists/asn-lines.txt");
EMBED(conf_asn_hosting, "conf/lists/asn-hosting.txt");

const struct embedded_list conf_network_lists[] = {
    { "networks-tor.txt", conf_networks_tor },
    { "networks-relay.txt", conf_networks_relay },
    { "networks-vpn.txt", conf_networks_vpn },
    { "networks-proxy.txt", conf_networks_proxy },
    { "networks-hosting.txt", conf_networks_hosting },
    { "networks-dprk.txt", conf_networks_dprk },
    { "asn-vpn.txt", conf_asn_vpn },
    { "asn-education.txt", conf_asn_education },
    { "asn-hosting.txt", conf_asn_hosting },
    { "asn-lines.txt", conf_asn_lines },
};
const unsigned conf_network_list_count = sizeof conf_network_lists / sizeof *conf_network_lists;
