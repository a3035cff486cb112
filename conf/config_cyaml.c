/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Schemas are made at run time since detectors declare their keys in tables of their own.
 */
#include "config_cyaml.h"
#include "config_check.h"

#include <cyaml/cyaml.h>
#include <stdlib.h>
#include <string.h>

struct loading {
    struct config_memory *m;
    const char *first_error;
};

static const cyaml_schema_field_t *make_fields(
    struct config_memory *m, const struct config_option *options, size_t line_offset);

/* A prefix is loaded as the four words of its address and a number of bits. */
static const cyaml_schema_field_t *
prefix_fields(struct config_memory *m)
{
    static const char *const keys[] = { "a", "b", "c", "d", "bits" };
    const unsigned count = sizeof(keys) / sizeof(keys[0]);
    cyaml_schema_field_t *fields = config_memory_take(m, (count + 1) * sizeof(*fields));

    for (unsigned i = 0; i < count; i++) {
        fields[i].key = keys[i];
        fields[i].data_offset = i * (uint32_t)sizeof(uint32_t);
        fields[i].value.type = CYAML_UINT;
        fields[i].value.data_size = sizeof(uint32_t);
    }
    return fields;
}
_Static_assert(offsetof(struct cidr, address) == 0 && offsetof(struct cidr, bits) == 16 &&
                   sizeof(unsigned) == sizeof(uint32_t),
    "prefix_fields() lays out struct cidr");

static const cyaml_schema_field_t *
hours_fields(struct config_memory *m)
{
    cyaml_schema_field_t *fields = config_memory_take(m, 3 * sizeof(*fields));

    fields[0].key = "from";
    fields[1].key = "to";
    fields[1].data_offset = sizeof(int);
    fields[0].value.type = fields[1].value.type = CYAML_INT;
    fields[0].value.data_size = fields[1].value.data_size = sizeof(int);
    return fields;
}
_Static_assert(offsetof(struct config_contractor, hours_to) ==
                   offsetof(struct config_contractor, hours_from) + sizeof(int),
    "hours_fields() lays out both ends");

static void
make_text(cyaml_schema_value_t *v, const struct config_option *o)
{
    const uint32_t code_size = 3; /* country codes live in place */

    v->type = CYAML_STRING;
    if (o->kind == KIND_COUNTRY && o->size == code_size) {
        v->data_size = code_size;
        v->string.max = code_size - 1;
    } else {
        v->flags |= CYAML_FLAG_POINTER;
        v->data_size = sizeof(char);
        v->string.max = CYAML_UNLIMITED;
    }
}

static void
make_map(cyaml_schema_value_t *v, size_t size, const cyaml_schema_field_t *fields)
{
    v->type = CYAML_MAPPING;
    v->data_size = (uint32_t)size;
    v->mapping.fields = fields;
}

static void make_value(
    struct config_memory *m, cyaml_schema_value_t *v, const struct config_option *o);

static void
make_list(struct config_memory *m, cyaml_schema_value_t *v, const struct config_option *o)
{
    cyaml_schema_value_t *entry = config_memory_take(m, sizeof(*entry));

    make_value(m, entry, o->entry);
    v->type = CYAML_SEQUENCE;
    v->flags |= CYAML_FLAG_POINTER;
    v->data_size = (uint32_t)o->size;
    v->sequence.entry = entry;
    v->sequence.max = CYAML_UNLIMITED;
}

static void
make_number(cyaml_schema_value_t *v, cyaml_type_e type, size_t size)
{
    v->type = type;
    v->data_size = (uint32_t)size;
}

