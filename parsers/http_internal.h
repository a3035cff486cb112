/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between http.c (messages), http_head.c (header fields), http_auth.c (who logs in) and http_vpn.c
 * (VPNs that speak HTTP).
 */
#ifndef PARSERS_HTTP_INTERNAL_H
#define PARSERS_HTTP_INTERNAL_H

#include "answer.h"

#define HTTP_PENDING 8 /* requests on their way at once whose kind is remembered */

enum http_body { HTTP_HEAD, HTTP_LENGTH, HTTP_CHUNK_SIZE, HTTP_CHUNK, HTTP_TRAILER, HTTP_TO_CLOSE };

enum http_kind {
    HTTP_PLAIN,
    HTTP_NO_BODY, /* HEAD: the answer has the length of a body, and none */
    HTTP_CONNECT
};

/* What a client answers at once, with nobody asked. */
enum http_wait {
    HTTP_WAIT_NONE,
    HTTP_WAIT_BODY,     /* behind 100 (Continue) */
    HTTP_WAIT_PROOF,    /* a challenge to prove what was named: NTLM's second message */
    HTTP_WAIT_REDIRECT, /* asks for what it was sent to */
    HTTP_WAIT_TUNNEL    /* through a proxy that has connected */
};

/* What is remembered of a connection. */
struct http_state {
    uint64_t left[2];        /* of the body, each way */
    uint32_t auth_seen;      /* hash of credentials that the server has answered */
    uint32_t auth_waits;     /* and of those that it has not */
    uint32_t host, redirect; /* hashes: of the newest request's Host, of where it is sent to */
    struct answer answer;
    uint8_t waits;            /* enum http_wait */
    uint16_t asked, answered; /* requests, final responses */
    uint16_t proof;           /* the request whose login waits for its answer, + 1 */
    uint8_t body[2];          /* enum http_body */
    uint8_t kind[HTTP_PENDING];
    uint8_t form; /* enum http_form of the body under way */
    bool is_proxy_proof;
    bool is_inferred; /* the answer will not say so in words */
    bool is_other;    /* from here on another protocol (CONNECT, Upgrade) */
    bool is_begun;
    bool is_turned; /* picked up in its middle: the flow's originator is the server */
    bool is_lost;   /* messages are missing: answers belong to no request */
    bool wants_title;
    bool vpn_told;
};
_Static_assert(sizeof(struct http_state) <= PARSE_STATE_BYTES, "fits");

/* Fields of interest; empty when absent. */
struct http_head {
    bool is_request;
    struct rd method, target; /* of a request */
    unsigned status;          /* of a response */
    struct rd host, user_agent, language, server, authorization, proxy_authorization, authenticate,
        upgrade, location, content_type, cookie, search_target, notification_type;
    bool has_length, is_chunked, is_cstp;
    uint64_t length;
};

/* Login forms whose fields are known. */
enum http_form { HTTP_FORM_NONE, HTTP_FORM_USERNAME, HTTP_FORM_USER, HTTP_FORM_ANYCONNECT };

/* A whole head from its first line on. PARSE_MORE while its end is not there; NOT_MINE when the
 * first line is none of HTTP/1. */
enum parse_result http_read_head(struct rd *r, bool from_client, struct http_head *out);

/* Who asks, and what the server made of it. */
void http_auth_request(const struct http_head *h, struct http_state *s,
    const struct parse_input *in, const struct parse_output *out);
void http_auth_response(const struct http_head *h, struct http_state *s,
    const struct parse_input *in, const struct parse_output *out);

/* How far the client is. The server's head came, before it is counted as an answer; bytes of either
 * end that are no head; a request. */
void http_time_expect(const struct http_head *h, enum http_kind kind, struct http_state *s,
    const struct parse_input *in);
void http_time_bytes(struct http_state *s, bool by_client, const struct parse_input *in,
    const struct parse_output *out);
void http_time_request(const struct http_head *h, struct http_state *s,
    const struct parse_input *in, const struct parse_output *out);

/* FNV-1a, never 0. */
uint32_t http_hash(struct rd r);

/* Whether it is a VPN's request or answer, told once; which form follows. */
enum http_form http_vpn_request(
    const struct http_head *h, struct http_state *s, const struct parse_output *out);
void http_vpn_response(
    const struct http_head *h, struct http_state *s, const struct parse_output *out);
/* The body of such a form: the name in it. */
void http_vpn_form(
    enum http_form form, struct rd body, struct http_state *s, const struct parse_output *out);

#endif
