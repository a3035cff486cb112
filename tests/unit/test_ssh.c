/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/tunnel.c parsers/ssh*.c parsers/digest.c parsers/fact.c parsers/text.c */
/*
 * Proves what SSH tells of its two programs, and that the sizes of sealed messages tell accepted
 * from refused and say nothing where they cannot. Messages by hand after RFC 4253; sizes of sealed
 * ones after RFC 4252, 4253 (6), 5647 (7.2) and OpenSSH's PROTOCOL.chacha20poly1305.
 */
#include "conversation.h"

#define ROOM 4096
#define NEWKEYS 21
#define KEXINIT 20
#define PAUSE_US 1500000

extern const struct parser parser_ssh;

#define S FROM_SERVER
#define C FROM_CLIENT
#define CLIENT_IDENT C("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
#define SERVER_IDENT S("SSH-2.0-OpenSSH_9.9\r\n")
#define BANNERS                                                                                    \
    "banner what=ssh-client text=SSH-2.0-OpenSSH_9.2p1 Debian-2; "                                 \
    "banner what=ssh-server text=SSH-2.0-OpenSSH_9.9"

static struct parse_input
segment(void)
{
    return (
        struct parse_input){ .transport = PARSE_TCP, .source_port = 40000, .destination_port = 22 };
}

/* ---- identification ---- */

static const struct {
    const char *name;
    struct turn turns[CONVERSATION_TURNS];
    const char *facts;
} idents[] = {
    { "both", { CLIENT_IDENT, SERVER_IDENT }, BANNERS },
    { "the server greets first",
        { CLIENT_IDENT, S("Authorised use only\r\n\r\nSSH-2.0-OpenSSH_9.9\r\n") }, BANNERS },
    { "LF alone", { C("SSH-2.0-x\n") }, "banner what=ssh-client text=SSH-2.0-x" },
    { "filled up with NULs", { C("SSH-2.0-Cisco-1.25 \0\0\0\0\0\n") },
        "banner what=ssh-client text=SSH-2.0-Cisco-1.25" },
    { "version 1", { C("SSH-1.5-OpenSSH_3.6\n"), S("SSH-1.5-1.2.27\n"), S("\0\0\1\7rest") },
        "banner what=ssh-client text=SSH-1.5-OpenSSH_3.6; banner what=ssh-server "
        "text=SSH-1.5-1.2.27; session-open app=SSH software.client=OpenSSH_3.6 "
        "software.server=1.2.27 version=SSH 1" },
    { "1.99 is 2", { C("SSH-1.99-x\n") }, "banner what=ssh-client text=SSH-1.99-x" },
    { "control characters are shown", { C("SSH-2.0-a\tb\n") },
        "banner what=ssh-client text=SSH-2.0-a\\x09b" },
};

static void
test_identification(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(idents); i++) {
        union parse_state kept;
        struct parse_check c;

        (void)conversation_run(&parser_ssh, segment(), idents[i].turns, &kept, &c);
        if (strcmp(c.facts, idents[i].facts) != 0)
            fail_msg("%s: %s", idents[i].name, c.facts);
    }
}

/* ---- key exchange ---- */

struct offer {
    const char *kex, *ciphers, *macs, *compressions;
};

static size_t
put_u32(char *out, size_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (char)(value >> (24 - 8 * i));
    return 4;
}

/* length, padding length, payload, padding up to a multiple of 8 */
static size_t
put_packet(char *out, const char *payload, size_t n)
{
    size_t padding = 4 + (8 - (4 + 1 + n + 4) % 8) % 8;

    (void)put_u32(out, 1 + n + padding);
    out[4] = (char)padding;
    memcpy(out + 5, payload, n);
    memset(out + 5 + n, 0, padding);
    return 5 + n + padding;
}

static size_t
put_kexinit(char *out, const struct offer *o)
{
    const char *lists[] = { o->kex, "ssh-ed25519", o->ciphers, o->ciphers, o->macs, o->macs,
        o->compressions, o->compressions, "", "" };
    char payload[ROOM] = { KEXINIT, 'c', 'o', 'o', 'k', 'i', 'e' };
    size_t n = 1 + 16;

    for (size_t i = 0; i < COUNT(lists); i++) {
        n += put_u32(payload + n, strlen(lists[i]));
        memcpy(payload + n, lists[i], strlen(lists[i]));
        n += strlen(lists[i]);
    }
    memset(payload + n, 0, 5); /* no guess follows, reserved */
    return put_packet(out, payload, n + 5);
}

