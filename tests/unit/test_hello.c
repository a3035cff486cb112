/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/hello.c conf/list_[dt]o*.c conf/embedded.c */
/* First payloads each way. */
#include "../../conf/list.h"
#include "../../sensor/flow_track.h"
#include "../../sensor/hello.h"
#include "parse_check.h"
#include <stdio.h>
#include <string.h>

#define TCP FLOW_PROTOCOL_TCP
#define UDP FLOW_PROTOCOL_UDP

static const struct {
    const char *name;
    uint8_t protocol;
    const char *client, *server;
    uint32_t client_length, server_length; /* on the wire */
    const char *says;
} cases[] = {
    { "ICA", TCP, "7f7f49434100", "7f7f49434100", 6, 6, "citrix" },
    { "TLS", TCP, "16030100f1010000", "160303007a020000", 246, 1400, NULL },
    { "ICA by one end", TCP, "7f7f49434100", "160300007a02", 6, 6, NULL },
    { "over UDP", UDP, "7f7f49434100", "7f7f49434100", 6, 6, NULL },
    { "a cut packet", TCP, "7f7f4943", "7f7f4943", 6, 6, NULL },
};

static void
give(struct flow *f, unsigned direction, const char *hex, uint32_t length)
{
    uint8_t bytes[64];
    struct packet p = { .payload = bytes, .payload_length = length };

    p.payload_captured = (uint32_t)parse_check_hex(bytes, sizeof bytes, hex);
    f->payload_packets[direction]++;
    hello_read(f, direction, &p);
}

static void
test_hellos(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow f = { .protocol = cases[i].protocol };
        const char *says;

        give(&f, FLOW_CLIENT, cases[i].client, cases[i].client_length);
        if (hello_protocol(&f) != NULL)
            fail_msg("%s: one end alone", cases[i].name);
        give(&f, FLOW_SERVER, cases[i].server, cases[i].server_length);
        says = hello_protocol(&f);
        if ((says == NULL) != (cases[i].says == NULL) ||
            (says != NULL && strcmp(says, cases[i].says) != 0))
            fail_msg("%s: %s", cases[i].name, says == NULL ? "nothing" : says);
    }
}

static void
test_only_the_first_payload_counts(void **state)
{
    struct flow f = { .protocol = TCP };

    (void)state;
    give(&f, FLOW_CLIENT, "00010203", 4);
    give(&f, FLOW_CLIENT, cases[0].client, cases[0].client_length);
    give(&f, FLOW_SERVER, cases[0].server, cases[0].server_length);
    assert_null(hello_protocol(&f));
}

static const struct {
    const char *name;
    uint16_t port;
    const char *client, *server, *says;
} media[] = {
    { "RTP at Meet's port", 19305, "806f0001", "806f0001", "Google Meet" },
    { "STUN at Teams's port", 3480, "000100002112a442", "010100002112a442", "Teams" },
    { "DTLS at Webex's port", 9000, "16feff0000000000", "16feff0000000000", "Webex" },
    { "Zoom", 8801, "05000100", "05000100", "Zoom" },
    { "Zoom's layer at another's port", 19305, "05000100", "05000100", NULL },
    { "STUN at anybody's port", 3478, "000100002112a442", "010100002112a442", NULL },
    { "something else at Meet's port", 19305, "47455420", "806f0001", NULL },
    { "a remote tool's port", 21116, "806f0001", "806f0001", NULL },
    { "a cut packet", 3480, "00010000", "01010000", NULL },
};

static void
test_media_of_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
        struct flow f = { .protocol = UDP, .port = { 50000, media[i].port } };
        const struct list_tool *call;

        give(&f, FLOW_CLIENT, media[i].client, 100);
        assert_null(hello_call(&f));
        give(&f, FLOW_SERVER, media[i].server, 100);
        call = hello_call(&f);
        if ((call == NULL) != (media[i].says == NULL) ||
            (call != NULL && strcmp(call->name, media[i].says) != 0))
            fail_msg("%s: %s", media[i].name, call == NULL ? "nothing" : call->name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hellos),
        cmocka_unit_test(test_only_the_first_payload_counts),
        cmocka_unit_test(test_media_of_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
