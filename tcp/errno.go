package tcp

// Errno is an error number as a C program on Linux x86-64 would see it in errno. Zero is no error.
type Errno uint16

// The errors that socket calls give, with Linux's numbers (errno(3)).
const (
	OK              Errno = 0
	EINTR           Errno = 4
	EBADF           Errno = 9
	EAGAIN          Errno = 11
	ENOMEM          Errno = 12
	EACCES          Errno = 13
	EINVAL          Errno = 22
	EMFILE          Errno = 24
	EPIPE           Errno = 32
	ENOTSOCK        Errno = 88
	EDESTADDRREQ    Errno = 89
	ENOPROTOOPT     Errno = 92
	EPROTONOSUPPORT Errno = 93
	ESOCKTNOSUPPORT Errno = 94
	EOPNOTSUPP      Errno = 95
	EAFNOSUPPORT    Errno = 97
	EADDRINUSE      Errno = 98
	EADDRNOTAVAIL   Errno = 99
	ENETUNREACH     Errno = 101
	ECONNABORTED    Errno = 103
	ECONNRESET      Errno = 104
	ENOBUFS         Errno = 105
	EISCONN         Errno = 106
	ENOTCONN        Errno = 107
	ETIMEDOUT       Errno = 110
	ECONNREFUSED    Errno = 111
	EHOSTUNREACH    Errno = 113
	EALREADY        Errno = 114
	EINPROGRESS     Errno = 115
)

var errnos = [...]struct {
	n          Errno
	name, text string
}{
	{EINTR, "EINTR", "Interrupted system call"},
	{EBADF, "EBADF", "Bad file descriptor"},
	{EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
	{ENOMEM, "ENOMEM", "Cannot allocate memory"},
	{EACCES, "EACCES", "Permission denied"},
	{EINVAL, "EINVAL", "Invalid argument"},
	{EMFILE, "EMFILE", "Too many open files"},
	{EPIPE, "EPIPE", "Broken pipe"},
	{ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket"},
	{EDESTADDRREQ, "EDESTADDRREQ", "Destination address required"},
	{ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available"},
	{EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported"},
	{ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "Socket type not supported"},
	{EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"},
	{EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol"},
	{EADDRINUSE, "EADDRINUSE", "Address already in use"},
	{EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address"},
	{ENETUNREACH, "ENETUNREACH", "Network is unreachable"},
	{ECONNABORTED, "ECONNABORTED", "Software caused connection abort"},
	{ECONNRESET, "ECONNRESET", "Connection reset by peer"},
	{ENOBUFS, "ENOBUFS", "No buffer space available"},
	{EISCONN, "EISCONN", "Transport endpoint is already connected"},
	{ENOTCONN, "ENOTCONN", "Transport endpoint is not connected"},
	{ETIMEDOUT, "ETIMEDOUT", "Connection timed out"},
	{ECONNREFUSED, "ECONNREFUSED", "Connection refused"},
	{EHOSTUNREACH, "EHOSTUNREACH", "No route to host"},
	{EALREADY, "EALREADY", "Operation already in progress"},
	{EINPROGRESS, "EINPROGRESS", "Operation now in progress"},
}

// String is the error's name: "ECONNRESET"; "0" for no error.
func (e Errno) String() string {
	for i := range errnos {
		if errnos[i].n == e {
			return errnos[i].name
		}
	}
	if e == OK {
		return "0"
	}
	return "errno?"
}

// Text is what strerror(3) says for the error.
func (e Errno) Text() string {
	for i := range errnos {
		if errnos[i].n == e {
			return errnos[i].text
		}
	}
	return "Success"
}

// ParseErrno reads an error's name.
func ParseErrno(name string) (Errno, bool) {
	for i := range errnos {
		if errnos[i].name == name {
			return errnos[i].n, true
		}
	}
	return OK, false
}