#define CHACHA "chacha20-poly1305@openssh.com"
#define GCM "aes256-gcm@openssh.com"
#define ETM "hmac-sha2-256-etm@openssh.com"

static const struct offer client_offer = { "curve25519-sha256,ext-info-c", CHACHA ",aes128-ctr",
    "hmac-sha2-256", "none" };
static const struct offer server_offer = { "curve25519-sha256,ext-info-s", CHACHA ",aes128-ctr",
    "hmac-sha2-256", "none" };
/* MD5 of `kex;ciphers;macs;compressions`, by md5sum(1) */
#define HASSH_CLIENT "f3536a829bbbe7404730f4e8ceced46b"
#define HASSH_SERVER "b86cc7d4fbc841485e0f96b7ca4ed2b6"
#define HASSHES                                                                                    \
    "device address=198.51.100.1 fingerprint.hassh=" HASSH_CLIENT                                  \
    "; device address=198.51.100.1 fingerprint.hassh-server=" HASSH_SERVER
#define OPENED                                                                                     \
    "session-open app=SSH software.client=OpenSSH_9.2p1 Debian-2 "                                 \
    "software.server=OpenSSH_9.9 version=SSH 2.0"

/* The parts of a handshake, in the order in which they are sent. */
struct handshake {
    char bytes[8][ROOM];
    struct turn turns[CONVERSATION_TURNS];
    unsigned count;
};

static void
add(struct handshake *h, bool from_server, size_t n)
{
    h->turns[h->count] =
        (struct turn){ .from_server = from_server, .bytes = h->bytes[h->count], .n = n };
    h->count++;
}

static void
add_message(struct handshake *h, bool from_server, char type)
{
    const char payload[] = { type, 0, 0, 0, 1, 'x' };

    add(h, from_server, put_packet(h->bytes[h->count], payload, sizeof payload));
}

static void
make(struct handshake *h, const struct offer *client, const struct offer *server)
{
    static const struct turn first[] = { CLIENT_IDENT, SERVER_IDENT };

    memset(h, 0, sizeof *h);
    memcpy(h->turns, first, sizeof first);
    h->count = 2;
    add(h, false, put_kexinit(h->bytes[2], client));
    add(h, true, put_kexinit(h->bytes[3], server));
    add_message(h, false, 30);
    add_message(h, true, 31);
    add_message(h, true, NEWKEYS);
    add_message(h, false, NEWKEYS);
}

static void
test_key_exchange(void **state)
{
    static struct handshake h;
    union parse_state kept;

    (void)state;
    make(&h, &client_offer, &server_offer);
    conversation_tells(
        &parser_ssh, segment(), "key exchange", h.turns, BANNERS "; " HASSHES "; " OPENED, &kept);
    conversation_no_prefix_tells(&parser_ssh, segment(), "key exchange", h.turns);
}

/* A server that dials out: only what the sides say tells who is who. */
static void
test_the_server_may_call(void **state)
{
    static struct handshake h;
    union parse_state kept;
    struct parse_check c;

    (void)state;
    make(&h, &client_offer, &server_offer);
    for (unsigned i = 0; i < h.count; i++)
        h.turns[i].from_server = !h.turns[i].from_server;
    assert_int_equal(conversation_run(&parser_ssh, segment(), h.turns, &kept, &c), h.count);
    assert_non_null(strstr(c.facts, "fingerprint.hassh=" HASSH_CLIENT));
    assert_non_null(strstr(c.facts, "fingerprint.hassh-server=" HASSH_SERVER));
    assert_non_null(strstr(c.facts, OPENED));
}

/* ---- how it ends ---- */

