/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The configuration as YAML with what each key means, from the same table that loads it. What is
 * unset stands as a comment with an example. conf/farmwatch.yaml is this, of the defaults.
 */
#include "config.h"
#include "config_memory.h"
#include "config_option.h"
#include "config_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 100
#define INDENT 2
/* Lists longer than this many entries are written one a line. */
#define INLINE_ENTRIES 8

struct dumping {
    struct config_memory *m;
    FILE *to;
};

static void dump_map(struct dumping *d, const struct config_option *options, const void *from,
    unsigned depth, bool is_commented);

static void
indent(struct dumping *d, unsigned depth)
{
    fprintf(d->to, "%*s", (int)(depth * INDENT), "");
}

/* Words of the text, as comment lines that fit. */
static void
dump_comment(struct dumping *d, const char *text, unsigned depth)
{
    const size_t room = COLUMNS - depth * INDENT - strlen("# ");
    size_t used = room + 1;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (used + 1 + word > room) {
            if (used <= room)
                fputc('\n', d->to);
            indent(d, depth);
            fprintf(d->to, "# %.*s", (int)word, text);
            used = word;
        } else {
            fprintf(d->to, " %.*s", (int)word, text);
            used += 1 + word;
        }
        text += word + strspn(text + word, " ");
    }
    fputc('\n', d->to);
}

/* "# key: example", each line of the example behind a mark. */
static void
dump_example(struct dumping *d, const struct config_option *o, unsigned depth)
{
    const char *line = o->example;

    indent(d, depth);
    fprintf(d->to, "# %s:%s", o->key, line[0] == '\n' ? "" : " ");
    for (; *line != '\0'; line++) {
        if (*line != '\n') {
            fputc(*line, d->to);
            continue;
        }
        fputc('\n', d->to);
        if (line[1] == '\0')
            return;
        indent(d, depth);
        fputs("# ", d->to);
    }
    fputc('\n', d->to);
}

/* A value of an unsigned type of one, two or four bytes. */
static unsigned
read_unsigned(const void *at, size_t size)
{
    uint16_t two;
    uint32_t four;

    if (size == sizeof(uint8_t))
        return *(const uint8_t *)at;
    if (size == sizeof(two)) {
        memcpy(&two, at, sizeof(two));
        return two;
    }
    memcpy(&four, at, sizeof(four));
    return four;
}

static unsigned
read_word(const struct config_option *o, const void *at)
{
    return o->size == sizeof(double) ? (unsigned)*(const double *)at : read_unsigned(at, o->size);
}

static const char *
word_text(const struct config_option *o, unsigned value)
{
    for (const struct config_word *w = o->words; w->text != NULL; w++)
        if (w->value == value)
            return w->text;
    return NULL;
}

static void
dump_flags(struct dumping *d, const struct config_option *o, unsigned bits)
{
    const char *before = "[";

    for (const struct config_word *w = o->words; w->text != NULL; w++)
        if ((bits & w->value) != 0) {
            fprintf(d->to, "%s%s", before, w->text);
            before = ", ";
        }
    fputs("]", d->to);
}

/* Paths as they are from anywhere: the dump may be kept in another folder. */
static void
dump_path(struct dumping *d, const char *path)
{
    char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);

    if (folder != NULL)
        path = config_memory_print(d->m, "%s/%s", folder, path);
    config_text_write(d->to, path);
    free(folder);
}

static const char *
text_at(const struct config_option *o, const void *at)
{
    bool is_in_place = o->kind == KIND_COUNTRY && o->size == 3;

    return is_in_place ? at : *(const char *const *)at;
}

/* Is there anything to write? Numbers in tables always have a value. */
static bool
is_set(const struct config_option *o, const void *from)
{
    const void *at = (const char *)from + o->offset;

    if (o->present_offset != 0)
        return *(const bool *)((const char *)from + o->present_offset);
    switch (o->kind) {
    case KIND_LIST:
        return o->initial != NULL || read_unsigned((const char *)from + o->count_offset, 4) > 0;
    case KIND_MAP:
    case KIND_BOOL:
    case KIND_WORD:
    case KIND_FLAGS:
    case KIND_NUMBER:
    case KIND_DURATION:
    case KIND_SECONDS:
    case KIND_PREFIX:
    case KIND_ADDRESS:
        return true;
    case KIND_COUNT:
    case KIND_ASN:
        return o->initial != NULL || read_unsigned(at, o->size) != 0;
    case KIND_DATE:
        return *(const int64_t *)at != 0;
    default:
        return text_at(o, at) != NULL && text_at(o, at)[0] != '\0';
    }
}

