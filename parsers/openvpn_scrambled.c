/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenVPN behind Tunnelblick's `scramble` (its XOR patch): each datagram is XORed with a mask that
 * depends on the place alone, and may be reversed from its second byte on. Two datagrams of one
 * kind therefore differ as their plain texts do: the resets of client and server, which are 12
 * bytes apart, by their opcodes, by a count of 0 and 1, by nothing in the message's number; then
 * the client's acknowledgement, or its first message, by its opcode and length. So the mask need
 * not be known. Xue et al., "OpenVPN is Open to VPN Fingerprinting" (USENIX Security 2022) use the
 * same opcodes and lengths.
 *
 * Only over UDP, and only where the resets are seen.
 */
#include "openvpn_internal.h"

#define ANSWER_LONGER 12 /* one number and a session id acknowledged */
#define ACKNOWLEDGEMENT_LONGER 8
#define RESETS_DIFFER 0x78           /* opcodes 7 and 8, in the upper five bits */
#define ACKNOWLEDGEMENT_DIFFERS 0x10 /* 7 and 5 */
#define CONTROL_DIFFERS 0x18         /* 7 and 4 */
#define NUMBER_AT 1                  /* of the message, where the datagram is reversed */
#define NUMBER_BYTES 4
#define SEALED_AT 9    /* packet number and time, of tls-crypt */
#define SEALED_BYTES 6 /* all of them but the time's lower half */
#define TOLD 2         /* answers: the server's, and what the client says to it */

/* A reset alone, and with HMACs of SHA-1, SHA-256 (as with tls-crypt), SHA-512. */
static const uint8_t lengths[] = { 14, 42, 54, 86 };

static uint8_t
byte_at(struct rd r, size_t place)
{
    rd_skip(&r, place);
    return rd_u8(&r);
}

/* In place: count 0 became 1, number 0 stayed. */
static bool
differs_in_place(const struct openvpn_state *s, struct rd answer)
{
    for (unsigned i = 0; i < OPENVPN_TAIL_BYTES; i++)
        if ((byte_at(answer, s->length - OPENVPN_TAIL_BYTES + i) ^ s->tail[i]) != (i == 0))
            return false;
    return true;
}

static bool
differs_sealed(const struct openvpn_state *s, struct rd answer)
{
    for (unsigned i = SEALED_AT; i < SEALED_AT + SEALED_BYTES; i++)
        if (byte_at(answer, i) != s->head[i])
            return false;
    return true;
}

/* `with_place`: XORed with the place, counted from 1, before it was reversed as well. */
static bool
differs_reversed(const struct openvpn_state *s, struct rd answer, bool with_place)
{
    for (unsigned i = NUMBER_AT; i < NUMBER_AT + NUMBER_BYTES; i++) {
        unsigned place = s->length - i + 1u, differ = place ^ (place + ANSWER_LONGER);

        if ((byte_at(answer, i) ^ s->head[i]) != (with_place ? differ : 0))
            return false;
    }
    return true;
}

static bool
is_answer(const struct openvpn_state *s, struct rd r)
{
    return rd_left(&r) == (size_t)s->length + ANSWER_LONGER &&
           (rd_peek(&r) ^ s->head[0]) == RESETS_DIFFER &&
           (differs_in_place(s, r) || differs_sealed(s, r) || differs_reversed(s, r, false) ||
               differs_reversed(s, r, true));
}

static bool
is_reply(const struct openvpn_state *s, struct rd r)
{
    unsigned differ = rd_peek(&r) ^ s->head[0];
    size_t length = rd_left(&r);

    return (differ == ACKNOWLEDGEMENT_DIFFERS &&
               length == (size_t)s->length + ACKNOWLEDGEMENT_LONGER) ||
           (differ == CONTROL_DIFFERS && length > (size_t)s->length + ANSWER_LONGER);
}

static enum parse_result
keep_first(struct rd r, struct openvpn_state *s, const struct parse_input *in)
{
    size_t length = rd_left(&r);
    unsigned places = length < OPENVPN_HEAD_BYTES ? (unsigned)length : OPENVPN_HEAD_BYTES;

    if (!in->from_client || length > UINT8_MAX ||
        memchr(lengths, (int)length, sizeof lengths) == NULL)
        return PARSE_NOT_MINE;
    s->wrapping = OPENVPN_SCRAMBLED;
    s->is_from_client = true;
    s->length = (uint8_t)length;
    for (unsigned i = 0; i < places; i++)
        s->head[i] = byte_at(r, i);
    for (unsigned i = 0; i < OPENVPN_TAIL_BYTES; i++)
        s->tail[i] = byte_at(r, length - OPENVPN_TAIL_BYTES + i);
    return PARSE_OK;
}

enum parse_result
openvpn_scrambled(struct rd r, struct openvpn_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    if (in->transport != PARSE_UDP || in->is_cut)
        return PARSE_NOT_MINE;
    if (s->wrapping == OPENVPN_UNKNOWN)
        return keep_first(r, s, in);
    if (s->is_told)
        return PARSE_OK;
    if (s->answers == 0 ? in->from_client || !is_answer(s, r) : !in->from_client || !is_reply(s, r))
        return PARSE_NOT_MINE;
    if (++s->answers == TOLD)
        openvpn_tell_session(s, out);
    return PARSE_OK;
}
