// Package tcp is one end of a TCP connection, in RFC 9293's own words.
package tcp