#define TYPED 1 /* the next piece comes after a pause */
/* Sizes of sealed pieces: the client's are positive, the server's negative. */
static const struct {
    const char *name, *cipher, *mac, *compression;
    short pieces[12];
    const char *facts;
} ends[] = {
    { "ChaCha20: key accepted", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 500, -476, 668, -28, 112 },
        "login result=success inferred=yes method=ssh" },
    { "ChaCha20: password refused, then accepted", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 84, -52, 84, -28 },
        "login result=failure inferred=yes method=ssh; login result=success inferred=yes "
        "method=ssh" },
    { "a refused key, or long password", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 500, -52 },
        "login result=failure inferred=yes method=ssh reason=key or long password" },
    { "of several keys one is told, and that another one was accepted", CHACHA, "hmac-sha2-256",
        "none", { 44, -44, 68, -52, 500, -52, 148, -52, 148, -116, 260, -28 },
        "login result=failure inferred=yes method=ssh reason=key or long password; "
        "login result=success inferred=yes method=ssh" },
    { "a method that is refused is no key", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 92, -52 }, "" },
    { "a typed password, filled up, refused", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, TYPED, 148, -52, TYPED, 148, -28 },
        "login result=failure inferred=yes method=ssh; login result=success inferred=yes "
        "method=ssh" },
    { "a key of the same size, offered at once", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 148, -52 },
        "login result=failure inferred=yes method=ssh reason=key or long password" },
    { "typed, but of another size", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -52, TYPED, 156, -52 },
        "login result=failure inferred=yes method=ssh reason=key or long password" },
    { "typed, AES-CTR with MAC over the plain text", "aes128-ctr", "hmac-sha2-256", "none",
        { 64, -64, 80, -80, TYPED, 160, -80 }, "login result=failure inferred=yes method=ssh" },
    { "the extension before the service", CHACHA, "hmac-sha2-256", "none",
        { 44, -212, -44, 68, -52, 84, -28 }, "login result=success inferred=yes method=ssh" },
    { "no method is needed", CHACHA, "hmac-sha2-256", "none", { 44, -44, 68, -28 },
        "login result=success inferred=yes method=ssh" },
    { "AES-GCM", GCM, "hmac-sha2-256", "none", { 52, -52, 68, -52, 84, -52, 84, -36 },
        "login result=failure inferred=yes method=ssh; login result=success inferred=yes "
        "method=ssh" },
    { "AES-CTR, MAC over the ciphertext", "aes128-ctr", ETM, "none",
        { 68, -68, 84, -68, 100, -68, 100, -52 },
        "login result=failure inferred=yes method=ssh; login result=success inferred=yes "
        "method=ssh" },
    { "AES-CTR, MAC over the plain text", "aes128-ctr", "hmac-sha2-256", "none",
        { 64, -64, 80, -80, 96, -80, 96, -48 },
        "login result=failure inferred=yes method=ssh; login result=success inferred=yes "
        "method=ssh" },
    { "compression from the start hides all", CHACHA, "hmac-sha2-256", "zlib",
        { 44, -44, 68, -52, 84, -28 }, "" },
    { "a cipher that is not known hides all", "aes1024-xyz", "hmac-sha2-256", "none",
        { 44, -44, 68, -52, 84, -28 }, "" },
    { "a success is nothing before a request", CHACHA, "hmac-sha2-256", "none", { -28, -44, -28 },
        "" },
    { "what comes behind a full segment may be its end", CHACHA, "hmac-sha2-256", "none",
        { 44, -44, 68, -1448, -28, 84, -28 }, "login result=success inferred=yes method=ssh" },
};

static struct turn
sealed(char room[ROOM], short size, const char *cipher, const char *mac)
{
    size_t n = (size_t)(size < 0 ? -size : size);
    size_t seal = strcmp(cipher, GCM) == 0 ? 16 : strcmp(mac, ETM) == 0 ? 32 : 0;

    memset(room, 0xa5, n);
    if (seal > 0)
        (void)put_u32(room, n - 4 - seal);
    return (struct turn){ .from_server = size < 0, .bytes = room, .n = n };
}

