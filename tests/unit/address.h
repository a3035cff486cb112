/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Addresses as tests write them.
 */
#ifndef TESTS_ADDRESS_H
#define TESTS_ADDRESS_H

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* IPv4 becomes mapped. */
static inline struct in6_addr
address_of(const char *text)
{
    char mapped[INET6_ADDRSTRLEN];
    struct in6_addr a;

    snprintf(mapped, sizeof mapped, "%s%s", strchr(text, ':') == NULL ? "::ffff:" : "", text);
    if (inet_pton(AF_INET6, mapped, &a) != 1)
        fail_msg("no address: %s", text);
    return a;
}

#endif
