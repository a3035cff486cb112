/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Message sizes: RFC 4252, 5.1 and RFC 4253, 10; padding: RFC 4253, 6. The idea that the sizes give
 * the outcome away is public since Zeek 2.5 (scripts/base/protocols/ssh). Only ciphers and MACs of
 * the tables below are followed; what comes in a piece with something else is not.
 */
#include "ssh_auth.h"
#include "text.h"

#define ORDER_BITS 4
#define ORDER_MASK 0x0fu
#define ORDER_MAX 15    /* names kept of a client's list */
#define NAME_UNKNOWN 15 /* stands for every name that is not in the table */
#define PADDING_LEAST 4u
#define LENGTH_BYTES 4u
#define PAYLOAD_ACCEPT 17 /* SERVICE_ACCEPT, string "ssh-userauth" */
#define PAYLOAD_SUCCESS 1
#define PAYLOAD_PASSWORD 54 /* a request longer than this can be about a key */
#define PAYLOAD_KEY 107     /* the shortest offer of one: Ed25519, a user of one letter */
#define PASSWORD_BLOCK 64   /* OpenSSH fills messages with passwords up to a multiple */
#define TYPED_LEAST_US INT64_C(1000000)
#define REQUESTS_MAX 200
#define MESSAGE_MAX 8192  /* no message of an authentication is longer: then it is over */
#define SEGMENT_LEAST 512 /* a piece as long as this may be the first of a message's several */

enum step { STEP_START, STEP_ASKED, STEP_DONE };

/* Ids are places in the tables, from 1. */
static const struct cipher {
    const char *name;
    uint8_t block, tag; /* tag 0: a MAC of its own */
    bool shows_length;
} ciphers[] = {
    { "chacha20-poly1305@openssh.com", 8, 16, false },
    { "aes128-gcm@openssh.com", 16, 16, true },
    { "aes256-gcm@openssh.com", 16, 16, true },
    { "aes128-ctr", 16, 0, false },
    { "aes192-ctr", 16, 0, false },
    { "aes256-ctr", 16, 0, false },
    { "aes128-cbc", 16, 0, false },
    { "aes192-cbc", 16, 0, false },
    { "aes256-cbc", 16, 0, false },
    { "3des-cbc", 8, 0, false },
    { "blowfish-cbc", 8, 0, false },
    { "cast128-cbc", 8, 0, false },
    { "arcfour256", 8, 0, false },
    { "arcfour128", 8, 0, false },
};