static void
test_ends(void **state)
{
    static struct handshake h;
    char room[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct offer offer = { "curve25519-sha256", ends[i].cipher, ends[i].mac,
            ends[i].compression };
        struct parse_input in = segment();
        union parse_state kept;
        struct parse_check c;

        make(&h, &offer, &offer);
        assert_int_equal(conversation_run(&parser_ssh, in, h.turns, &kept, &c), h.count);
        memset(&c, 0, sizeof c);
        for (const short *size = ends[i].pieces;
             size < ends[i].pieces + COUNT(ends[i].pieces) && *size != 0; size++) {
            struct turn t;

            in.time_us += *size == TYPED ? PAUSE_US : 0;
            if (*size == TYPED)
                continue;
            t = sealed(room, *size, ends[i].cipher, ends[i].mac);
            assert_int_equal(conversation_turn(&parser_ssh, &in, &t, &kept, &c), PARSE_OK);
        }
        if (strcmp(c.facts, ends[i].facts) != 0)
            fail_msg("%s: %s", ends[i].name, c.facts);
    }
}

/* ---- what is refused ---- */

/* Ciphers that show lengths: a message goes on in the next segment, behind the end of another. */
static void
test_a_message_in_two_segments(void **state)
{
    static const struct offer offer = { "curve25519-sha256", GCM, "hmac-sha2-256", "none" };
    static const short pieces[] = { 52, -52, 68, -52, 84, -36 };
    static struct handshake h;
    struct parse_input in = segment();
    union parse_state kept;
    struct parse_check c;
    char room[2 * ROOM];

    (void)state;
    make(&h, &offer, &offer);
    assert_int_equal(conversation_run(&parser_ssh, in, h.turns, &kept, &c), h.count);
    memset(&c, 0, sizeof c);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct turn t = sealed(room, pieces[i], GCM, offer.macs), first;

        if (i == 1) { /* the extension's last bytes come with it */
            t = sealed(room, -212, GCM, offer.macs);
            (void)sealed(room + 212, pieces[i], GCM, offer.macs);
            first = t;
            first.n = 100;
            assert_int_equal(conversation_turn(&parser_ssh, &in, &first, &kept, &c), PARSE_MORE);
            first.n = 212 + 2;
            assert_int_equal(conversation_turn(&parser_ssh, &in, &first, &kept, &c), PARSE_MORE);
            assert_int_equal(rd_left(&in.data), 2);
            t.bytes = room + 212;
            t.n = 52;
        }
        assert_int_equal(conversation_turn(&parser_ssh, &in, &t, &kept, &c), PARSE_OK);
    }
    assert_string_equal(c.facts, "login result=success inferred=yes method=ssh");
}

static const struct {
    const char *name;
    struct turn turns[CONVERSATION_TURNS];
    enum parse_result result; /* of the last one */
} others[] = {
    { "nothing to say yet", { C("SS") }, PARSE_MORE },
    { "HTTP", { C("GET / HTTP/1.1\r\n") }, PARSE_NOT_MINE },
    { "a greeting of a server on another port", { S("220 ready\r\n") }, PARSE_NOT_MINE },
    { "no software", { C("SSH-2.0-\r\n") }, PARSE_NOT_MINE },
    { "no numbers", { C("SSH-x.0-y\r\n") }, PARSE_NOT_MINE },
    { "binary", { C("SSH-2.0-\1\2\r\n") }, PARSE_NOT_MINE },
    { "a packet of 64 KB", { CLIENT_IDENT, C("\0\1\0\0\4\x14") }, PARSE_BAD },
    { "a packet that fills no block", { CLIENT_IDENT, C("\0\0\0\x0d\4\x14") }, PARSE_BAD },
    { "padding beyond the packet", { CLIENT_IDENT, C("\0\0\0\x0c\x0c\x14zzzzzzzzzz") }, PARSE_BAD },
    { "a message that has no place here", { CLIENT_IDENT, C("\0\0\0\x0c\4\x32zzzzzzzzzz") },
        PARSE_BAD },
    { "a list that is longer than its message",
        { CLIENT_IDENT, C("\0\0\0\x1c\4\x14zzzzzzzzzzzzzzzz\0\0\1\0zzzzzz") }, PARSE_BAD },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        conversation_ends(
            &parser_ssh, segment(), others[i].name, others[i].turns, others[i].result);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identification),
        cmocka_unit_test(test_key_exchange),
        cmocka_unit_test(test_the_server_may_call),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_a_message_in_two_segments),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
