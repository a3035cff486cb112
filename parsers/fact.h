/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A fact: what a parser says it read, in the vocabulary shared by the packet side and the analysis.
 *
 * A kind and a list of (key, value). The record is flat, fixed in size and free of pointers, so it
 * may be copied, queued and compared as bytes. Keys and kinds stand in one table each (fact.c),
 * which also drives the JSON and YAML forms. Text from the wire enters through fact_text() only,
 * which makes it printable UTF-8 with a cap.
 */
#ifndef PARSERS_FACT_H
#define PARSERS_FACT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACT_BYTES 1536   /* room for the values of one fact */
#define FACT_TEXT_MAX 255 /* longest text kept, in bytes of UTF-8 */

enum fact_kind {
    FACT_NONE,
    FACT_LOGIN,
    FACT_LOGOUT,
    FACT_SESSION_OPEN,
    FACT_SESSION_UPDATE,
    FACT_SESSION_CLOSE,
    FACT_DEVICE,
    FACT_NAME,
    FACT_RTT,
    FACT_LOCALE,
    FACT_PEER,
    FACT_UPLOAD,
    FACT_BANNER,
    FACT_ACTIVITY,
    FACT_KIND_COUNT
};

/* In the order in which they are written. Keys of one map (device.mac, device.host-name) stand
 * together. */
enum fact_key {
    KEY_NONE,
    /* login, logout */
    KEY_ACCOUNT,
    KEY_REALM,
    KEY_RESULT,          /* attempt, success, failure */
    KEY_INFERRED,        /* flag: the result was inferred, not read */
    KEY_METHOD,          /* radius, radius-accounting, krb5-as, syslog-cisco-asa ... */
    KEY_OUTSIDE,         /* address the person came from */
    KEY_INSIDE,          /* address the person was given */
    KEY_SESSION,         /* the gateway's session id */
    KEY_CALLING_STATION, /* RADIUS Calling-Station-Id as written, when it is no address */
    KEY_STATUS, /* radius-accounting: start, interim, stop; else the protocol's word for why */
    KEY_REASON,
    KEY_GATEWAY, /* the gateway that spoke (NAS-IP-Address, syslog host) */
    KEY_TARGET,  /* what a proxy was asked for, a directory was bound to: host:port, service name */
    /* sessions */
    KEY_APP,
    KEY_CLASS, /* vpn, remote-desktop, remote-tool, ip-kvm, ssh, mesh, proxy, call */
    KEY_STATE, /* named, connected, controlled */
    KEY_SIGN,  /* what named it: ndpi, sni, dns, certificate, port, handshake */
    KEY_CLIENT,
    KEY_SERVER,
    KEY_CONTROLLER,
    KEY_SOFTWARE_CLIENT,
    KEY_SOFTWARE_SERVER,
    KEY_VERSION,   /* of the protocol, as its specification writes it: TLS 1.2, RFB 003.008 */
    KEY_ALPN,      /* application protocol agreed on */
    KEY_PEER_ID,   /* the tool's own number or name of a machine */
    KEY_CATEGORY,  /* nDPI's */
    KEY_RISKS,     /* nDPI's, names separated by commas */
    KEY_BYTES_OUT, /* from the client */
    KEY_BYTES_IN,  /* to the client */
    KEY_PACKETS_OUT,
    KEY_PACKETS_IN,
    KEY_DURATION_US,
    KEY_REKEYS,     /* of a tunnel, since it was opened */
    KEY_BINS_START, /* when its ends spoke, in a window of ten minutes: sensor/activity.h */
    KEY_BINS_OUT,
    KEY_BINS_IN,
    KEY_BINS_PACKETS_OUT,
    KEY_BINS_PACKETS_IN,
    KEY_BINS_KILOBYTES,
    KEY_GAPS_COUNT, /* between the client's packets */
    KEY_GAPS_MEAN_US,
    KEY_GAPS_DEVIATION_US,
    KEY_GAPS_LONGEST_US,
    KEY_INPUT_LAG_COUNT, /* from output to the next input: sensor/lag.h */
    KEY_INPUT_LAG_P5_US,
    /* device */
    KEY_ADDRESS,
    KEY_DEVICE_HOST_NAME,
    KEY_DEVICE_MAC,
    KEY_MAC,
    KEY_VENDOR,
    KEY_HOST_NAME,
    KEY_DOMAIN,        /* DNS or NetBIOS domain that the device says it belongs to */
    KEY_OS,            /* as it says itself: "Windows 10.0 build 19041" */
    KEY_VENDOR_CLASS,  /* DHCP option 60, DHCPv6 option 16 */
    KEY_CLIENT_ID,     /* DHCP option 61, DHCPv6 DUID: hexadecimal digits */
    KEY_MODEL,         /* LLDP, CDP, SSDP, mDNS */
    KEY_PREFIX_LENGTH, /* of the device's network, bits */
    KEY_TCP_TIMESTAMP, /* TSval of a SYN: the clock of RFC 7323 */
    KEY_FINGERPRINT_DHCP,
    KEY_FINGERPRINT_TCP,
    KEY_FINGERPRINT_HASSH,
    KEY_FINGERPRINT_HASSH_SERVER,
    KEY_FINGERPRINT_JA3,
    KEY_FINGERPRINT_JA4,
    /* name, banner, peer, upload, locale, rtt */
    KEY_WHAT,
    KEY_NAME,
    KEY_ISSUER, /* of a certificate */
    KEY_TEXT,
    KEY_HOW,
    KEY_PORT,
    KEY_SERVICE,
    KEY_BYTES,
    KEY_KEYBOARD_LAYOUT,
    KEY_LANGUAGE,
    KEY_IME,       /* input method's file name, as RDP tells it */
    KEY_TIME_ZONE, /* of the client, by its own name: "China Standard Time" */
    KEY_LAYER,
    KEY_END,
    KEY_VALUE_US,
    KEY_COUNT
};

