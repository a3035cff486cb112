/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes from the wire as text: made printable, and read word by word.
 *
 * text_clean() is the one place where bytes become text that may reach an output. The others read
 * text through the cursor of rd.h: a piece of text is a `struct rd`, never a C string.
 */
#ifndef PARSERS_TEXT_H
#define PARSERS_TEXT_H

#include "rd.h"
#include <netinet/in.h>

#define TEXT_MAC_OCTETS 6
#define TEXT_MAC_SIZE 18     /* "02:00:5e:10:00:00" and its NUL */
#define TEXT_ADDRESS_SIZE 46 /* longest IPv6 address and its NUL (INET6_ADDRSTRLEN) */

/* Writes printable UTF-8 and a NUL, cut at a character to fit `room` (at least 1) bytes; returns
 * its length. Each ill-formed sequence becomes one U+FFFD (the maximal subpart of Unicode 15, 3.9);
 * C0 controls and DEL become \xNN; C1 controls, line separators, bidirectional controls and
 * non-characters become \u{NNNN}. Trailing NULs are dropped. Cleaning clean text changes nothing.
 */
size_t text_clean(char *out, size_t room, const void *bytes, size_t n);

/* UTF-16LE as UTF-8 up to its first NUL, cut at a character to fit `room` bytes; not terminated;
 * returns its length. A lone surrogate becomes U+FFFD, an odd last byte is nothing. */
size_t text_from_utf16le(char *out, size_t room, struct rd units);

/* The piece that is the literal word. */
struct rd text_of(const char *word);
bool text_equals(const struct rd *t, const char *word);
/* The same without regard to the case of ASCII letters. */
bool text_equals_nocase(const struct rd *t, const char *word);
/* Takes the word when the text begins with it; false and nothing taken otherwise. */
bool text_take(struct rd *t, const char *word);
/* Takes what stands before the first (or last) mark, and the mark; false and nothing taken when the
 * mark is not there. An empty piece is a piece. */
bool text_take_until(struct rd *t, const char *mark, struct rd *piece);
bool text_take_until_last(struct rd *t, const char *mark, struct rd *piece);
/* Takes a quoted text, behind its opening mark, with the closing one; the backslash before a mark
 * or another backslash is taken off, in room, and others stay, since many write DOMAIN\user as it
 * is. False: it does not end, or does not fit. */
bool text_take_quoted(struct rd *t, uint8_t *room, size_t size, struct rd *piece);
/* Takes what remains. */
struct rd text_take_rest(struct rd *t);
/* Without spaces, tabs, CR, LF and NULs at both ends. */
struct rd text_trim(struct rd t);
bool text_contains(struct rd t, const char *word);

/* The whole piece as an address or number; false when it is anything else. IPv4 is mapped. Brackets
 * around an IPv6 address are allowed, a zone (%eth0) is dropped. */
bool text_to_address(struct rd t, struct in6_addr *address);
/* The same, with or without `:port` (or `(port)`, `[port]`, `/port`) behind it; IPv6 with a port is
 * bracketed. */
bool text_to_endpoint(struct rd t, struct in6_addr *address);
bool text_to_number(struct rd t, uint64_t *number);
/* The value of a hexadecimal digit, or -1. */
int text_hex_value(uint8_t c);
/* A MAC of six octets in any common notation (00-11-22-33-44-55, 00:11.., 0011.2233.4455,
 * 001122-334455, 001122334455): its octets, or written as 00:11:22:33:44:55. */
bool text_to_octets(struct rd t, uint8_t octets[TEXT_MAC_OCTETS]);
bool text_to_mac(struct rd t, char out[TEXT_MAC_SIZE]);
void text_from_mac(char out[TEXT_MAC_SIZE], const uint8_t octets[TEXT_MAC_OCTETS]);
/* IPv4-mapped addresses as a.b.c.d. */
void text_from_address(char out[TEXT_ADDRESS_SIZE], const struct in6_addr *address);

#endif
