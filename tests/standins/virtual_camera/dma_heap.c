/* A stand-in for /dev/dma_heap on kernels without it: a shared buffer is a plain memory file.
   libcamera's virtual camera and picamera2 only need buffers from it. Preloaded (LD_PRELOAD) in tests only.
   It follows linux/dma-heap.h and linux/dma-buf.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *redirected(const char *path) {
    return strncmp(path, "/dev/dma_heap/", 14) ? path : "/dev/null";
}

static int allocate(struct dma_heap_allocation_data *wanted) {
    int file = memfd_create("dma_heap", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, wanted->len))
        return -1;
    wanted->fd = file;
    return 0;
}

static int open_at(const char *path, int flags, va_list more) {
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
    return syscall(SYS_openat, AT_FDCWD, redirected(path), flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int file = open_at(path, flags, more);
    va_end(more);
    return file;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int file = open_at(path, flags | O_LARGEFILE, more);
    va_end(more);
    return file;
}

int ioctl(int file, unsigned long request, ...) {
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if ((unsigned)request == (unsigned)DMA_HEAP_IOCTL_ALLOC)
        return allocate(argument);
    int result = syscall(SYS_ioctl, file, request, argument);
    int is_ours = _IOC_TYPE(request) == DMA_BUF_BASE; /* synchronising and naming need no action on plain memory */
    return result < 0 && errno == ENOTTY && is_ours ? 0 : result;
}