enum fact_type { FACT_TYPE_TEXT, FACT_TYPE_NUMBER, FACT_TYPE_ADDRESS, FACT_TYPE_FLAG };

/* A request and its answer are joined by the sensor within one flow (and direction-free): the
 * answer takes what it lacks from the request. Parsers keep no state; they say which is which. A
 * FACT_REQUEST of kind logout (a server asks a gateway to disconnect somebody), or one that is
 * `is_again`, is remembered for its answer and never shown itself; an answer that still names
 * nobody is not shown either. With `is_across` they may come in two flows between the same two
 * addresses. */
enum fact_pairing { FACT_ALONE, FACT_REQUEST, FACT_ANSWER };

struct fact {
    uint8_t kind;         /* enum fact_kind */
    uint8_t pairing;      /* enum fact_pairing */
    uint16_t length;      /* bytes used */
    uint32_t transaction; /* RADIUS identifier, LDAP messageID ...; 0 when the protocol has none */
    bool is_across;       /* the transaction is that of the two addresses, not of the flow */
    bool is_again;        /* a request that goes on with one that was told */
    bool overflowed;      /* a value did not fit and was left out */
    uint64_t has[2];      /* a bit for each key that is there */
    uint8_t bytes[FACT_BYTES];
};

void fact_begin(struct fact *f, enum fact_kind kind);

/* Wire text: invalid UTF-8 becomes U+FFFD, control characters (C0, DEL, C1, bidirectional
 * overrides) become \xNN or \u{NNNN}, at most FACT_TEXT_MAX bytes are kept, cut at a character.
 * Trailing NULs are dropped. Empty text is not added. A key already there is left as it is (first
 * wins). */
void fact_text(struct fact *f, enum fact_key key, const void *bytes, size_t n);
/* The same for text of several lines, which become one. */
void fact_lines(struct fact *f, enum fact_key key, const void *bytes, size_t n);
/* The same for text that is ours (a literal) or already clean. */
void fact_word(struct fact *f, enum fact_key key, const char *word);
void fact_number(struct fact *f, enum fact_key key, int64_t value);
/* IPv4 as ::ffff:a.b.c.d, here and everywhere in the program. */
void fact_address(struct fact *f, enum fact_key key, const struct in6_addr *address);
void fact_flag(struct fact *f, enum fact_key key);
/* A card's address of six octets, as 02:00:5e:10:00:00. NULL, zeros and a group's address are no
 * card's and not added. */
void fact_mac(struct fact *f, enum fact_key key, const uint8_t *octets);

/* The text, NUL-terminated, living as long as *f; NULL when the key is absent or no text. */
const char *fact_get_text(const struct fact *f, enum fact_key key);
bool fact_get_number(const struct fact *f, enum fact_key key, int64_t *value);
bool fact_get_address(const struct fact *f, enum fact_key key, struct in6_addr *address);
bool fact_has(const struct fact *f, enum fact_key key);
/* True when the key's text equals word. */
bool fact_is(const struct fact *f, enum fact_key key, const char *word);

/* Copies every key that *to lacks from *from. */
void fact_fill(struct fact *to, const struct fact *from);

/* Walks the values in the order of enum fact_key. Start with *cursor = 0; false at the end. */
struct fact_value {
    enum fact_key key;
    enum fact_type type;
    const char *text;
    int64_t number;
    struct in6_addr address;
};
bool fact_next(const struct fact *f, unsigned *cursor, struct fact_value *value);

/* "login", "session-open"; NULL for an unknown number. And back (FACT_NONE when unknown). */
const char *fact_kind_name(enum fact_kind kind);
enum fact_kind fact_kind_of(const char *name);
/* "account", "device.host-name" (a dot = a map within a map), and back; what type a key holds. */
const char *fact_key_name(enum fact_key key);
enum fact_key fact_key_of(const char *name);
enum fact_type fact_key_type(enum fact_key key);

#endif
