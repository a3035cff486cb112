/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of parsers, in the order in which they are tried. A parser's place is its bit in a
 * flow's mask of candidates. Those with the strictest recognition come first.
 */
#include "parser.h"

extern const struct parser parser_radius, parser_kerberos, parser_syslog, parser_dns, parser_mdns;
extern const struct parser parser_dhcp, parser_dhcp6, parser_arp, parser_ndp;
extern const struct parser parser_lldp, parser_cdp, parser_ssdp, parser_nbns, parser_nbdgm;
extern const struct parser parser_smb, parser_dcerpc, parser_ldap, parser_tds;
extern const struct parser parser_ssh, parser_rfb, parser_rdp, parser_rdp_udp;
extern const struct parser parser_http, parser_socks, parser_proxy_protocol;
extern const struct parser parser_smtp, parser_pop3, parser_imap, parser_ftp;
extern const struct parser parser_tacacs, parser_ipmsg;
extern const struct parser parser_stun, parser_stun_stream;
extern const struct parser parser_teamviewer, parser_rustdesk, parser_citrix, parser_nomachine;
extern const struct parser parser_radmin, parser_x11;
extern const struct parser parser_tls, parser_dtls, parser_dtls_pieces, parser_quic,
    parser_quic_pieces, parser_starttls;
extern const struct parser parser_ike, parser_wireguard, parser_zerotier, parser_openvpn;
extern const struct parser parser_eapol, parser_ppp, parser_l2tp, parser_pptp, parser_pptp_gre;

/* OpenVPN over UDP takes on trust what may be scrambled: last. */
static const struct parser *const table[] = {
    &parser_radius,
    &parser_kerberos,
    &parser_smb,
    &parser_dcerpc,
    &parser_ldap,
    &parser_tds,
    &parser_tls,
    &parser_dtls,
    &parser_dtls_pieces,
    &parser_quic,
    &parser_quic_pieces,
    &parser_stun,
    &parser_stun_stream,
    &parser_ssh,
    &parser_rfb,
    &parser_citrix,
    &parser_nomachine,
    &parser_radmin,
    &parser_rustdesk,
    &parser_teamviewer,
    &parser_x11,
    &parser_rdp,
    &parser_rdp_udp,
    &parser_dhcp,
    &parser_dhcp6,
    &parser_arp,
    &parser_ndp,
    &parser_lldp,
    &parser_cdp,
    &parser_ssdp,
    &parser_nbns,
    &parser_nbdgm,
    &parser_eapol,
    &parser_ppp,
    &parser_l2tp,
    &parser_pptp,
    &parser_pptp_gre,
    &parser_socks,
    &parser_tacacs,
    &parser_ipmsg,
    &parser_proxy_protocol,
    &parser_imap,
    &parser_pop3,
    &parser_smtp,
    &parser_ftp,
    &parser_starttls,
    &parser_http,
    &parser_syslog,
    &parser_dns,
    &parser_mdns,
    &parser_ike,
    &parser_wireguard,
    &parser_zerotier,
    &parser_openvpn,
};

_Static_assert(
    sizeof(table) / sizeof(table[0]) <= PARSER_LIMIT, "a flow's mask of candidates has 64 bits");

const struct parser *const *
parser_table(unsigned *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}