static void
make_value(struct config_memory *m, cyaml_schema_value_t *v, const struct config_option *o)
{
    switch (o->kind) {
    case KIND_MAP:
        make_map(v, o->size > 0 ? o->size : 1, make_fields(m, o->children, o->line_offset));
        break;
    case KIND_LIST:
        make_list(m, v, o);
        break;
    case KIND_PREFIX:
    case KIND_ADDRESS:
        make_map(v, sizeof(struct cidr), prefix_fields(m));
        break;
    case KIND_HOURS:
        make_map(v, 2 * sizeof(int), hours_fields(m));
        break;
    case KIND_BOOL:
        make_number(v, CYAML_BOOL, o->size);
        break;
    case KIND_WORD: /* a detector keeps a severity among its numbers */
        make_number(v, o->size == sizeof(double) ? CYAML_FLOAT : CYAML_UINT, o->size);
        break;
    case KIND_COUNT:
    case KIND_FLAGS:
    case KIND_ASN:
        make_number(v, CYAML_UINT, o->size);
        break;
    case KIND_NUMBER:
    case KIND_SECONDS:
        make_number(v, CYAML_FLOAT, sizeof(double));
        break;
    case KIND_DURATION:
    case KIND_DATE:
        make_number(v, CYAML_INT, sizeof(int64_t));
        break;
    default:
        make_text(v, o);
    }
}

static cyaml_schema_field_t *
add_extra(cyaml_schema_field_t *at, const char *key, cyaml_type_e type, size_t offset, size_t size)
{
    at->key = key;
    at->data_offset = (uint32_t)offset;
    at->value.flags = CYAML_FLAG_OPTIONAL;
    make_number(&at->value, type, size);
    return at + 1;
}

/* Besides the keys: "KEY?" for who asks whether KEY was given, "line?" for the line. */
static const cyaml_schema_field_t *
make_fields(struct config_memory *m, const struct config_option *options, size_t line_offset)
{
    cyaml_schema_field_t *fields, *at;
    size_t count = 0;

    while (options[count].key != NULL)
        count++;
    fields = at = config_memory_take(m, (2 * count + 2) * sizeof(*fields));
    for (const struct config_option *o = options; o->key != NULL; o++) {
        at->key = o->key;
        at->data_offset = (uint32_t)o->offset;
        at->count_offset = (uint32_t)o->count_offset;
        at->count_size = sizeof(unsigned);
        at->value.flags = CYAML_FLAG_OPTIONAL;
        make_value(m, &at->value, o);
        at++;
        if (o->present_offset != 0)
            at = add_extra(at, config_memory_print(m, "%s?", o->key), CYAML_BOOL, o->present_offset,
                sizeof(bool));
    }
    if (line_offset != 0)
        add_extra(at, "line?", CYAML_UINT, line_offset, sizeof(unsigned));
    return fields;
}

static void *
resize(void *context, void *p, size_t n)
{
    return config_memory_resize(context, p, n);
}

static void __attribute__((format(printf, 3, 0)))
keep_error(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct loading *l = context;
    char text[256];

    if (level < CYAML_LOG_ERROR || l->first_error != NULL)
        return;
    vsnprintf(text, sizeof(text), format, arguments);
    text[strcspn(text, "\n")] = '\0';
    l->first_error = config_memory_copy(l->m, text, strlen(text));
}

void *
config_cyaml_load(struct config_memory *m, const struct config_node *root,
    const struct config_option *options, size_t size, const char **why)
{
    struct config_memory *scratch = config_memory_open();
    struct loading l = { .m = scratch };
    cyaml_config_t how = { .log_fn = keep_error,
        .log_ctx = &l,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = resize,
        .mem_ctx = m };
    cyaml_schema_value_t schema = { .flags = CYAML_FLAG_POINTER };
    cyaml_data_t *data = NULL;
    char *text = NULL;
    size_t length = 0;
    cyaml_err_t error = CYAML_ERR_OOM;
    FILE *lowered = open_memstream(&text, &length);

    make_map(&schema, size, make_fields(scratch, options, 0));
    if (lowered != NULL) {
        config_check_write(lowered, root);
        if (fclose(lowered) == 0)
            error = cyaml_load_data((const uint8_t *)text, length, &how, &schema, &data, NULL);
    }
    if (error != CYAML_OK)
        *why = config_memory_print(m, "libcyaml: %s: %s", cyaml_strerror(error),
            l.first_error != NULL ? l.first_error : "");
    else if (data == NULL)
        data = config_memory_take(m, size); /* nothing was set: libcyaml made no structure */
    free(text);
    config_memory_close(scratch);
    return error == CYAML_OK ? data : NULL;
}
