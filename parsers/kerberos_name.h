/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names and realms as Kerberos writes them (RFC 4120, 5.2), in messages of its own and in tickets
 * that others carry.
 */
#ifndef PARSERS_KERBEROS_NAME_H
#define PARSERS_KERBEROS_NAME_H

#include "der.h"
#include "fact.h"
#include <string.h>

#define KERBEROS_VERSION 5
#define KERBEROS_COMPONENTS_MAX 8 /* names have one to three */

/* A principal's name, its components joined by `/`. */
struct kerberos_name {
    char text[FACT_TEXT_MAX + 1];
    size_t length;
};

/* KerberosString is a GeneralString (RFC 4120, 5.2.1); any string type is taken for one. */
static inline struct rd
kerberos_string(struct rd *r)
{
    size_t length;

    (void)der_head(r, &length);
    return rd_sub(r, length);
}

/* PrincipalName ::= SEQUENCE { name-type [0] Int32, name-string [1] SEQUENCE OF KerberosString } */
static inline void
kerberos_read_name(struct rd *field, struct kerberos_name *name)
{
    struct rd sequence = der_value(field, DER_SEQUENCE), type, strings, component;
    unsigned count = 0;

    name->length = 0;
    type = der_value(&sequence, DER_CONTEXT(0));
    (void)der_integer(&type);
    strings = der_value(&sequence, DER_CONTEXT(1));
    strings = der_value(&strings, DER_SEQUENCE);
    field->ok = field->ok && type.ok && strings.ok;
    while (field->ok && rd_left(&strings) > 0) {
        component = kerberos_string(&strings);
        field->ok = component.ok && ++count <= KERBEROS_COMPONENTS_MAX;
        if (!field->ok || name->length + 1 + rd_left(&component) > sizeof(name->text))
            continue;
        if (count > 1)
            name->text[name->length++] = '/';
        if (rd_left(&component) > 0)
            memcpy(name->text + name->length, component.p, rd_left(&component));
        name->length += rd_left(&component);
    }
}

/* Ticket ::= [APPLICATION 1] SEQUENCE { tkt-vno [0], realm [1], sname [2], enc-part [3] }. Takes it
 * from r; false when it is none. */
static inline bool
kerberos_read_ticket(struct rd *r, struct rd *realm, struct kerberos_name *service)
{
    struct rd ticket = der_value(r, DER_APPLICATION(1)), field;
    int32_t version;

    ticket = der_value(&ticket, DER_SEQUENCE);
    field = der_value(&ticket, DER_CONTEXT(0));
    version = der_integer(&field);
    field = der_value(&ticket, DER_CONTEXT(1));
    *realm = kerberos_string(&field);
    field = der_value(&ticket, DER_CONTEXT(2));
    kerberos_read_name(&field, service);
    return ticket.ok && realm->ok && field.ok && version == KERBEROS_VERSION;
}

#endif
