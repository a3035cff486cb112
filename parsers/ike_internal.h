/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by ike*.c; nobody else includes it.
 */
#ifndef PARSERS_IKE_INTERNAL_H
#define PARSERS_IKE_INTERNAL_H

#include "parser.h"

#define IKE_PAYLOADS_MOST 64
#define IKE_AGGRESSIVE 4 /* exchange */
#define IKE_INITIATOR 0
#define IKE_RESPONDER 1

struct ike_state {
    uint64_t spi[2];          /* by end */
    uint8_t version;          /* 1, 2; 0 before the first message */
    uint8_t exchange;         /* that the SA began with; 0 when that was not seen */
    bool initiator_is_client; /* of the flow */
    bool is_told, is_stream;
    bool has_sent[2]; /* with both SPIs */
    bool is_ended;    /* what became of the identity was told, or will not be */
    bool is_xauth, is_eap_told;
    bool has_quick[2], nat_told[2];
    uint8_t requests;
    uint8_t software[2]; /* ike_vendor_name() */
    uint32_t first_auth;
    int64_t request_us;
};

_Static_assert(sizeof(struct ike_state) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* One message; what follows the header is `payloads`, empty when it is encrypted. */
struct ike_message {
    uint64_t spi[2];
    uint8_t version, exchange, next;
    unsigned end; /* who sent it; of version 1 only once the state is known */
    bool is_encrypted;
    uint32_t id;
    struct rd payloads;
};

/* Takes the next payload; *type is its type, and then the next one's. False at the end, and when
 * it does not fit (r->ok). */
bool ike_payload(struct rd *r, uint8_t *next, uint8_t *type, struct rd *body);

/* ike_vendor.c: of a number that ike_vendor_list() gave; NULL for 0. */
const char *ike_vendor_name(unsigned product);
/* What the vendor ids of a message say, in words; false when none is known. */
bool ike_vendor_list(const struct ike_message *m, struct fact *f, uint8_t *product);

/* ike_nat.c: tells of each end that is behind NAT, once. */
void ike_tell_nat(const struct ike_message *m, struct ike_state *s, const struct parse_input *in,
    const struct parse_output *out);

/* ike_v1.c: identity, notification and method of authentication. How the login ends is told as the
 * answer to an identity that may have come in another flow (port 500, then 4500). */
void ike_v1_payloads(
    const struct ike_message *m, struct ike_state *s, const struct parse_output *out);
/* Phase 2 by both ends: the identity was accepted. */
void ike_v1_accepted(struct ike_state *s, const struct parse_output *out);

#endif
