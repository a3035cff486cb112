/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of Tor's link handshake.
 */
#include "tor.h"
#include <stddef.h>
#include <string.h>

#define PORT_RELAY 9001 /* ORPort's customary value: tor(1) */

static bool
is_made_up(const char *name, size_t least, size_t most, const char *suffix)
{
    size_t n;

    if (name == NULL || strncmp(name, "www.", 4) != 0)
        return false;
    n = strspn(name += 4, "abcdefghijklmnopqrstuvwxyz234567");
    return n >= least && n <= most && strcmp(name + n, suffix) == 0;
}

static const char *
common_name(const char *name)
{
    return name != NULL && strncmp(name, "CN=", 3) == 0 ? name + 3 : NULL;
}

bool
tor_is_certificate(const char *subject, const char *issuer)
{
    return is_made_up(common_name(subject), 8, 20, ".net") &&
           is_made_up(common_name(issuer), 8, 20, ".com");
}

bool
tor_is_server_name(const char *name, uint16_t port)
{
    return port == PORT_RELAY && is_made_up(name, 4, 25, ".com");
}
