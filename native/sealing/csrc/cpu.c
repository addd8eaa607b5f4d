/* Which CPU features this build needs and which optional ones the CPU has; this code itself needs none of them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char missing[128];
static char extra[64];
static pthread_once_t once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
#include <cpuid.h>

struct feature {
    const char *name;
    int present;
};

/* Registers are usable only if the operating system saves them: these bits of XCR0. */
enum { YMM = 0x06, ZMM = 0xe6 };

static int os_saves(unsigned int leaf1_ecx, unsigned int registers) {
    unsigned int low, high;
    if (!(leaf1_ecx & bit_OSXSAVE)) {
        return 0;
    }
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return (low & registers) == registers;
}

/* RESEAL_CPU_WITHOUT names features, comma separated, that count as missing. */
static int denied(const char *name) {
    const char *list = getenv("RESEAL_CPU_WITHOUT");
    size_t length = strlen(name);
    while (list != NULL && *list != '\0') {
        const char *comma = strchr(list, ',');
        size_t word = comma != NULL ? (size_t)(comma - list) : strlen(list);
        if (word == length && strncmp(list, name, length) == 0) {
            return 1;
        }
        list = comma != NULL ? comma + 1 : NULL;
    }
    return 0;
}

static void append(char *list, const char *name) {
    if (list[0] != '\0') {
        strcat(list, ",");
    }
    strcat(list, name);
}

static void look(void) {
    unsigned int a, b, c1 = 0, d, b7 = 0, c;
    if (!__get_cpuid(1, &a, &b, &c1, &d)) {
        c1 = 0;
    }
    if (!__get_cpuid_count(7, 0, &a, &b7, &c, &d)) {
        b7 = 0;
    }
    int ymm = os_saves(c1, YMM), zmm = os_saves(c1, ZMM);
    const struct feature required[] = {
        {"ssse3", (c1 & bit_SSSE3) != 0},   {"sse4_1", (c1 & bit_SSE4_1) != 0},
        {"avx", ymm && (c1 & bit_AVX) != 0}, {"avx2", ymm && (b7 & bit_AVX2) != 0},
        {"sha_ni", (b7 & bit_SHA) != 0},    {"bmi2", (b7 & bit_BMI2) != 0},
        {"adx", (b7 & bit_ADX) != 0},
    };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (!required[i].present || denied(required[i].name)) {
            append(missing, required[i].name);
        }
    }
    const struct feature wanted[] = {
        {"avx512f", zmm && (b7 & bit_AVX512F) != 0},
        {"avx512ifma", zmm && (b7 & bit_AVX512IFMA) != 0},
        {"avx512bw", zmm && (b7 & bit_AVX512BW) != 0},
        {"avx512vl", zmm && (b7 & bit_AVX512VL) != 0},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (wanted[i].present && !denied(wanted[i].name)) {
            append(extra, wanted[i].name);
        }
    }
}

const char *reseal_cpu_required_list(void) { return "ssse3,sse4_1,avx,avx2,sha_ni,bmi2,adx"; }
#else
static void look(void) { missing[0] = extra[0] = '\0'; }

const char *reseal_cpu_required_list(void) { return ""; }
#endif

const char *reseal_cpu_missing_list(void) {
    pthread_once(&once, look);
    return missing;
}

const char *reseal_cpu_extra_list(void) {
    pthread_once(&once, look);
    return extra;
}
