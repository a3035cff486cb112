/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether an SSH authentication went through, from the sizes of sealed packets.
 *
 * The two KEXINITs say which cipher and MAC seal the server's packets, hence how long each message
 * is on the wire. SERVICE_ACCEPT (17 bytes) has one length, SUCCESS (1 byte) one that nothing else
 * of the authentication has, FAILURE one for all of a connection. A refused password is known when
 * it is short, or was typed, in a message filled up as OpenSSH does with passwords. What else is
 * refused, and long enough, is a key or a long password; agents offer all their keys in ordinary
 * logins, so this is told once a connection. What cannot be told apart is not told.
 */
#ifndef PARSERS_SSH_AUTH_H
#define PARSERS_SSH_AUTH_H

#include "rd.h"

/* What one side offers for packets from the server, and how far the authentication is. */
struct ssh_auth {
    uint64_t cipher_order, mac_order; /* the client's, 4 bits each, first preference lowest */
    uint16_t cipher_set, mac_set;     /* the server's, a bit each */
    uint16_t failure;                 /* size of FAILURE once it is known */
    int64_t answered_us;              /* time of the server's last packet */
    uint8_t requests, step;
    uint8_t cipher, mac;  /* chosen; 0 = not known */
    bool is_plain : 1;    /* no compression before the authentication */
    bool is_password : 1; /* the client's last packet is about no key */
    bool is_long : 1;     /* it may be a key */
    bool is_key_told : 1; /* that one was refused */
    bool is_split : 1;    /* the server's last message may go on in its next piece */
};

enum ssh_outcome { SSH_UNDECIDED, SSH_SUCCESS, SSH_FAILURE, SSH_FAILURE_LONG };

/* The name-lists of one side's KEXINIT for packets from the server. */
void ssh_auth_offer(
    struct ssh_auth *a, bool of_client, struct rd ciphers, struct rd macs, struct rd compressions);
/* Sealed bytes of one side as they came in one piece, at that time. What is left in it has not all
 * come: a message whose length shows goes on in the next segment. */
enum ssh_outcome ssh_auth_add(struct ssh_auth *a, bool of_client, struct rd *piece, int64_t now_us);

#endif
