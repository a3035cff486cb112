/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Systems start with a time to live of 32, 64, 128 or 255: what lacks to the next above are the
 * hops. A window is a multiple of the segment or of the MTU where it is one.
 */
#include "tcp_syn.h"
#include <stdarg.h>
#include <stdio.h>

#define FLAG_URG 0x20
#define FLAG_ECE 0x40
#define FLAG_CWR 0x80
#define FLAGS_OF_INTEREST (PACKET_TCP_SYN | PACKET_TCP_ACK | PACKET_TCP_RST | PACKET_TCP_FIN)
#define IP4_HEADER 20
#define TCP_HEADER 20
#define URGENT_AT 18 /* of the TCP header */
#define IP6_FLOW_LABEL 0x000fffffu
#define IP4_DONT_FRAGMENT 0x4000
#define HEADERS_4 40 /* IP and TCP without options: what an MSS leaves out of the MTU */
#define HEADERS_6 60
#define TIMESTAMP_BYTES 12 /* of options in every segment, when agreed on */
#define MSS_LEAST 100      /* below, multiples are chance: p0f's limit */
#define SCALE_MAX 14       /* RFC 7323, 2.3 */
#define SCALE_NONE 0xff
#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_MSS 2
#define OPTION_SCALE 3
#define OPTION_SACK_OK 4
#define OPTION_SACK 5
#define OPTION_TIMESTAMP 8

struct text {
    char *at;
    size_t room;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(t->at, t->room, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= t->room)
        n = t->room > 0 ? (int)t->room - 1 : 0;
    t->at += n;
    t->room -= (size_t)n;
}

static void
add_window(struct text *t, const struct packet *p)
{
    unsigned mss = p->tcp.mss, window = p->tcp.window;
    unsigned sent = p->tcp.has_timestamp && mss > TIMESTAMP_BYTES ? mss - TIMESTAMP_BYTES : mss;
    unsigned mtu = mss + (p->ip_version == 4 ? HEADERS_4 : HEADERS_6);

    if (mss >= MSS_LEAST && window > 0 && window % mss == 0)
        add(t, ":mss*%u", window / mss);
    else if (mss >= MSS_LEAST && window > 0 && window % sent == 0)
        add(t, ":mss*%u", window / sent);
    else if (mss >= MSS_LEAST && window > 0 && window % mtu == 0)
        add(t, ":mtu*%u", window / mtu);
    else
        add(t, ":%u", window);
    add(t, ",%u:", p->tcp.window_scale == SCALE_NONE ? 0u : p->tcp.window_scale);
}

/* Bytes behind the end of the options. */
static unsigned
padding(const struct packet *p)
{
    static const uint8_t lengths[] = {
        [OPTION_END] = 1,
        [OPTION_NOP] = 1,
        [OPTION_MSS] = 4,
        [OPTION_SCALE] = 3,
        [OPTION_SACK_OK] = 2,
        [OPTION_TIMESTAMP] = 10,
    };
    unsigned left = p->tcp.header_length - TCP_HEADER;

    for (unsigned i = 0; i < p->tcp.option_count && i < sizeof p->tcp.options; i++) {
        uint8_t kind = p->tcp.options[i];
        unsigned n = kind < sizeof lengths ? lengths[kind] : 0;

        left -= n < left ? n : left;
    }
    return left;
}

static void
add_layout(struct text *t, const struct packet *p)
{
    static const char *const names[] = {
        [OPTION_NOP] = "nop",
        [OPTION_MSS] = "mss",
        [OPTION_SCALE] = "ws",
        [OPTION_SACK_OK] = "sok",
        [OPTION_SACK] = "sack",
        [OPTION_TIMESTAMP] = "ts",
    };

    for (unsigned i = 0; i < p->tcp.option_count && i < sizeof p->tcp.options; i++) {
        uint8_t kind = p->tcp.options[i];
        const char *comma = i > 0 ? "," : "";

        if (kind == OPTION_END)
            add(t, "%seol+%u", comma, padding(p));
        else if (kind < sizeof names / sizeof names[0] && names[kind] != NULL)
            add(t, "%s%s", comma, names[kind]);
        else
            add(t, "%s?%u", comma, kind);
    }
}

static void
add_quirks(struct text *t, const struct packet *p)
{
    struct rd ip = rd_of(p->ip, p->ip_captured), tcp = ip;
    bool is_4 = p->ip_version == 4;
    uint32_t first = rd_u32(&ip);
    uint16_t id = is_4 ? rd_u16(&ip) : 0, fragment = is_4 ? rd_u16(&ip) : 0, urgent;
    const char *comma = "";

    rd_skip(&tcp, (size_t)(p->transport - p->ip) + URGENT_AT);
    urgent = rd_u16(&tcp);
    const struct {
        const char *name;
        bool is_there;
    } quirks[] = {
        { "df", is_4 && (fragment & IP4_DONT_FRAGMENT) != 0 },
        { "id+", is_4 && (fragment & IP4_DONT_FRAGMENT) != 0 && id != 0 },
        { "id-", is_4 && (fragment & IP4_DONT_FRAGMENT) == 0 && id == 0 },
        { "ecn", (p->tcp.flags & (FLAG_ECE | FLAG_CWR)) != 0 },
        { "flow", !is_4 && (first & IP6_FLOW_LABEL) != 0 },
        { "seq-", p->tcp.seq == 0 },
        { "ack+", p->tcp.ack != 0 },
        { "uptr+", (p->tcp.flags & FLAG_URG) == 0 && urgent != 0 },
        { "urgf+", (p->tcp.flags & FLAG_URG) != 0 },
        { "pushf+", (p->tcp.flags & PACKET_TCP_PSH) != 0 },
        { "ts1-", p->tcp.has_timestamp && p->tcp.ts_value == 0 },
        { "ts2+", p->tcp.has_timestamp && p->tcp.ts_echo != 0 },
        { "exws", p->tcp.window_scale != SCALE_NONE && p->tcp.window_scale > SCALE_MAX },
    };

    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++)
        if (quirks[i].is_there) {
            add(t, "%s%s", comma, quirks[i].name);
            comma = ",";
        }
}

static unsigned
initial_ttl(uint8_t ttl)
{
    return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

bool
tcp_syn_signature(const struct packet *p, char out[TCP_SYN_TEXT])
{
    struct text t = { .at = out, .room = TCP_SYN_TEXT };
    struct rd ip = rd_of(p->ip, p->ip_captured);
    unsigned ip_options;

    if (p->protocol != IPPROTO_TCP || (p->tcp.flags & FLAGS_OF_INTEREST) != PACKET_TCP_SYN)
        return false;
    ip_options = p->ip_version == 4 ? (rd_u8(&ip) & 0x0fu) * 4 - IP4_HEADER : 0;
    add(&t, "%u:%u+%u:%u:%u", p->ip_version, p->ttl, initial_ttl(p->ttl) - p->ttl, ip_options,
        p->tcp.mss);
    add_window(&t, p);
    add_layout(&t, p);
    add(&t, ":");
    add_quirks(&t, p);
    add(&t, ":%s", p->payload_length > 0 ? "+" : "0");
    return true;
}

bool
tcp_syn_fact(const struct packet *p, struct fact *f)
{
    char text[TCP_SYN_TEXT];

    if (!tcp_syn_signature(p, text))
        return false;
    fact_begin(f, FACT_DEVICE);
    fact_address(f, KEY_ADDRESS, &p->source);
    fact_word(f, KEY_FINGERPRINT_TCP, text);
    return true;
}