static void
dump_scalar(struct dumping *d, const struct config_option *o, const void *at)
{
    char text[CONFIG_TEXT_SIZE] = "";

    switch (o->kind) {
    case KIND_BOOL:
        snprintf(text, sizeof(text), "%s", *(const bool *)at ? "true" : "false");
        break;
    case KIND_WORD:
        snprintf(text, sizeof(text), "%s", word_text(o, read_word(o, at)));
        break;
    case KIND_COUNT:
    case KIND_ASN:
        snprintf(text, sizeof(text), "%u", read_unsigned(at, o->size));
        break;
    case KIND_NUMBER:
        config_text_number(text, *(const double *)at);
        break;
    case KIND_DURATION:
        config_text_duration(text, (double)*(const int64_t *)at);
        break;
    case KIND_SECONDS:
        config_text_duration(text, *(const double *)at * 1e6);
        break;
    case KIND_DATE:
        config_text_date(text, *(const int64_t *)at);
        break;
    case KIND_PREFIX:
    case KIND_ADDRESS:
        config_text_prefix(text, at);
        config_text_write(d->to, text); /* colons want quotes */
        return;
    case KIND_PATH:
        dump_path(d, text_at(o, at));
        return;
    default:
        config_text_write(d->to, text_at(o, at));
        return;
    }
    fputs(text, d->to);
}

static void
dump_list(struct dumping *d, const struct config_option *o, const void *from, unsigned depth)
{
    const char *entries = *(const char *const *)((const char *)from + o->offset);
    unsigned count = read_unsigned((const char *)from + o->count_offset, sizeof(unsigned));
    bool is_inline = o->entry->kind != KIND_MAP && count <= INLINE_ENTRIES;

    fputs(is_inline ? " [" : "\n", d->to);
    for (unsigned i = 0; i < count; i++) {
        const char *at = entries + i * o->size;

        if (is_inline) {
            fputs(i > 0 ? ", " : "", d->to);
            dump_scalar(d, o->entry, at);
            continue;
        }
        indent(d, depth + 1);
        fputs(o->entry->kind == KIND_MAP ? "-\n" : "- ", d->to);
        if (o->entry->kind == KIND_MAP) {
            dump_map(d, o->entry->children, at, depth + 2, false);
        } else {
            dump_scalar(d, o->entry, at);
            fputc('\n', d->to);
        }
    }
    fputs(is_inline ? "]\n" : "", d->to);
}

static void
dump_value(struct dumping *d, const struct config_option *o, const void *from, unsigned depth,
    bool is_commented)
{
    const void *at = (const char *)from + o->offset;

    indent(d, depth);
    fprintf(d->to, "%s:", o->key);
    if (o->kind == KIND_MAP) {
        fputc('\n', d->to);
        /* A map that groups keys shares its holder's structure: its offset is 0. */
        dump_map(d, o->children, at, depth + 1, is_commented);
    } else if (o->kind == KIND_LIST) {
        dump_list(d, o, from, depth);
    } else {
        fputc(' ', d->to);
        if (o->kind == KIND_FLAGS)
            dump_flags(d, o, read_unsigned(at, o->size));
        else
            dump_scalar(d, o, at);
        fputc('\n', d->to);
    }
}

static void
dump_map(struct dumping *d, const struct config_option *options, const void *from, unsigned depth,
    bool is_commented)
{
    for (const struct config_option *o = options; o->key != NULL; o++) {
        bool is_shown = is_set(o, from);

        if (is_commented && depth == 0)
            fputc('\n', d->to);
        if (is_commented && o->help != NULL && (is_shown || o->example != NULL))
            dump_comment(d, o->help, depth);
        if (is_shown)
            dump_value(d, o, from, depth, is_commented);
        else if (is_commented && o->example != NULL)
            dump_example(d, o, depth);
    }
}

int
config_dump(
    const struct config *c, const struct config_detector_spec *specs, unsigned spec_count, FILE *to)
{
    struct dumping d = { .m = config_memory_open(), .to = to };

    errno = 0;
    fputs("# The configuration of farmwatch: every key with its value. Keys behind a # are unset.\n"
          "# Times have a unit: us ms s m h d. Check a change with: farmwatch -c FILE -T\n",
        to);
    dump_map(&d, config_options(d.m, specs, spec_count), c, 0, true);
    config_memory_close(d.m);
    return fflush(to) == 0 && ferror(to) == 0 ? 0 : -1;
}
