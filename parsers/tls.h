/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What TLS (RFC 5246, 8446), DTLS (RFC 6347, 9147) and QUIC (RFC 9001) share: the handshake's
 * messages, whatever carries them.
 *
 * Reading and telling are apart: a hello is read to see whether it is one at all, and told once the
 * whole of what surrounds it fits. Cursors point into the message.
 */
#ifndef PARSERS_TLS_H
#define PARSERS_TLS_H

#include "parser.h"

#define TLS_CLIENT_HELLO 1
#define TLS_SERVER_HELLO 2
#define TLS_CERTIFICATE 11
#define TLS_VERSION_1_3 0x0304
#define DTLS_VERSION_1_3 0xfefc
#define TLS_JA3_HEX 33
#define TLS_JA4_SIZE 37 /* 10 + 12 + 12 characters, two underscores, NUL */
#define TLS_VERSION_NAME 16

/* JA4's letter for it. */
enum tls_carrier { TLS_OVER_TCP = 't', TLS_OVER_QUIC = 'q', TLS_OVER_DTLS = 'd' };

struct tls_client_hello {
    enum tls_carrier carrier;
    uint16_t version; /* the field of that name; TLS 1.3 says in `versions` what it can */
    struct rd session_id;
    struct rd ciphers;                      /* two octets each */
    struct rd extensions;                   /* type, length, value */
    bool has_early_data;                    /* it may speak on before the server answers */
    bool has_server_name;                   /* the extension is there, with a name in it or not */
    struct rd server_name;                  /* these are empty when the extension is not there */
    struct rd alpn;                         /* the first protocol of the list */
    struct rd versions, groups, signatures; /* two octets each */
    struct rd point_formats;                /* one octet each */
};

struct tls_server_hello {
    uint16_t version; /* agreed on */
    bool is_retry;    /* a HelloRetryRequest: RFC 8446, 4.1.4 */
    struct rd alpn;
};

/* A whole message without its header; false when it is none, or a length lies. */
bool tls_client_hello_read(struct rd body, enum tls_carrier carrier, struct tls_client_hello *out);
bool tls_server_hello_read(struct rd body, struct tls_server_hello *out);
/* Whose name it is; an address is not always known (EAP). */
void tls_end_tell(struct fact *f, const struct in6_addr *address);
/* The server's name, and the fingerprints of the client. */
void tls_client_hello_tell(const struct tls_client_hello *hello, const struct parse_input *in,
    const struct parse_output *out);
void tls_server_hello_tell(const struct tls_server_hello *hello, const struct parse_output *out);

/* "TLS 1.2"; a number that nobody knows is written into room. */
const char *tls_version_name(uint16_t version, char room[TLS_VERSION_NAME]);

/* How many bytes of a Certificate message (before TLS 1.3) hold its first certificate, as far as
 * those that are here say. */
size_t tls_certificate_needs(struct rd body);
/* Tells the first certificate of the message. */
void tls_certificate_tell(
    struct rd body, const struct parse_input *in, const struct parse_output *out);
/* Begins a login by the client's certificate in the message: its user principal name, else the
 * subject's common name. False when it names nobody: none was shown, or one that its holder signed
 * himself, as programs do. */
bool tls_certificate_login(struct rd body, struct fact *f);

void tls_fingerprint_ja3(const struct tls_client_hello *hello, char hex[TLS_JA3_HEX]);
void tls_fingerprint_ja4(const struct tls_client_hello *hello, char out[TLS_JA4_SIZE]);

#endif