static const struct mac {
    const char *name;
    uint8_t bytes;
    bool is_outside; /* encrypt-then-MAC: the length stands in clear and is not padded for */
} macs[] = {
    { "hmac-sha2-256-etm@openssh.com", 32, true },
    { "hmac-sha2-512-etm@openssh.com", 64, true },
    { "hmac-sha1-etm@openssh.com", 20, true },
    { "umac-64-etm@openssh.com", 8, true },
    { "umac-128-etm@openssh.com", 16, true },
    { "hmac-sha2-256", 32, false },
    { "hmac-sha2-512", 64, false },
    { "hmac-sha1", 20, false },
    { "umac-64@openssh.com", 8, false },
    { "umac-128@openssh.com", 16, false },
    { "hmac-md5", 16, false },
    { "hmac-sha1-96", 12, false },
    { "hmac-md5-96", 12, false },
    { "hmac-ripemd160", 20, false },
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static unsigned
cipher_id(const struct rd *name)
{
    for (unsigned i = 0; i < COUNT(ciphers); i++)
        if (text_equals(name, ciphers[i].name))
            return i + 1;
    return NAME_UNKNOWN;
}

static unsigned
mac_id(const struct rd *name)
{
    for (unsigned i = 0; i < COUNT(macs); i++)
        if (text_equals(name, macs[i].name))
            return i + 1;
    return NAME_UNKNOWN;
}

static bool
next_name(struct rd *list, struct rd *name)
{
    if (rd_left(list) == 0)
        return false;
    if (!text_take_until(list, ",", name))
        *name = text_take_rest(list);
    return true;
}

static uint64_t
order_of(struct rd list, unsigned (*id_of)(const struct rd *name))
{
    uint64_t order = 0;
    struct rd name;

    for (unsigned i = 0; i < ORDER_MAX && next_name(&list, &name); i++)
        order |= (uint64_t)id_of(&name) << (i * ORDER_BITS);
    return order;
}

static uint16_t
set_of(struct rd list, unsigned (*id_of)(const struct rd *name))
{
    uint16_t set = 0;
    struct rd name;

    while (next_name(&list, &name))
        set |= (uint16_t)(1u << id_of(&name));
    return set;
}

/* RFC 4253, 7.1: the first of the client's names that the server has as well; 0 when that cannot
 * be told. */
static uint8_t
choose(uint64_t order, uint16_t set)
{
    for (; order != 0; order >>= ORDER_BITS) {
        unsigned id = (unsigned)order & ORDER_MASK;

        if ((set & 1u << id) != 0)
            return id == NAME_UNKNOWN ? 0 : (uint8_t)id;
    }
    return 0;
}

static bool
shows_length(const struct ssh_auth *a)
{
    return ciphers[a->cipher - 1].shows_length ||
           (ciphers[a->cipher - 1].tag == 0 && macs[a->mac - 1].is_outside);
}

/* Whether the length is neither sealed nor padded for. */
static bool
is_length_apart(const struct ssh_auth *a)
{
    return ciphers[a->cipher - 1].tag > 0 || macs[a->mac - 1].is_outside;
}

/* What a message of so many bytes takes of whole blocks. */
static size_t
sealed_size(const struct ssh_auth *a, size_t payload)
{
    size_t block = ciphers[a->cipher - 1].block;
    size_t n = (is_length_apart(a) ? 0u : LENGTH_BYTES) + 1u + payload + PADDING_LEAST;

    return (n + block - 1) / block * block;
}

static size_t
seal_bytes(const struct ssh_auth *a)
{
    const struct cipher *c = &ciphers[a->cipher - 1];

    return c->tag > 0 ? c->tag : macs[a->mac - 1].bytes;
}

/* And on the wire. */
static size_t
wire_size(const struct ssh_auth *a, size_t payload)
{
    return sealed_size(a, payload) + (is_length_apart(a) ? LENGTH_BYTES : 0) + seal_bytes(a);
}

void
ssh_auth_offer(
    struct ssh_auth *a, bool of_client, struct rd cipher_list, struct rd mac_list, struct rd zip)
{
    struct rd first;

    if (of_client) {
        a->cipher_order = order_of(cipher_list, cipher_id);
        a->mac_order = order_of(mac_list, mac_id);
        a->is_plain = next_name(&zip, &first) && !text_equals(&first, "zlib");
    } else {
        a->cipher_set = set_of(cipher_list, cipher_id);
        a->mac_set = set_of(mac_list, mac_id);
    }
    a->cipher = choose(a->cipher_order, a->cipher_set);
    a->mac = choose(a->mac_order, a->mac_set);
    if (a->cipher != 0 && ciphers[a->cipher - 1].tag > 0)
        a->mac = 1; /* none is used (RFC 5647, 5.1) */
}

static enum ssh_outcome
add_reply(struct ssh_auth *a, size_t size)
{
    if (a->step == STEP_START) {
        if (size == wire_size(a, PAYLOAD_ACCEPT))
            a->step = STEP_ASKED;
        return SSH_UNDECIDED;
    }
    if (a->requests == 0 || a->is_split)
        return SSH_UNDECIDED;
    a->is_split = size >= SEGMENT_LEAST;
    if (size == wire_size(a, PAYLOAD_SUCCESS)) {
        a->step = STEP_DONE;
        return SSH_SUCCESS;
    }
    if (a->requests ==
        1) { /* the client asks what there is (method "none"); a banner comes first */
        a->failure = (uint16_t)size;
        return SSH_UNDECIDED;
    }
    if (size == a->failure && a->is_password) {
        a->is_password = false;
        return SSH_FAILURE;
    }
    if (size != a->failure || !a->is_long || a->is_key_told)
        return SSH_UNDECIDED;
    a->is_key_told = true;
    return SSH_FAILURE_LONG;
}

/* An offer of an Ed25519 key may be as long as a password filled up; but it comes at once. */
static bool
may_be_password(const struct ssh_auth *a, size_t size, int64_t now_us)
{
    size_t around = wire_size(a, 0) - sealed_size(a, 0);

    return size <= wire_size(a, PAYLOAD_PASSWORD) ||
           ((size - around) % PASSWORD_BLOCK == 0 && now_us - a->answered_us >= TYPED_LEAST_US);
}

static enum ssh_outcome
add_packet(struct ssh_auth *a, bool of_client, size_t size, int64_t now_us)
{
    if (!of_client) {
        a->answered_us = now_us;
        return add_reply(a, size);
    }
    a->is_split = false;
    if (a->step == STEP_ASKED && a->requests < REQUESTS_MAX) {
        a->is_password = may_be_password(a, size, now_us);
        a->is_long = size >= wire_size(a, PAYLOAD_KEY);
        a->requests++;
    }
    return SSH_UNDECIDED;
}

/* Takes the next packet off; 0 when its end is not there, more than MESSAGE_MAX when there is none.
 */
static size_t
next_packet(const struct ssh_auth *a, struct rd *piece)
{
    size_t all = rd_left(piece), length;
    struct rd at = *piece;

    if (!shows_length(a)) {
        rd_skip(piece, all);
        return all;
    }
    length = rd_u32(&at);
    if (at.ok && length > MESSAGE_MAX)
        return length;
    rd_skip(&at, length);
    rd_skip(&at, seal_bytes(a));
    if (!at.ok)
        return 0;
    *piece = at;
    return all - rd_left(piece);
}

enum ssh_outcome
ssh_auth_add(struct ssh_auth *a, bool of_client, struct rd *piece, int64_t now_us)
{
    enum ssh_outcome outcome = SSH_UNDECIDED;

    while (rd_left(piece) > 0 && outcome == SSH_UNDECIDED && a->step != STEP_DONE &&
           a->cipher != 0 && a->mac != 0 && a->is_plain) {
        size_t size = next_packet(a, piece);

        if (size == 0)
            return SSH_UNDECIDED;
        if (size > MESSAGE_MAX)
            a->step = STEP_DONE;
        else
            outcome = add_packet(a, of_client, size, now_us);
    }
    rd_skip(piece, rd_left(piece));
    return outcome;
}
