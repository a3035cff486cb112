/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tor's link handshake by the names that it makes up: base32 of random bytes between "www." and a
 * suffix. Relays present a certificate for one such name, ".net" of 8 to 20 characters, issued by
 * another, ".com"; clients ask for a third, ".com" of 4 to 25 (tor's src/lib/tls/tortls.c:
 * crypto_random_hostname()). Since TLS 1.3 the certificate is not to be seen; the client's name
 * alone may be anybody's, so it counts at a relay's default port only.
 */
#ifndef SENSOR_TOR_H
#define SENSOR_TOR_H

#include <stdbool.h>
#include <stdint.h>

/* Names as the certificate's facts write them ("CN=www.…"); NULL is none. */
bool tor_is_certificate(const char *subject, const char *issuer);
bool tor_is_server_name(const char *name, uint16_t port);

#endif
