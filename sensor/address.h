/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An address as text and back: IPv4 (held as ::ffff:a.b.c.d) as a dotted quad, IPv6 by RFC 5952.
 */
#ifndef SENSOR_ADDRESS_H
#define SENSOR_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_SIZE INET6_ADDRSTRLEN

/* Writes text and a NUL; returns the length without it. */
size_t address_print(char out[ADDRESS_SIZE], const struct in6_addr *address);
/* False, with *out untouched, when the text is anything but one address. */
bool address_parse(const char *text, struct in6_addr *out);

#endif
