/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What options of DHCP and DHCPv6 have in common.
 */
#ifndef PARSERS_DHCP_OPTION_H
#define PARSERS_DHCP_OPTION_H

#include "fact.h"
#include "rd.h"

/* An identifier of any bytes, as hexadecimal digits; what is longer than 64 bytes is cut. */
void dhcp_put_hex(struct fact *f, enum fact_key key, struct rd bytes);
/* Option codes of `width` (1 or 2) octets each, as Fingerbank writes them: decimal numbers with
 * commas, in their order, which tells systems apart. */
void dhcp_put_parameters(struct fact *f, struct rd codes, unsigned width);
/* A host name as labels of the DNS without compression, whose end may be left off (RFC 4702, 2;
 * RFC 4704, 4.2). */
void dhcp_put_labels(struct fact *f, struct rd labels);

#endif
