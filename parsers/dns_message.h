/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A message in the format of the DNS (RFC 1035, 4.1), which mDNS, LLMNR and NetBIOS names share.
 * Names are text with the case as on the wire, a dot between two labels. A message is read to its
 * end before anything is said of it: dns_check() first.
 */
#ifndef PARSERS_DNS_MESSAGE_H
#define PARSERS_DNS_MESSAGE_H

#include "fact.h"
#include "rd.h"

#define DNS_NAME_BYTES 255  /* RFC 1035, 2.3.4 */
#define DNS_RECORDS_MAX 256 /* looked at in one message */

#define DNS_TYPE_A 1
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_PTR 12
#define DNS_TYPE_HINFO 13
#define DNS_TYPE_TXT 16
#define DNS_TYPE_AAAA 28
#define DNS_TYPE_SRV 33
#define DNS_CLASS_IN 1

#define DNS_OPCODE_QUERY 0
#define DNS_OPCODE_NOTIFY 4 /* RFC 1996 */
#define DNS_OPCODE_UPDATE 5 /* RFC 2136 */

struct dns_name {
    char text[DNS_NAME_BYTES];
    size_t length; /* of the text; 0: the root */
    size_t bytes;  /* on the wire, without compression */
};

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

struct dns_message {
    struct rd whole; /* pointers within names count from its start */
    struct rd body;  /* behind the header */
    bool is_response;
    unsigned opcode, rcode;
    unsigned questions, records[DNS_SECTIONS];
};

struct dns_record {
    struct dns_name name;
    uint16_t type, class_number;
    enum dns_section section;
    struct rd data;
};

/* Reads the name that stands at r and follows its pointers within the message. False: it is none.
 */
bool dns_read_name(const struct dns_message *m, struct rd *r, struct dns_name *name);
bool dns_same_name(const struct dns_name *a, const struct dns_name *b);
/* The name as text of a fact; the root as "<root>". */
void dns_put_name(struct fact *f, const struct dns_name *name);
/* For names whose case says nothing (RFC 4343): in the DNS some clients draw lots for it. */
void dns_lower(struct dns_name *name);

/* Fills in *m and reads all of it once. False: it is no message, or not all of one. */
bool dns_check(struct rd whole, struct dns_message *m);
/* The same as far as the questions; *behind receives what follows them. */
bool dns_check_questions(struct rd whole, struct dns_message *m, struct rd *behind);
/* The next question at r, which starts at m->body. */
bool dns_next_question(const struct dns_message *m, struct rd *r, struct dns_name *name);

/* Behind the questions: records one by one, with their sections. */
struct dns_walk {
    struct rd at;
    unsigned done; /* records */
};
struct dns_walk dns_records(const struct dns_message *m);
bool dns_next_record(const struct dns_message *m, struct dns_walk *walk, struct dns_record *record);
/* The address of an A or AAAA record; false: it is another, or no host's. */
bool dns_record_address(const struct dns_record *record, struct in6_addr *address);

#endif
